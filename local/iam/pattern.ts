/** Values of the condition keys of one request, keys in lower case; `undefined` when the request does not have the key. */
export type KeyValues = (key: string) => readonly string[] | undefined

/** Whether a text matches; a pattern with a policy variable that has no value in the request never matches. */
export type Matcher = (text: string, keys: KeyValues) => boolean

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined }

interface PatternOptions {
  /** Whether `*` and `?` are wildcards or literal characters (`StringEquals`). */
  readonly wildcards: boolean
  /** Policy variables exist since version 2012-10-17; in older documents `${` is plain text. */
  readonly variables: boolean
  readonly ignoreCase?: boolean
}

/** Compiles one pattern of a policy. Patterns with variables need another expression for each request. */
export function compilePattern(pattern: string, options: PatternOptions): Matcher {
  const parts = parse(pattern, options)
  const fold = (text: string) => (options.ignoreCase ? text.toLowerCase() : text)
  if (parts.every((part) => part.kind === 'text')) {
    const literal = fold(textOf(parts))
    return (text) => fold(text) === literal
  }
  if (parts.length === 1 && parts[0]!.kind === 'any') return () => true
  const flags = options.ignoreCase ? 'isu' : 'su'
  if (!parts.some((part) => part.kind === 'variable')) {
    const expression = new RegExp(`^${parts.map((part) => source(part)).join('')}$`, flags)
    return (text) => expression.test(text)
  }
  return (text, keys) => {
    const filled = parts.map((part) => fill(part, keys))
    if (filled.includes(undefined)) return false
    return new RegExp(`^${filled.join('')}$`, flags).test(text)
  }
}

const token = /\$\{([^}]*)\}|\*|\?/g

function parse(pattern: string, options: PatternOptions): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of pattern.matchAll(token)) {
    if (match.index > end) parts.push({ kind: 'text', text: pattern.slice(end, match.index) })
    parts.push(partOf(match[0], match[1], options))
    end = match.index + match[0].length
  }
  if (end < pattern.length) parts.push({ kind: 'text', text: pattern.slice(end) })
  return parts
}

function partOf(whole: string, variable: string | undefined, options: PatternOptions): Part {
  if (variable === undefined) {
    if (!options.wildcards) return { kind: 'text', text: whole }
    return whole === '*' ? { kind: 'any' } : { kind: 'one' }
  }
  if (!options.variables) return { kind: 'text', text: whole }
  // `${*}`, `${?}` and `${$}` are the escapes for these characters.
  if (variable === '*' || variable === '?' || variable === '$') return { kind: 'text', text: variable }
  const [, key, fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)')?\s*$/.exec(variable) ?? []
  return { kind: 'variable', key: (key ?? variable).toLowerCase(), fallback }
}

const textOf = (parts: readonly Part[]) => parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')

const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, (character) => `\\${character}`)

function source(part: Part): string {
  switch (part.kind) {
    case 'text':
      return escape(part.text)
    case 'any':
      return '.*'
    case 'one':
      return '.'
    case 'variable':
      throw new Error('A policy variable has no value before the request is known.')
    default:
      return part satisfies never
  }
}

/** A variable has a value only for a single-valued key. */
function fill(part: Part, keys: KeyValues): string | undefined {
  if (part.kind !== 'variable') return source(part)
  const values = keys(part.key)
  const value = values?.length === 1 ? values[0] : part.fallback
  return value === undefined ? undefined : escape(value)
}

/**
 * Compiles an ARN pattern: each of the six fields is matched separately, so that a wildcard does not match across a colon
 * into the next field; missing trailing fields match like `*`.
 */
export function compileArnPattern(pattern: string, options: { variables: boolean }): Matcher {
  if (pattern === '*') return () => true
  const parts = splitArn(pattern)
  if (parts.length === 6 && !/[*?$]/.test(pattern)) return (text) => text === pattern
  const fields = parts.map((field) => compilePattern(field, { wildcards: true, ...options }))
  return (text, keys) => {
    const values = splitCached(text)
    return values.length >= fields.length && fields.every((field, index) => field(values[index]!, keys))
  }
}

/** Six fields; the sixth keeps its colons. A colon inside `${…}` belongs to the variable. */
function splitArn(text: string): string[] {
  const fields: string[] = ['']
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!
    if (character === '$' && text[index + 1] === '{') depth++
    if (character === '}' && depth > 0) depth--
    if (character === ':' && depth === 0 && fields.length < 6) fields.push('')
    else fields[fields.length - 1] += character
  }
  return fields
}

let lastText = ''
let lastFields: readonly string[] = ['']

/** Keeps the last result, since all statements of a decision match the same resource in turn. */
function splitCached(text: string): readonly string[] {
  if (text !== lastText) {
    lastFields = splitArn(text)
    lastText = text
  }
  return lastFields
}

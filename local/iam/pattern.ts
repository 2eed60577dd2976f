/** Values of the condition keys of one request, keys in lower case; `undefined` when the request does not have the key. */
export type KeyValues = (key: string) => readonly string[] | undefined

/** Whether a text matches; a pattern with a policy variable that has no value in the request never matches. */
export type Matcher = (text: string, keys: KeyValues) => boolean

type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** Part of a regular expression. */
  | { readonly kind: 'wildcard'; readonly source: string }
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
  return compileParts(parse(pattern, options), options)
}

function compileParts(parts: readonly Part[], options: { readonly ignoreCase?: boolean }): Matcher {
  const fold = (text: string) => (options.ignoreCase ? text.toLowerCase() : text)
  if (parts.every((part) => part.kind === 'text')) {
    const literal = fold(textOf(parts))
    return (text) => fold(text) === literal
  }
  const [only] = parts
  if (parts.length === 1 && only?.kind === 'wildcard' && only.source === anyText) return () => true
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

const anyText = '.*'
const anyCharacter = '.'

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
    return { kind: 'wildcard', source: whole === '*' ? anyText : anyCharacter }
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
    case 'wildcard':
      return part.source
    case 'variable':
      throw new Error('A policy variable has no value before the request is known.')
    default:
      return part satisfies never
  }
}

/** A variable has a value only for a single-valued key, and an empty value is none. */
function fill(part: Part, keys: KeyValues): string | undefined {
  if (part.kind !== 'variable') return source(part)
  const values = keys(part.key)
  const value = (values?.length === 1 && values[0]) || part.fallback
  return value === undefined ? undefined : escape(value)
}

/**
 * Compiles a pattern of Resource or NotResource. Wildcards stay within a segment, except at its end: "If the * wildcard is
 * the last character of a resource ARN segment, it can expand to match beyond the colon boundaries" (IAM User Guide, IAM
 * JSON policy elements: Resource).
 */
export function compileResourcePattern(pattern: string, options: { variables: boolean }): Matcher {
  const segments = splitArn(pattern).map((segment) => parse(segment, { wildcards: true, ...options }))
  const parts = segments.flatMap((own, index): Part[] => [
    ...(index === 0 ? [] : [{ kind: 'text', text: ':' } as const]),
    // The sixth segment is the rest of the ARN, with its colons.
    ...(index === 5 ? own : own.map((part, at) => (at === own.length - 1 ? lastOfSegment(part) : withinSegment(part)))),
  ])
  return compileParts(parts, {})
}

const lastOfSegment = (part: Part) => (part.kind === 'wildcard' && part.source === anyText ? part : withinSegment(part))

const withinSegment = (part: Part): Part =>
  part.kind === 'wildcard' ? { kind: 'wildcard', source: part.source === anyText ? '[^:]*' : '[^:]' } : part

/**
 * Compiles an ARN pattern of a condition: each of the six fields is matched separately, so that a wildcard does not match across a colon
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

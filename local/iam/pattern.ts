/** Values of the condition keys of one request, keys in lower case; `undefined` when the request does not have the key. */
export type KeyValues = (key: string) => readonly string[] | undefined

/** Whether a text matches; a pattern with a policy variable that has no value in the request never matches. */
export type Matcher = (text: string, keys: KeyValues) => boolean

type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** The source of a regular expression. */
  | { readonly kind: 'wildcard'; readonly source: string }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined }

interface PatternOptions {
  /** Whether `*` and `?` are wildcards or literal characters (`StringEquals`). */
  readonly wildcards: boolean
  /** Policy variables exist since version 2012-10-17; in older documents `${` is plain text. */
  readonly variables: boolean
  readonly ignoreCase?: boolean
}

/** Compiles one pattern of a policy. */
export const compilePattern = (pattern: string, options: PatternOptions): Matcher =>
  compileParts(parse(pattern, options), options.ignoreCase)

/** A pattern with variables needs another expression for each request. */
function compileParts(parts: readonly Part[], ignoreCase = false): Matcher {
  const compile = (keys: KeyValues): RegExp | undefined => {
    const sources = parts.map((part) => sourceOf(part, keys))
    return sources.includes(undefined) ? undefined : new RegExp(`^${sources.join('')}$`, ignoreCase ? 'isu' : 'su')
  }
  if (parts.some(({ kind }) => kind === 'variable')) return (text, keys) => compile(keys)?.test(text) ?? false
  const expression = compile(() => undefined)!
  return (text) => expression.test(text)
}

const token = /\$\{([^}]*)\}|\*|\?|[^$*?]+|\$/g

/** @param within the expression of the characters that wildcards match */
function parse(pattern: string, options: PatternOptions, within = '.'): Part[] {
  return [...pattern.matchAll(token)].map(([whole, variable]): Part => {
    if (variable === undefined || !options.variables) {
      const isWildcard = options.wildcards && (whole === '*' || whole === '?')
      return isWildcard
        ? { kind: 'wildcard', source: whole === '*' ? `${within}*` : within }
        : { kind: 'text', text: whole }
    }
    // `${*}`, `${?}` and `${$}` are the escapes for these characters.
    if (variable === '*' || variable === '?' || variable === '$') return { kind: 'text', text: variable }
    const [, key, fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)')?\s*$/.exec(variable) ?? []
    return { kind: 'variable', key: (key ?? variable).toLowerCase(), fallback }
  })
}

/** A variable has a value only for a single-valued key; an empty value counts as no value. */
function sourceOf(part: Part, keys: KeyValues): string | undefined {
  if (part.kind === 'text') return RegExp.escape(part.text)
  if (part.kind === 'wildcard') return part.source
  const values = keys(part.key)
  const value = (values?.length === 1 && values[0]) || part.fallback
  return value === undefined ? undefined : RegExp.escape(value)
}

/**
 * Compiles a pattern of Resource or NotResource. Wildcards stay within a segment, except at its end: "If the * wildcard is
 * the last character of a resource ARN segment, it can expand to match beyond the colon boundaries" (IAM User Guide, IAM
 * JSON policy elements: Resource).
 */
export function compileResourcePattern(pattern: string, options: { variables: boolean }): Matcher {
  const segments = segmentsOf(pattern, options)
  for (const segment of segments) {
    const last = segment.at(-1)
    if (last?.kind === 'wildcard' && last.source.endsWith('*')) segment[segment.length - 1] = anyText
  }
  return compileParts(withColons(segments))
}

/** Compiles an ARN pattern of a condition: wildcards stay within a segment, and missing last segments match like `*`. */
export function compileArnPattern(pattern: string, options: { variables: boolean }): Matcher {
  const segments = segmentsOf(pattern, options)
  const rest: Part[] = segments.length < 6 ? [{ kind: 'wildcard', source: '(?::.*)?' }] : []
  return compileParts([...withColons(segments), ...rest])
}

const anyText: Part = { kind: 'wildcard', source: '.*' }

/** The six segments of an ARN; the sixth is its rest, with its colons. A colon inside `${…}` belongs to the variable. */
function segmentsOf(pattern: string, { variables }: { variables: boolean }): Part[][] {
  const split = pattern.split(/:(?![^{]*\})/)
  const segments = split.length > 6 ? [...split.slice(0, 5), split.slice(5).join(':')] : split
  return segments.map((segment, index) => parse(segment, { wildcards: true, variables }, index === 5 ? '.' : '[^:]'))
}

const withColons = (segments: readonly (readonly Part[])[]): Part[] =>
  segments.flatMap((segment, index): Part[] => (index === 0 ? [...segment] : [{ kind: 'text', text: ':' }, ...segment]))

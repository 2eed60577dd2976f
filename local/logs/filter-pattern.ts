import { AwsError } from '../wire/aws-error.ts'
import { parseJsonPattern } from './json-pattern.ts'

export type Matches = (message: string) => boolean

export const invalidPattern = (why: string) =>
  new AwsError('InvalidParameterException', `Invalid filter pattern: ${why}`)

/**
 * A filter pattern of CloudWatch Logs as a predicate: empty (everything), terms and quoted phrases (all must occur,
 * `?` before each: one is enough, `-`: must not occur), or a JSON pattern in braces.
 * @throws AwsError `InvalidParameterException`; regular expressions and space-delimited patterns are refused by name
 */
export function parseFilterPattern(pattern: string): Matches {
  const text = pattern.trim()
  if (text === '') return () => true
  if (text.startsWith('[')) throw invalidPattern('space-delimited patterns are not emulated.')
  if (text.startsWith('{')) return parseJsonPattern(text)
  return termsPattern(text)
}

function termsPattern(text: string): Matches {
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(([, sign, quoted, word]) => ({
    sign,
    text: quoted?.replaceAll(/\\(.)/g, '$1') ?? word!,
  }))
  if (terms.some((term) => /^%.*%$/.test(term.text))) throw invalidPattern('regular expressions are not emulated.')
  if (text.replaceAll(/\\./g, '').split('"').length % 2 === 0) throw invalidPattern('a quote is not closed.')
  const required = terms.filter((term) => term.sign === '')
  const excluded = terms.filter((term) => term.sign === '-')
  const optional = terms.filter((term) => term.sign === '?')
  return (message) =>
    required.every((term) => message.includes(term.text)) &&
    excluded.every((term) => !message.includes(term.text)) &&
    // Beside other terms AWS ignores the optional ones.
    (optional.length < terms.length || optional.some((term) => message.includes(term.text)))
}

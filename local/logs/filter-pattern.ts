import { AwsError } from '../wire/aws-error.ts'
import { parseJsonPattern } from './json-pattern.ts'

export type Matches = (message: string) => boolean

export const invalidPattern = (reason: string) =>
  new AwsError('InvalidParameterException', `Invalid filter pattern: ${reason}`)

/**
 * Parses a filter pattern of CloudWatch Logs: empty (matches all), terms and quoted phrases (all must occur; with `?`
 * before each, one of them; with `-`, none), or a JSON pattern in braces.
 * @throws AwsError `InvalidParameterException`, also for regular expressions and space-delimited patterns
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
  if (text.replaceAll(/\\./g, '').split('"').length % 2 === 0) throw invalidPattern('a closing quote is missing.')
  const required = terms.filter((term) => term.sign === '')
  const excluded = terms.filter((term) => term.sign === '-')
  const optional = terms.filter((term) => term.sign === '?')
  return (message) =>
    required.every((term) => message.includes(term.text)) &&
    excluded.every((term) => !message.includes(term.text)) &&
    // As on AWS, optional terms are ignored when there are others.
    (optional.length < terms.length || optional.some((term) => message.includes(term.text)))
}

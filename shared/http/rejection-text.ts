import type * as z from 'zod'

type Issue = z.core.$ZodRawIssue

const types: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/**
 * What clients read about an invalid value, in words that fit a form: zod's own are for developers. A schema's own message has
 * precedence; without a text here, zod's is sent.
 */
export function rejectionText(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return missing
      return types[issue.expected] && `Must be ${types[issue.expected]}.`
    case 'invalid_value':
      return issue.input === undefined ? missing : `Must be ${choice(issue.values)}.`
    case 'too_small':
      return sizeText(issue.origin, issue.minimum, issue.inclusive === false ? 'more than' : 'at least')
    case 'too_big':
      return sizeText(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')
    case 'invalid_format':
      return issue.format === 'datetime' ? 'Must be a time in UTC, such as 2026-01-31T12:00:00Z.' : undefined
    default:
      return undefined
  }
}

const missing = 'This field is missing.'

const choice = (values: readonly unknown[]) => {
  const texts = values.map((value) => JSON.stringify(value)).join(', ')
  return values.length === 1 ? texts : `one of ${texts}`
}

function sizeText(origin: string, limit: number | bigint, comparison: string): string | undefined {
  const unit = { string: 'character', array: 'item' }[origin]
  if (unit) return `Must have ${comparison} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}.`
  return origin === 'number' || origin === 'int' ? `Must be ${comparison} ${limit}.` : undefined
}

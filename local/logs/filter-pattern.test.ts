import { parseFilterPattern } from './filter-pattern.ts'

const event = JSON.stringify({
  level: 'ERROR',
  correlation_id: 'c-1',
  latency: 50,
  ok: true,
  nothing: null,
  items: [{ sku: 'rye' }],
})

test.each([
  ['', event, true],
  ['ERROR', event, true],
  ['error', event, false],
  ['ERROR rye', event, true],
  ['ERROR wheat', event, false],
  ['ERROR -rye', event, false],
  ['?wheat ?rye', event, true],
  ['?wheat ?oats', event, false],
  ['"two words"', 'here are two words', true],
  ['"two words"', 'two other words', false],
  ['{ $.correlation_id = "c-1" }', event, true],
  ['{ $.correlation_id = "c-2" }', event, false],
  ['{ $.correlation_id = c-1 }', event, true],
  ['{ $.correlation_id = "c-*" }', event, true],
  ['{ $.correlation_id = "*-2" }', event, false],
  ['{ $.correlation_id != "c-2" }', event, true],
  ['{ $.correlation_id != "c-1" }', event, false],
  ['{ $.absent != "c-1" }', event, false],
  ['{ $.latency = 50 }', event, true],
  ['{ $.latency >= 50 && $.latency < 51 }', event, true],
  ['{ $.latency > 50 }', event, false],
  ['{ $.level = "INFO" || $.latency = 50 }', event, true],
  ['{ ($.level = "INFO" || $.latency = 50) && $.ok IS FALSE }', event, false],
  ['{ $.level = "INFO" || $.latency = 50 && $.ok IS TRUE }', event, true],
  ['{ $.nothing IS NULL }', event, true],
  ['{ $.constructor = "*" }', event, false],
  ['{ $.absent NOT EXISTS }', event, true],
  ['{ $.level NOT EXISTS }', event, false],
  ['{ $.items[0].sku = "rye" }', event, true],
  ['{ $.level = "ERROR" }', 'ERROR in plain text', false],
  ['{ $.level = "ERROR" }', '{"level":"ERROR"', false],
])('the pattern %s matches %s: %s', (pattern, message, expected) => {
  expect(parseFilterPattern(pattern)(message)).toBe(expected)
})

test.each([
  '{ $.a = }',
  '{ $.a = 1',
  '{ a = 1 }',
  '{ $.a ~ 1 }',
  '%x+%',
  '[ip, user]',
  '"open',
  '{ $.a < "x" }',
  '{ $.a = 1 } x',
])('the pattern %s is rejected', (pattern) => {
  expect(() => parseFilterPattern(pattern)).toThrow(expect.objectContaining({ name: 'InvalidParameterException' }))
})

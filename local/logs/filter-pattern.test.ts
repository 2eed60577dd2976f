import { parseFilterPattern } from './filter-pattern.ts'

const event = JSON.stringify({ level: 'ERROR', correlation_id: 'c-1', latency: 50, error: { name: 'rye' } })

test.each([
  ['', event, true],
  ['ERROR rye', event, true],
  ['Error', event, false],
  ['ERROR wheat', event, false],
  ['"Task timed out" ms', 'Task timed out after 3 ms', true],
  ['"Task out"', 'Task timed out', false],
  ['?ERROR ?"Task timed out"', 'Task timed out', true],
  ['?ERROR ?"Task timed out"', 'START', false],
  ['{ $.correlation_id = "c-1" }', event, true],
  ['{ $.correlation_id = "c-2" }', event, false],
  ['{ $.correlation_id = c-1 }', event, true],
  ['{ $.correlation_id = "c-*" }', event, true],
  ['{ $.correlation_id = "*-2" }', event, false],
  ['{ $.latency = 50 }', event, true],
  ['{ $.level = "INFO" || $.latency = 50 }', event, true],
  ['{ ($.level = "INFO" || $.latency = 50) && $.error.name = "oat" }', event, false],
  ['{ $.level = "INFO" || $.latency = 50 && $.error.name = "rye" }', event, true],
  ['{ $.constructor = "*" }', event, false],
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
  '{ $.a != 1 }',
  '{ $.a IS NULL }',
  '{ $.a = %x% }',
  '{ $.a < 3 }',
  '{ $.a = 1 } x',
  '?one other',
  '? one',
  '-one',
  '%x+%',
  '[ip, user]',
  '"two words',
  '"two"words',
])('the pattern %s is rejected', (pattern) => {
  expect(() => parseFilterPattern(pattern)).toThrow(expect.objectContaining({ name: 'InvalidParameterException' }))
})

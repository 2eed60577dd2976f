import { formatLine } from './format-line.ts'
import type { LocalLine } from './line.ts'
import { alarm, deadLetter, denied, invocation, request } from './testing.ts'

const time = new Date(2026, 0, 2, 13, 4, 5).getTime()
const plain = (line: LocalLine) =>
  formatLine(line.kind === 'request' ? { ...line, atMs: time } : { ...line, time }, { color: false })

test('an invocation is one line: time, function, duration, cold or warm, correlation id, messages, error', () => {
  expect(plain(invocation)!.replaceAll(/ {2,}/g, ' | ')).toBe(
    '13:04:05 | library-loans-lend-book | 12 ms | warm | c-1 | A book was lent',
  )
  const failed = plain({ ...invocation, cold: true, error: 'Error: no shelf' })!
  expect(failed.replaceAll(/ {2,}/g, ' | ')).toBe(
    '13:04:05 | library-loans-lend-book | 12 ms | cold | c-1 | A book was lent | Error: no shelf',
  )
  expect(plain({ ...invocation, error: 'Error: no shelf', place: 'at lend (desk/lend.ts:12:9)' })).toMatch(
    / {2}Error: no shelf {2}at lend \(desk\/lend\.ts:12:9\)$/,
  )
})

test('an invocation without correlation id and messages is only shown when it is cold or fails', () => {
  const silent = { ...invocation, correlationIds: [], messages: [] }
  expect(plain(silent)).toBeUndefined()
  expect(plain({ ...silent, cold: true })).toContain('cold')
  expect(plain({ ...silent, error: 'Error: no shelf' })).toContain('no shelf')
  expect(plain({ ...silent, messages: ['No book: Error: torn'] })).toContain('torn')
})

test('a long log message is truncated', () => {
  expect(plain({ ...invocation, messages: ['x'.repeat(200)] })).toMatch(/ x{99}…$/)
})

test('a message or an error of several lines is shown on one', () => {
  const line = plain({ ...invocation, messages: ['No book: [\n  {}\n]'], error: 'Error: torn\n  twice' })!
  expect(line).toMatch(/ {2}No book: \[ \{\} \] {2}Error: torn twice$/)
})

test('lines are colored only on request', () => {
  expect(plain(invocation)).not.toContain('\x1b')
  expect(formatLine(invocation, { color: true })).toContain('\x1b[')
})

test('a denial names function, action, resource and reason', () => {
  expect(plain(denied)).toBe(
    '13:04:05  denied: library-loans-lend-book may not sqs:SendMessage on arn:aws:sqs:us-east-1:0:library-fines  No policy of the role allows it.',
  )
})

test('an alarm is shown when it enters and leaves the ALARM state', () => {
  expect(plain(alarm)).toBe('13:04:05  alarm: library-loans-late  Books are late')
  expect(plain({ ...alarm, before: 'ALARM', state: 'OK' })).toBe(
    '13:04:05  alarm ended: library-loans-late is OK  Books are late',
  )
  expect(plain({ ...alarm, before: 'INSUFFICIENT_DATA', state: 'OK' })).toBeUndefined()
  expect(plain({ ...alarm, description: undefined })).toContain('Threshold Crossed')
})

test('a dead letter names the queue, the number of messages, their source queue and the page that shows them', () => {
  const line = plain(deadLetter)
  expect(line).toContain('library-fines-dlq holds 2 messages from library-fines')
  expect(line).toContain('http://127.0.0.1:4566/queues/library-fines-dlq')
})

test('a request is only shown when the API rejected it without invoking a function', () => {
  expect(plain(request)).toBeUndefined()
  expect(plain({ ...request, status: 401, reason: 'The token is expired.' })).toBe(
    '13:04:05  GET /loans 401  The token is expired.',
  )
})

import { formatLine } from './format-line.ts'
import type { LocalLine } from './line.ts'

const time = new Date(2026, 0, 2, 13, 4, 5).getTime()
const plain = (line: LocalLine) => formatLine(line, { color: false })

const invocation: LocalLine = {
  kind: 'invocation',
  time,
  functionName: 'Library-Lend',
  durationMs: 12.4,
  cold: false,
  correlationIds: ['c-1'],
  messages: ['A book was lent'],
  maxMemoryMb: 80,
  requestId: 'r',
}

test('an invocation is one line: time, function, duration, cold or warm, correlation id, messages, error', () => {
  expect(plain(invocation)!.replaceAll(/ {2,}/g, ' | ')).toBe(
    '13:04:05 | Library-Lend | 12 ms | warm | c-1 | A book was lent',
  )
  const failed = plain({ ...invocation, cold: true, error: 'Error: no shelf' })!
  expect(failed.replaceAll(/ {2,}/g, ' | ')).toBe(
    '13:04:05 | Library-Lend | 12 ms | cold | c-1 | A book was lent | Error: no shelf',
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
  const line = plain({
    kind: 'denied',
    time,
    principal: { kind: 'role', roleArn: 'arn:role', functionName: 'Library-Lend' },
    functionName: 'Library-Lend',
    action: 'sqs:SendMessage',
    resource: 'arn:fines',
    why: 'No policy of the role allows it.',
  })
  expect(line).toBe(
    '13:04:05  denied: Library-Lend may not sqs:SendMessage on arn:fines  No policy of the role allows it.',
  )
})

test('an alarm is shown when it enters and leaves the ALARM state', () => {
  const alarm: LocalLine = {
    kind: 'alarm',
    time,
    name: 'library-late',
    description: 'Books are late\nRunbook: late.md',
    before: 'OK',
    state: 'ALARM',
    reason: 'Threshold Crossed: 1 datapoint',
  }
  expect(plain(alarm)).toBe('13:04:05  alarm: library-late  Books are late')
  expect(plain({ ...alarm, before: 'ALARM', state: 'OK' })).toBe(
    '13:04:05  alarm ended: library-late is OK  Books are late',
  )
  expect(plain({ ...alarm, before: 'INSUFFICIENT_DATA', state: 'OK' })).toBeUndefined()
  expect(plain({ ...alarm, description: undefined })).toContain('Threshold Crossed')
})

test('a dead letter names the queue, the number of messages, their source queue and the page that shows them', () => {
  const line = plain({
    kind: 'dead-letter',
    time,
    queueName: 'fines-dlq',
    queueUrl: 'http://127.0.0.1:4566/000000000000/fines-dlq',
    messages: 2,
    deadLetterOf: ['fines'],
  })
  expect(line).toContain('fines-dlq holds 2 messages from fines')
  expect(line).toContain('http://127.0.0.1:4566/queues/fines-dlq')
})

test('a request is only shown when the API rejected it without invoking a function', () => {
  const request: LocalLine = {
    kind: 'request',
    atMs: time,
    apiId: 'a',
    requestId: 'r',
    method: 'GET',
    path: '/loans',
    status: 200,
    durationMs: 1,
  }
  expect(plain(request)).toBeUndefined()
  expect(plain({ ...request, status: 401, reason: 'The token is expired.' })).toBe(
    '13:04:05  GET /loans 401  The token is expired.',
  )
})

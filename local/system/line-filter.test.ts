import { levelOf, passes } from './line-filter.ts'
import type { LocalLine } from './line.ts'

const time = 0
const invocation = {
  kind: 'invocation',
  time,
  functionName: 'shop-orders-place-order',
  durationMs: 1,
  cold: false,
  correlationIds: ['c-1'],
  messages: [],
  maxMemoryMb: 1,
  requestId: 'r',
} satisfies LocalLine
const request = {
  kind: 'request',
  atMs: time,
  apiId: 'a',
  requestId: 'r-1',
  method: 'GET',
  path: '/orders/1',
  status: 200,
  durationMs: 1,
} satisfies LocalLine
const alarm = {
  kind: 'alarm',
  time,
  name: 'shop-orders-stuck',
  before: 'OK',
  state: 'ALARM',
  reason: '',
} satisfies LocalLine
const denied: LocalLine = {
  kind: 'denied',
  time,
  principal: { kind: 'administrator' },
  action: 'sqs:SendMessage',
  resource: 'arn:aws:sqs:us-east-1:0:shop-fines',
  why: '',
}
const deadLetter: LocalLine = {
  kind: 'dead-letter',
  time,
  queueName: 'shop-mail-dlq',
  queueUrl: '',
  messages: 1,
  deadLetterOf: ['shop-mail'],
}

test.each<[LocalLine, string]>([
  [invocation, 'all'],
  [{ ...invocation, level: 'warn' }, 'warn'],
  [{ ...invocation, level: 'error' }, 'error'],
  [{ ...invocation, error: 'Error: no shelf' }, 'error'],
  [request, 'all'],
  [{ ...request, status: 401, reason: 'The token is expired.' }, 'warn'],
  [{ ...request, status: 500 }, 'error'],
  [alarm, 'warn'],
  [denied, 'warn'],
  [deadLetter, 'error'],
  [{ kind: 'warning', time, text: '' }, 'warn'],
  [{ kind: 'not-emulated', time, what: '' }, 'warn'],
])('%j has the level %s', (line, level) => {
  expect(levelOf(line)).toBe(level)
})

test('a line passes from its level on', () => {
  const warning = { ...invocation, level: 'warn' } as const
  expect((['all', 'warn', 'error'] as const).filter((level) => passes(warning, { level }))).toEqual(['all', 'warn'])
})

test.each<[string, LocalLine, boolean]>([
  ['orders', invocation, true],
  ['place-order', invocation, true],
  ['orders/place-order', invocation, true],
  ['order', invocation, true],
  ['orders', { ...invocation, functionName: 'shop-reorders-list' }, false],
  ['orders', request, true],
  ['orders', alarm, true],
  ['fines', denied, true],
  ['mail', deadLetter, true],
  ['orders', deadLetter, false],
  ['orders', { kind: 'warning', time, text: 'Event lost: Placed of shop.orders' }, true],
  ['orders', { kind: 'not-emulated', time, what: 'sns: Publish' }, false],
])('the service %s matches words of names: %j', (service, line, expected) => {
  expect(passes(line, { services: [service, 'unknown'] })).toBe(expected)
})

test('a line passes by its correlation id; one without does not', () => {
  expect(passes(invocation, { correlationId: 'c-1' })).toBe(true)
  expect(passes({ ...request, correlationId: 'c-1' }, { correlationId: 'c-1' })).toBe(true)
  expect(passes(request, { correlationId: 'c-1' })).toBe(false)
  expect(passes({ ...request, correlationId: 'c-12', path: '/loans/c-1' }, { correlationId: 'c-1' })).toBe(false)
})

import { levelOf, passes } from './line-filter.ts'
import type { LocalLine } from './line.ts'
import { alarm, deadLetter, denied, invocation, request } from './testing.ts'

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
  [{ kind: 'warning', time: 0, text: '' }, 'warn'],
  [{ kind: 'not-emulated', time: 0, what: '' }, 'warn'],
])('%j has the level %s', (line, level) => {
  expect(levelOf(line)).toBe(level)
})

test('a line passes from its level on', () => {
  const warning = { ...invocation, level: 'warn' } as const
  expect((['all', 'warn', 'error'] as const).filter((level) => passes(warning, { level }))).toEqual(['all', 'warn'])
})

test.each<[string, LocalLine, boolean]>([
  ['loans', invocation, true],
  ['lend-book', invocation, true],
  ['loans/lend-book', invocation, true],
  ['book', invocation, true],
  ['loans', { ...invocation, functionName: 'library-reloans-list' }, false],
  ['loans', request, true],
  ['loans', alarm, true],
  ['fines', denied, true],
  ['fines', deadLetter, true],
  ['loans', deadLetter, false],
  ['loans', { kind: 'warning', time: 0, text: 'Event lost: Lent of library.loans' }, true],
  ['loans', { kind: 'not-emulated', time: 0, what: 'sns: Publish' }, false],
])('the service %s matches words of names: %j', (service, line, expected) => {
  expect(passes(line, { services: [service, 'unknown'] })).toBe(expected)
})

test('a line passes by its correlation id; one without does not', () => {
  expect(passes(invocation, { correlationId: 'c-1' })).toBe(true)
  expect(passes({ ...request, correlationId: 'c-1' }, { correlationId: 'c-1' })).toBe(true)
  expect(passes(request, { correlationId: 'c-1' })).toBe(false)
  expect(passes({ ...request, correlationId: 'c-12', path: '/loans/c-1' }, { correlationId: 'c-1' })).toBe(false)
})

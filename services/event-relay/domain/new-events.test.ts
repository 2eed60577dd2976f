import { newEvents } from './new-events.ts'

const event = (id: string) => ({
  source: 'loans.app',
  type: 'BookLent',
  metadata: { id, version: 1, time: '2026-05-01T10:00:00.000Z', correlationId: 'c', causationId: 'r' },
  data: { any: 'thing' },
})

const ids = (before: unknown, after: unknown) => newEvents(before, after).map(({ metadata }) => metadata.id)

test.each<[string, unknown, unknown, string[]]>([
  ['all of a new item', undefined, [event('a'), event('b')], ['a', 'b']],
  ['those that were added', [event('a')], [event('a'), event('b')], ['b']],
  ['those that replaced others', [event('a')], [event('b')], ['b']],
  ['none when nothing was added', [event('a')], [event('a')], []],
  ['none when they were removed', [event('a')], undefined, []],
  ['none of an item without events', undefined, undefined, []],
  ['those beside a malformed old event', [{ broken: true }], [event('a')], ['a']],
])('%s', (_, before, after, expected) => {
  expect(ids(before, after)).toEqual(expected)
})

test.each<[string, unknown]>([
  ['not a list', { 0: event('a') }],
  ['without metadata', [{ ...event('a'), metadata: undefined }]],
  ['without data', [{ ...event('a'), data: undefined }]],
  ['without a source', [{ ...event('a'), source: '' }]],
  ['null', [null]],
])('a new event must be well formed: %s', (_, after) => {
  expect(() => newEvents(undefined, after)).toThrow()
})

test('an event without an id counts as new, even beside another event', () => {
  expect(() => newEvents([{ broken: true }], [{ broken: 'again' }])).toThrow()
})

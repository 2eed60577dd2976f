import { newEvents } from './new-events.ts'

const event = (id: string) => ({
  source: 'loans.app',
  type: 'BookLent',
  metadata: { id, version: 1, time: '2026-05-01T10:00:00.000Z', correlationId: 'c', causationId: 'r' },
  data: { any: 'thing' },
})

const imageWith =
  (events: unknown, attributes: Record<string, unknown> = {}) =>
  (name: string) =>
    ({ ...attributes, events })[name]

const ids = (before: unknown, after: unknown) =>
  newEvents(imageWith(before), imageWith(after)).map(({ metadata }) => metadata.id)

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
  expect(() => newEvents(imageWith(undefined), imageWith(after))).toThrow()
})

test('what an event does not repeat comes from the item as it was written with it', () => {
  const stored = { ...event('a'), data: { until: 'May' }, fromItem: ['reader'] }
  const [read] = newEvents(imageWith(undefined, { reader: 'bob' }), imageWith([stored], { reader: 'ada', shelf: 3 }))
  expect(read).toEqual({ ...event('a'), data: { reader: 'ada', until: 'May' } })
})

test('an event without an id counts as new, even beside another event', () => {
  expect(() => newEvents(imageWith([{ broken: true }]), imageWith([{ broken: 'again' }]))).toThrow()
})

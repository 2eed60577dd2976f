import { outboxOf, storedEventOf } from './outbox.ts'

const event = (id: string, data: Record<string, unknown> = { loan: 1 }) => ({
  source: 'loans.app',
  type: 'BookLent',
  metadata: { id, version: 1, time: '2026-05-01T10:00:00.000Z', correlationId: 'c', causationId: 'r' },
  data,
})

test('the outbox is the list of events and the id of the last one', () => {
  const events = [event('a'), event('b')]
  expect(outboxOf(events)).toEqual({ events, eventId: 'b' })
})

test('without events neither is written', () => {
  expect(outboxOf([])).toStrictEqual({ events: undefined, eventId: undefined })
})

test('what the item has anyway is stored once, and is part of the event that is read', () => {
  const item = { loan: 1, books: [{ title: 'Ulysses', pages: 730 }], reader: 'ada', shelf: undefined }
  const lent = event('a', {
    loan: 1,
    books: [{ pages: 730, title: 'Ulysses' }],
    reader: 'bob',
    until: 'May',
    shelf: undefined,
  })
  const { events } = outboxOf([lent], item)
  expect(events).toEqual([{ ...lent, data: { reader: 'bob', until: 'May' }, fromItem: ['loan', 'books'] }])
  expect(storedEventOf(events![0], (name) => item[name as keyof typeof item])).toEqual(lent)
})

test('an event whose item has lost an attribute is malformed', () => {
  const { events } = outboxOf([event('a')], { loan: 1 })
  expect(() => storedEventOf(events![0], () => undefined)).toThrow('not an event: the item has no attribute loan')
})

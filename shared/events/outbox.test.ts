import { outboxOf } from './outbox.ts'

const event = (id: string) => ({ metadata: { id } })

test('the outbox is the list of events and the id of the last one', () => {
  const events = [event('a'), event('b')]
  expect(outboxOf(events)).toEqual({ events, eventId: 'b' })
})

test('without events neither is written', () => {
  expect(outboxOf([])).toStrictEqual({ events: undefined, eventId: undefined })
})

import * as z from 'zod'
import { causedBy, createEvent, defineEvent, StoredEvent } from './envelope.ts'

const BookLent = defineEvent({
  source: 'loans.app',
  type: 'BookLent',
  version: 3,
  data: z.object({ loanId: z.string() }),
})

const fact = {
  aggregateId: 'loan_1',
  aggregateVersion: 2,
  time: new Date('2026-05-01T10:00:00.000Z'),
  cause: { correlationId: 'c-1', causationId: 'request-1' },
  data: { loanId: 'loan_1' },
}

test('an event id consists of type, aggregate id and version', () => {
  const event = createEvent(BookLent, fact)
  expect(event).toEqual({
    source: 'loans.app',
    type: 'BookLent',
    metadata: {
      id: 'BookLent/loan_1/2',
      version: 3,
      time: '2026-05-01T10:00:00.000Z',
      correlationId: 'c-1',
      causationId: 'request-1',
    },
    data: { loanId: 'loan_1' },
  })
  expect(createEvent(BookLent, { ...fact, time: new Date() }).metadata.id).toBe(event.metadata.id)
})

test('a caused event keeps correlation id and trace, and has the causing event’s id as causation id', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const event = createEvent(BookLent, { ...fact, cause: { ...fact.cause, traceparent } })
  expect(causedBy(event.metadata)).toEqual({ correlationId: 'c-1', causationId: 'BookLent/loan_1/2', traceparent })
})

test('a created event matches the schema of stored events', () => {
  expect(StoredEvent.parse(createEvent(BookLent, fact))).toEqual(createEvent(BookLent, fact))
})

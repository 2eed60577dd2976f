import { newEvents } from '#services/event-relay/domain/new-events.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'

type Item = Readonly<Record<string, unknown>>

/** The events that the relay publishes of an item, as it is after a change. */
export const publishedBy = (item: Item, before: Item = {}): StoredEvent[] =>
  newEvents(
    (name) => before[name],
    (name) => item[name],
  )

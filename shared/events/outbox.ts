import * as z from 'zod'
import { StoredEvent } from './envelope.ts'

/** The list attribute of an item that holds its events until the relay has published them. */
export const eventsAttribute = 'events'

/**
 * A text beside the list, by which the stream of the table is filtered: "the Exists operator only works on leaf nodes in
 * the event JSON" (Lambda Developer Guide, Control which events Lambda sends to your function), and a list is none.
 */
export const eventIdAttribute = 'eventId'

/**
 * The outbox attributes of an item that is put or updated. Every writer of events takes them from here: without the id the
 * relay would never see the events. Without events, both are undefined: a put omits them, and `setFields` removes the
 * earlier ones, so that a later change does not invoke the relay.
 */
export const outboxOf = <Event extends { readonly metadata: { readonly id: string } }>(events: readonly Event[]) => ({
  [eventsAttribute]: events.length === 0 ? undefined : events,
  [eventIdAttribute]: events.at(-1)?.metadata.id,
})

/** The outbox of an item that a service reads back. */
export const Outbox = z.object({ [eventsAttribute]: z.array(StoredEvent).optional() })

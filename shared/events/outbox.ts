import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { StoredEvent } from './envelope.ts'

/** The list attribute of an item that holds its events until the relay has published them. */
export const eventsAttribute = 'events'

/**
 * A text beside the list, by which the stream of the table is filtered: "the Exists operator only works on leaf nodes
 * in the event JSON" (Lambda Developer Guide, Control which events Lambda sends to your function), and a list is not a
 * leaf node.
 */
export const eventIdAttribute = 'eventId'

type Attributes = Readonly<Record<string, unknown>>

interface WithId {
  readonly metadata: { readonly id: string }
  readonly data?: Attributes
}

/**
 * The outbox attributes of an item that is put or updated. Every writer of events takes them from here: without the id the
 * relay would never see the events. Without events, both are undefined: a put omits them, and `setFields` removes the
 * earlier ones, so that a later change does not invoke the relay.
 * @param item the attributes written with them, which the events do not repeat: a write is billed by the size of the item
 */
export const outboxOf = (events: readonly WithId[], item: Attributes = {}) => ({
  [eventsAttribute]: events.length === 0 ? undefined : events.map((event) => withoutAttributesOf(item, event)),
  [eventIdAttribute]: events.at(-1)?.metadata.id,
})

function withoutAttributesOf(item: Attributes, { data = {}, ...event }: WithId) {
  const isInItem = (name: string) => item[name] !== undefined && isDeepStrictEqual(data[name], item[name])
  const fromItem = Object.keys(data).filter(isInItem)
  const rest = Object.fromEntries(Object.entries(data).filter(([name]) => !isInItem(name)))
  return { ...event, data: rest, ...(fromItem.length > 0 ? { fromItem } : {}) }
}

const OutboxEvent = StoredEvent.extend({
  /** The members of the data that are attributes of the item. */
  fromItem: z.array(z.string()).optional(),
})

/**
 * An event of the outbox as it is published.
 * @param attribute reads the item as it was written with the event
 * @throws ZodError when it is malformed, Error when the item has no such attribute
 */
export function storedEventOf(stored: unknown, attribute: (name: string) => unknown): StoredEvent {
  const { fromItem = [], ...event } = OutboxEvent.parse(stored)
  const members = fromItem.map((name) => [name, attribute(name)] as const)
  const missing = members.find(([, value]) => value === undefined)
  if (missing) throw new Error(`not an event: the item has no attribute ${missing[0]}`)
  return { ...event, data: { ...Object.fromEntries(members), ...event.data } }
}

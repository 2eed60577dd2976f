import * as z from 'zod'
import { eventsAttribute, StoredEvent } from '#shared/events/envelope.ts'
import type { Order } from '../domain/order.ts'
import { trailKey } from '../keys.ts'

interface AnyEvent {
  readonly metadata: { readonly id: string }
}

/** An event of the order itself: `events` is what the relay publishes. */
export const ownEventItem = (order: Order, event: AnyEvent) => ({
  ...trailKey(order.orderId, event.metadata.id),
  orderVersion: order.version,
  recordedAt: order.updatedAt,
  [eventsAttribute]: [event],
})

/** An event that came to the order at this version; the item is also the mark that it was. It is never published again. */
export const receivedEventItem = (order: Order, event: AnyEvent, time: Date) => ({
  ...trailKey(order.orderId, event.metadata.id),
  orderVersion: order.version,
  recordedAt: time.toISOString(),
  received: event,
})

const TrailItem = z
  .object({
    /** The version that an own event made, or that a received event met. */
    orderVersion: z.int(),
    recordedAt: z.iso.datetime(),
    [eventsAttribute]: z.tuple([StoredEvent]).optional(),
    received: StoredEvent.optional(),
  })
  .refine((item) => (item.events === undefined) !== (item.received === undefined), 'Own or received, one of them.')
type TrailItem = z.infer<typeof TrailItem>

/**
 * The events of an order's trail items as they took effect. The order's version decides and not the events' times,
 * since those come from clocks of several machines: what a version received stands after what made it.
 */
export const trailOf = (items: readonly unknown[]): StoredEvent[] =>
  items
    .map((item) => TrailItem.parse(item))
    .toSorted(byEffect)
    .map((item) => (item.events?.[0] ?? item.received)!)

function byEffect(a: TrailItem, b: TrailItem): number {
  if (a.orderVersion !== b.orderVersion) return a.orderVersion - b.orderVersion
  const [aReceived, bReceived] = [a.received !== undefined, b.received !== undefined]
  if (aReceived !== bReceived) return aReceived ? 1 : -1
  return a.recordedAt < b.recordedAt ? -1 : 1
}

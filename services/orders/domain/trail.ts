import * as z from 'zod'
import type { Cause, EventOf } from '#shared/events/envelope.ts'
import { euros, Money } from '#shared/money.ts'
import { UserDeleted } from '#services/users/events.ts'
import { EndedRefund, OrderState, orderTypes, Pieces, Shipment, Tax } from '../events.ts'
import type { Order } from './order.ts'
import { statusAfter, triggers, type TriggerEvent } from './transitions.ts'

/**
 * What happened to an order at one time: an event of another service that arrived, a request of the `actor`, and the
 * order's own event that resulted. It is stored on the order with each change, so it repeats nothing that follows from
 * the order or from the entries before.
 */
export const TrailEntry = z.object({
  time: z.iso.datetime(),
  received: z
    .object({
      /** Without the order's id, as is `causationId`: `StockReserved//1`. */
      id: z.string(),
      time: z.iso.datetime(),
      causationId: z.string(),
      /** Without what follows from the order. */
      data: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  /** The type of the order's own event, which counts the order's version; its id is made of type, order id and version. */
  event: z.string().optional(),
  /** What this event changed of the order's state, null for what it removed, and what its data has besides. */
  data: z.record(z.string(), z.unknown()).optional(),
  /** Without it, that of the first entry. */
  correlationId: z.string().optional(),
  /** The request. Without it, the received event caused the own one. */
  causationId: z.string().optional(),
  /** `customer`, or `staff/` and the id of the staff member. */
  actor: z.string().optional(),
})
export type TrailEntry = z.infer<typeof TrailEntry>

/** The trace of a request is in its logs. */
export const causeOf = ({ correlationId, causationId }: Cause) => ({ correlationId, causationId })

type State = z.infer<typeof OrderState>

/**
 * What an own event changed besides what its type implies: the members of its data that differ from the state before, null
 * for those removed.
 */
export function changedData(state: State, event: string, data: Readonly<Record<string, unknown>>) {
  const before = { ...state, ...impliedByEvent(event) }
  const removed = Object.entries(before).filter(([name, value]) => value !== undefined && data[name] === undefined)
  return noneIfEmpty({ ...Object.fromEntries(removed.map(([name]) => [name, null])), ...changedMembers(before, data) })
}

const noneIfEmpty = (data: Record<string, unknown>) => (Object.keys(data).length === 0 ? undefined : data)

const impliedByEvent = (event: string) => {
  const status = statusAfter(event)
  return status === undefined ? {} : { status }
}

const changedMembers = (before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  )

const shortages = z.array(z.object({ sku: z.string(), requested: z.int(), available: z.int() }))

/** The events of other services that a trail can have. */
const recorded = [...triggers, UserDeleted]

/**
 * The members of received events' data that the trail stores. A new field of an event is left out until it is listed,
 * and the data of an event that is not listed is empty.
 */
const receivedData: Readonly<Record<(typeof recorded)[number]['type'], z.ZodObject>> = {
  StockReserved: z.object({ orderId: z.string(), lines: z.array(Pieces), heldUntil: z.string() }),
  StockRejected: z.object({ orderId: z.string(), shortages }),
  StockReleased: z.object({ orderId: z.string(), lines: z.array(Pieces), reason: z.string() }),
  PaymentCaptured: z.object({ orderId: z.string(), paymentId: z.string(), amount: Money, provider: z.string() }),
  PaymentDeclined: z.object({ orderId: z.string(), reason: z.string() }),
  PaymentRefunded: z.object({
    orderId: z.string(),
    paymentId: z.string(),
    refundId: z.string(),
    amount: Money,
    refunded: Money,
  }),
  ShipmentCreated: z.object({
    orderId: z.string(),
    shipmentId: z.string(),
    trackingNumber: z.string(),
    carrier: z.string(),
    orderType: z.enum(orderTypes),
  }),
  ShipmentDelivered: z.object({ orderId: z.string(), shipmentId: z.string() }),
  UserDeleted: z.object({}),
}

/** The members of received data that an order, or the own event that it caused, has anyway. They are not stored again. */
const impliedBy = ({ orderId, items, total, orderType, shipment }: Order, own: TrailEntry['data']) => ({
  orderId,
  heldUntil: own?.['reservedUntil'],
  lines: items.map((line) => Pieces.parse(line)),
  amount: total,
  orderType,
  ...shipment,
})

/** Ids of events contain the id of their order, which each entry would repeat. */
const withoutOrderId = (id: string, { orderId }: Order): string => id.replace(`/${orderId}/`, '//')
const withOrderId = (id: string, { orderId }: Order): string => id.replace('//', `/${orderId}/`)

/**
 * @param order after the event
 * @param own the data of the own event that it causes, besides the order's state
 */
export const receivedOf = (
  order: Order,
  { type, metadata, data }: TriggerEvent | EventOf<typeof UserDeleted>,
  own?: TrailEntry['data'],
): TrailEntry['received'] => ({
  id: withoutOrderId(metadata.id, order),
  time: metadata.time,
  causationId: withoutOrderId(metadata.causationId, order),
  data: noneIfEmpty(changedMembers(impliedBy(order, own), receivedData[type].parse(data))),
})

/** Whether an event of another service arrived before. */
export const hasReceived = (order: Order, eventId: string): boolean =>
  order.trail.some(({ received }) => received?.id === withoutOrderId(eventId, order))

/** An event of an order's audit trail, with all that is stored of it. */
export interface RecordedEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly time: string
  readonly data: Readonly<Record<string, unknown>>
  readonly correlationId: string
  readonly causationId: string
  readonly actor?: string | undefined
}

export const ownSource = 'orders.app'

/** The events of an order, received and own ones, in the order in which they took effect. */
export function trailOf(order: Order): RecordedEvent[] {
  const { orderId, trail } = order
  let state: Record<string, unknown> = { ...firstState(order) }
  let version = 0
  return trail.flatMap(({ received, event, ...entry }) => {
    const correlationId = entry.correlationId ?? trail[0]!.correlationId ?? ''
    const events: RecordedEvent[] = []
    const receivedId = received && withOrderId(received.id, order)
    if (received && receivedId !== undefined) {
      const { time, causationId } = received
      const type = receivedId.split('/')[0]!
      const source = recorded.find((definition) => definition.type === type)?.source ?? 'unknown'
      const schema = Object.hasOwn(receivedData, type) ? receivedData[type as keyof typeof receivedData] : z.object({})
      const data = schema.parse({ ...impliedBy(order, entry.data), ...received.data })
      events.push({
        id: receivedId,
        type,
        source,
        time,
        data,
        correlationId,
        causationId: withOrderId(causationId, order),
      })
    }
    if (event !== undefined) {
      version += 1
      const data = withoutNulls({ ...state, ...impliedByEvent(event), ...entry.data })
      state = OrderState.parse(data)
      const causationId = receivedId ?? entry.causationId ?? ''
      const id = `${event}/${orderId}/${version}`
      const { time, actor } = entry
      events.push({ id, type: event, source: ownSource, time, data, correlationId, causationId, actor })
    }
    return events
  })
}

const firstState = (order: Order): State =>
  OrderState.parse({
    ...order,
    status: 'PLACED',
    refunded: euros(0),
    reason: undefined,
    shipment: undefined,
    return: undefined,
  })

const withoutNulls = (data: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null))

/** An event of an order's audit trail, as customers see it. */
export const TrailEvent = z.object({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  time: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
  causationId: z.string().describe('The id of the event or request that led to this event'),
  actor: z.enum(['customer', 'staff']).optional().describe('Who requested it; absent when an event caused it'),
})

/** What customers see of own events. A new field is internal until it is listed. */
const ownData = OrderState.pick({
  orderId: true,
  customerId: true,
  status: true,
  orderType: true,
  items: true,
  subtotal: true,
  discount: true,
  discountCode: true,
  shipping: true,
  total: true,
  refunded: true,
  placedAt: true,
  reason: true,
  return: true,
}).extend({
  tax: Tax,
  shipment: Shipment.optional(),
  reservedUntil: z.string().optional(),
  shortages: shortages.optional(),
  refund: EndedRefund.optional(),
  rejection: z.string().optional(),
})

export const trailEventOf = (event: RecordedEvent): z.infer<typeof TrailEvent> => ({
  id: event.id,
  type: event.type,
  source: event.source,
  time: event.time,
  data: event.source === ownSource ? ownData.parse(event.data) : event.data,
  causationId: event.causationId,
  ...(event.actor === undefined ? {} : { actor: event.actor === 'customer' ? 'customer' : 'staff' }),
})

/** An event of an order's audit trail, as staff see it. */
export const StaffTrailEvent = TrailEvent.extend({
  correlationId: z.string(),
  actor: z.string().optional().describe('`customer`, or `staff/` and an id; absent when an event caused it'),
})

export const staffTrailEventOf = (event: RecordedEvent): z.infer<typeof StaffTrailEvent> => ({
  ...trailEventOf(event),
  correlationId: event.correlationId,
  ...(event.actor === undefined ? {} : { actor: event.actor }),
})

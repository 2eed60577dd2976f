import * as z from 'zod'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { orderTypes } from '#services/orders/events.ts'
import { ShipmentCreated, ShipmentDelivered } from '../events.ts'

export type OrderType = (typeof orderTypes)[number]

const common = {
  orderId: z.string(),
  version: z.int().min(1),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}

const Sent = z.object({
  ...common,
  status: z.enum(['created', 'delivered']),
  shipmentId: z.string(),
  orderType: z.enum(orderTypes),
  trackingNumber: z.string(),
  carrier: z.string(),
})
export type Sent = z.infer<typeof Sent>

/**
 * The shipment of an order, one for each order:
 *
 *   none ─► created ─► delivered
 *    │         └─────► void
 *    └─► void     a tombstone: the order was cancelled before its shipment was created
 *
 * `delivered` and `void` are final. The address stays with the order.
 */
export const Shipment = z.discriminatedUnion('status', [Sent, z.object({ ...common, status: z.literal('void') })])
export type Shipment = z.infer<typeof Shipment>

/** A shipment to be stored with its events; the version follows the one that was read. */
export interface ShipmentChange {
  readonly shipment: Shipment
  readonly events: readonly EventOf<typeof ShipmentCreated | typeof ShipmentDelivered>[]
}

export function create(
  parcel: Pick<Sent, 'orderId' | 'shipmentId' | 'orderType' | 'trackingNumber' | 'carrier'>,
  { time, cause }: { readonly time: Date; readonly cause: Cause },
): ShipmentChange {
  const shipment = { ...parcel, status: 'created' as const, ...first(time) }
  const fact = { aggregateId: shipment.shipmentId, aggregateVersion: shipment.version, time, cause }
  return { shipment, events: [createEvent(ShipmentCreated, { ...fact, data: ShipmentCreated.data.parse(shipment) })] }
}

/** @returns undefined when nothing is on its way */
export function deliver(
  before: Shipment | undefined,
  { time, cause }: { readonly time: Date; readonly cause: Cause },
): ShipmentChange | undefined {
  if (before?.status !== 'created') return undefined
  const shipment = { ...before, status: 'delivered' as const, ...next(before, time) }
  const { orderId, shipmentId, version } = shipment
  const fact = { aggregateId: shipmentId, aggregateVersion: version, time, cause }
  return { shipment, events: [createEvent(ShipmentDelivered, { ...fact, data: { orderId, shipmentId } })] }
}

/** @returns undefined when the shipment is void or delivered already */
export function cancel(before: Shipment | undefined, orderId: string, time: Date): ShipmentChange | undefined {
  if (before === undefined) return { shipment: { orderId, status: 'void', ...first(time) }, events: [] }
  if (before.status !== 'created') return undefined
  const { createdAt } = before
  return { shipment: { orderId, status: 'void', createdAt, ...next(before, time) }, events: [] }
}

const first = (time: Date) => ({ version: 1, createdAt: time.toISOString(), updatedAt: time.toISOString() })

const next = ({ version }: Shipment, time: Date) => ({ version: version + 1, updatedAt: time.toISOString() })

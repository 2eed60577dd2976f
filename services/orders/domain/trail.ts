import * as z from 'zod'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { PaymentCaptured, PaymentDeclined } from '#services/payments/events.ts'
import { ShipmentCreated, ShipmentDelivered } from '#services/shipping/events.ts'
import type { OrderPlaced } from '../events.ts'
import { StaffOrder } from './order.ts'
import type { ChangeEvent, Trigger } from './transitions.ts'

/** An event of an order's audit trail, as customers see it. */
export const TrailEvent = z.object({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  time: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
})

/** What customers see of the order in each event. */
const state = StaffOrder.omit({ shippingAddress: true, version: true, updatedAt: true })
const pieces = z.array(z.object({ sku: z.string(), quantity: z.int() }))
const shortages = z.array(z.object({ sku: z.string(), requested: z.int(), available: z.int() }))

/** The fields that customers see of each event's data. A new field of an event is internal until it is listed. */
const visibleData: Readonly<Record<(typeof OrderPlaced | ChangeEvent | Trigger)['type'], z.ZodObject>> = {
  OrderPlaced: state,
  OrderReserved: state.extend({ reservedUntil: z.string() }),
  OrderRejected: state.extend({ reason: z.string(), shortages }),
  OrderPaid: state,
  OrderPaymentFailed: state,
  OrderShipped: state,
  OrderDelivered: state,
  OrderCancelled: state,
  StockReserved: z.object({ orderId: z.string(), lines: pieces, heldUntil: z.string() }),
  StockReleased: z.object({ orderId: z.string(), lines: pieces, reason: z.string() }),
  StockRejected: z.object({ orderId: z.string(), shortages }),
  PaymentCaptured: PaymentCaptured.data,
  PaymentDeclined: PaymentDeclined.data,
  ShipmentCreated: ShipmentCreated.data,
  ShipmentDelivered: ShipmentDelivered.data,
}

export const trailEventOf = ({ source, type, metadata, data }: StoredEvent): z.infer<typeof TrailEvent> => ({
  id: metadata.id,
  type,
  source,
  time: metadata.time,
  data: Object.hasOwn(visibleData, type) ? visibleData[type as keyof typeof visibleData].parse(data) : {},
})

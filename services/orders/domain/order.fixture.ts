import { randomUUID } from 'node:crypto'
import { idOf } from '#shared/ids.ts'
import { createEvent, type Cause } from '#shared/events/envelope.ts'
import { euros, sum, type Money } from '#shared/money.ts'
import { quoteOf, type Basket, type Offer } from '#services/pricing/totals.ts'
import { StockRejected, StockReleased, StockReserved } from '#services/inventory/events.ts'
import { PaymentCaptured, PaymentDeclined, PaymentRefunded } from '#services/payments/events.ts'
import { ShipmentCreated, ShipmentDelivered } from '#services/shipping/events.ts'
import { createOrder, type Order } from './order.ts'
import { evolve, obey, type Changed } from './change.ts'
import { finalStatuses, type Command, type TriggerEvent } from './transitions.ts'

export const noon = new Date('2026-11-20T12:00:00.000Z')

export const cause: Cause = { correlationId: 'correlation-1', causationId: 'request-1' }

export const address = {
  name: 'Ada Byrne',
  line1: 'Main Street 1',
  city: 'Cork',
  postalCode: 'T12',
  country: 'IE',
} as const

export const offer = (sku: string, amount: number): Offer => ({
  sku,
  name: `The ${sku}`,
  price: euros(amount),
  availability: 'in-stock',
})

/** What products with these prices cost in the country of the address. */
export function quote(
  lines: readonly { sku: string; amount: number; quantity: number }[],
  basket: Partial<Basket> = {},
) {
  const offers = new Map(lines.map(({ sku, amount }) => [sku, offer(sku, amount)]))
  const items = lines.map(({ sku, quantity }) => ({ sku, quantity }))
  const quoted = quoteOf({ items, country: 'IE', orderType: 'standard', ...basket }, { offers }, noon)
  if (!quoted.ok) throw new Error(quoted.failure.kind)
  return quoted.value
}

export const placed = ({ customerId = 'ada', time = noon }: { customerId?: string; time?: Date } = {}) =>
  createOrder({
    orderId: idOf('ord', randomUUID()),
    customerId,
    orderType: 'standard',
    quote: quote([{ sku: 'MUG-1', amount: 1250, quantity: 2 }]),
    shippingAddress: address,
    time,
    cause,
  })

const fact = (orderId: string) => ({ aggregateId: orderId, aggregateVersion: 1, time: noon, cause })

export const stockReserved = ({ orderId }: Pick<Order, 'orderId'>): TriggerEvent =>
  createEvent(StockReserved, {
    ...fact(orderId),
    data: { orderId, lines: [{ sku: 'MUG-1', quantity: 2 }], heldUntil: '2026-11-20T12:15:00.000Z' },
  })

export const shortages = [{ sku: 'MUG-1', requested: 2, available: 1 }]

export const stockRejected = ({ orderId }: Pick<Order, 'orderId'>): TriggerEvent =>
  createEvent(StockRejected, { ...fact(orderId), data: { orderId, shortages } })

export const stockReleased = (
  { orderId }: Pick<Order, 'orderId'>,
  reason: 'cancelled' | 'payment-failed' | 'expired' = 'expired',
): TriggerEvent =>
  createEvent(StockReleased, {
    ...fact(orderId),
    aggregateVersion: 2,
    data: { orderId, lines: [{ sku: 'MUG-1', quantity: 2 }], reason },
  })

export const paymentCaptured = ({ orderId, total }: Pick<Order, 'orderId' | 'total'>): TriggerEvent =>
  createEvent(PaymentCaptured, {
    ...fact(orderId),
    data: { orderId, paymentId: 'pay_1', amount: total, provider: 'sandbox' },
  })

export const paymentDeclined = ({ orderId }: Pick<Order, 'orderId'>): TriggerEvent =>
  createEvent(PaymentDeclined, { ...fact(orderId), data: { orderId, reason: 'declined' } })

export const shipment = { trackingNumber: 'TRACK-1', carrier: 'Sandbox' }

export const shipmentCreated = ({ orderId, orderType }: Pick<Order, 'orderId' | 'orderType'>): TriggerEvent =>
  createEvent(ShipmentCreated, { ...fact(orderId), data: { orderId, shipmentId: 'shp_1', orderType, ...shipment } })

export const shipmentDelivered = ({ orderId }: Pick<Order, 'orderId'>): TriggerEvent =>
  createEvent(ShipmentDelivered, { ...fact(orderId), aggregateVersion: 2, data: { orderId, shipmentId: 'shp_1' } })

export const paymentRefunded = (
  { orderId, total }: Pick<Order, 'orderId' | 'total'>,
  { version, amount = total, refunded = amount }: { version: number; amount?: Money; refunded?: Money },
): TriggerEvent =>
  createEvent(PaymentRefunded, {
    ...fact(orderId),
    aggregateVersion: version,
    data: { orderId, paymentId: 'pay_1', refundId: `${orderId}/${version}`, amount, refunded },
  })

/** What payments publish about the refund that an order has requested. */
export const refundOfRequest = (from: Order): TriggerEvent =>
  paymentRefunded(from, {
    version: from.refundRequest!.version,
    amount: from.refundRequest!.amount,
    refunded: sum([from.refunded, from.refundRequest!.amount]),
  })

/** With all services installed. */
export const circumstances = (time = noon) => ({
  time,
  finalStatuses: finalStatuses(['inventory', 'payments', 'shipping']),
})

/** The change of an order by a trigger that applies to it. */
export function changeOf(from: Order, trigger: TriggerEvent, time = noon): Changed & { from: Order } {
  const evolved = evolve(from, trigger, circumstances(time))
  if (evolved.kind !== 'applied') throw new Error(`${trigger.type} is ${evolved.kind}.`)
  const { order, event } = evolved
  return { from, order, event }
}

/** The order without change after a trigger that comes too late. */
export function ignoredBy(from: Order, trigger: TriggerEvent, time = noon): { from: Order; order: Order } {
  const evolved = evolve(from, trigger, circumstances(time))
  if (evolved.kind !== 'ignored') throw new Error(`${trigger.type} is ${evolved.kind}.`)
  return { from, order: evolved.order }
}

/** The change of an order by a request that is possible. */
export function obeyed(from: Order, command: Command, { actor = 'customer', time = noon } = {}) {
  const outcome = obey(from, command, { actor, cause, ...circumstances(time) })
  if (!outcome.ok) throw new Error(`${command.type} is refused: ${outcome.failure.kind}.`)
  return { from, ...outcome.value }
}

/** An order after each of the triggers, one after the other. */
export const after = (order: Order, ...applied: readonly TriggerEvent[]): Order =>
  applied.reduce((from, trigger) => changeOf(from, trigger).order, order)

export const paidOrder = (order: Order) => after(order, stockReserved(order), paymentCaptured(order))
export const shippedOrder = (order: Order) => after(paidOrder(order), shipmentCreated(order))
export const deliveredOrder = (order: Order) => after(shippedOrder(order), shipmentDelivered(order))

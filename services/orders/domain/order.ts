import * as z from 'zod'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { euros, Money, sum } from '#shared/money.ts'
import { Sku } from '#shared/text.ts'
import { OrderPlaced, orderTypes } from '../events.ts'
import { Address, StoredAddress } from './address.ts'
import { maxLines, maxPiecesPerLine, OrderLine } from './lines.ts'

/** All statuses, independent of the installed services. */
export const orderStatuses = [
  'PLACED',
  'RESERVED',
  'REJECTED',
  'PAID',
  'PAYMENT_FAILED',
  'CANCELLED',
  'SHIPPED',
  'DELIVERED',
  'RETURN_REQUESTED',
  'REFUNDED',
] as const
export type OrderStatus = (typeof orderStatuses)[number]

/** The format of `newId('ord', …)`. */
export const orderIdPattern = /^ord_[0-9A-HJKMNP-TV-Z]{26}$/

/** The body of a request to place an order. */
export const OrderRequest = z.strictObject({
  items: z
    .array(z.strictObject({ sku: Sku, quantity: z.int().min(1).max(maxPiecesPerLine) }))
    .min(1)
    .max(maxLines)
    .describe('Equal SKUs are merged into one line'),
  shippingAddress: Address,
  paymentToken: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 printable ASCII characters without spaces')
    .describe('A token of the payment provider; it appears in no event and no log'),
  orderType: z.enum(orderTypes).default('standard'),
})
export type OrderRequest = z.infer<typeof OrderRequest>

export const Order = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status: z.enum(orderStatuses),
  /** The number of changes, starting at 1. */
  version: z.int().min(1),
  orderType: z.enum(orderTypes),
  items: z.array(OrderLine).min(1),
  total: Money,
  /** The sum of all refunds so far. */
  refunded: Money,
  shippingAddress: StoredAddress,
  placedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Why the order ended early: `out-of-stock`. */
  reason: z.string().optional(),
})
export type Order = z.infer<typeof Order>

const customerFields = {
  orderId: true,
  status: true,
  version: true,
  orderType: true,
  items: true,
  total: true,
  refunded: true,
  shippingAddress: true,
  placedAt: true,
  updatedAt: true,
  reason: true,
} as const

/** The fields that customers see of their orders. A new field of `Order` is internal until it is listed. */
export const CustomerOrder = Order.pick(customerFields)

/** The fields that staff see. */
export const StaffOrder = Order.pick({ ...customerFields, customerId: true })

/** The fields of an order that events contain: no address. */
export const summaryOf = ({ orderId, customerId, orderType, items, total, placedAt }: Order) => ({
  orderId,
  customerId,
  orderType,
  items,
  total,
  placedAt,
})

/** The first state of an order, with its event. */
export function createOrder({
  time,
  cause,
  ...fields
}: Pick<Order, 'orderId' | 'customerId' | 'orderType' | 'items' | 'shippingAddress'> & {
  readonly time: Date
  readonly cause: Cause
}): { order: Order; event: EventOf<typeof OrderPlaced> } {
  const order: Order = {
    ...fields,
    status: 'PLACED',
    version: 1,
    total: sum(fields.items.map((item) => item.lineTotal)),
    refunded: euros(0),
    placedAt: time.toISOString(),
    updatedAt: time.toISOString(),
  }
  const { orderId: aggregateId, version: aggregateVersion } = order
  return {
    order,
    event: createEvent(OrderPlaced, { aggregateId, aggregateVersion, time, cause, data: summaryOf(order) }),
  }
}

/** The response to a placed order, even if the request is repeated after the order has changed. */
export const Receipt = z.object({
  orderId: z.string(),
  status: z.literal('PLACED'),
  items: z.array(OrderLine),
  total: Money,
  placedAt: z.iso.datetime(),
  message: z.literal('Order received'),
})

export const receiptOf = ({ orderId, items, total, placedAt }: Order): z.infer<typeof Receipt> => ({
  orderId,
  status: 'PLACED',
  items,
  total,
  placedAt,
  message: 'Order received',
})

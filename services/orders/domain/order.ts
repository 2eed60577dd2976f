import * as z from 'zod'
import { ServedCountry } from '#services/pricing/countries.ts'
import { DiscountCode, PricedLine, RequestedLines, Totals, type Quote } from '#services/pricing/totals.ts'
import { StoredAddress, addressIn } from '#shared/address.ts'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { euros, Money } from '#shared/money.ts'
import { OrderPlaced, OrderState, orderStatuses, orderTypes, Pieces, Refund, Return, Shipment, Tax } from '../events.ts'
import { causeOf, TrailEntry } from './trail.ts'

export const orderIdPattern = /^ord_[0-9A-HJKMNP-TV-Z]{26}$/

/** The body of a request to place an order. */
export const OrderRequest = z.strictObject({
  items: RequestedLines,
  shippingAddress: addressIn(ServedCountry),
  paymentToken: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 printable ASCII characters without spaces')
    .describe('A token of the payment provider; it appears in no event and no log'),
  orderType: z.enum(orderTypes).default('standard'),
  discountCode: DiscountCode.optional(),
  expectedTotal: Money.optional().describe('The total that the customer was shown; a different one places no order'),
})
export type OrderRequest = z.infer<typeof OrderRequest>

export const Order = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status: z.enum(orderStatuses),
  /** The number of changes, starting at 1. */
  version: z.int().min(1),
  orderType: z.enum(orderTypes),
  items: z.array(PricedLine).min(1),
  subtotal: Money,
  discount: Money,
  discountCode: z.string().optional(),
  /** Whether a use of the code was counted, which the end of an unsuccessful order gives back. */
  discountUseCounted: z.literal(true).optional(),
  shipping: Money,
  tax: Tax,
  /** subtotal − discount + shipping; the tax is included. */
  total: Money,
  /** The sum of all refunds so far. */
  refunded: Money,
  shippingAddress: StoredAddress,
  placedAt: z.iso.datetime(),
  /** The hash of the request that placed it, which distinguishes a repeat from another request under the same key. */
  fingerprint: z.string().optional(),
  updatedAt: z.iso.datetime(),
  /** The reason of its last change of status: `out-of-stock`. */
  reason: z.string().optional(),
  shipment: Shipment.optional(),
  /** When it was delivered, which can be after its return was requested or decided. */
  deliveredAt: z.iso.datetime().optional(),
  /** What the customer sends back, until that is refunded or rejected. */
  return: Return.optional(),
  /** All pieces that were sent back and refunded. */
  returned: z.array(Pieces).optional(),
  /** What payments were asked to refund for the return, by the event of this version. */
  refundRequest: Refund.extend({ version: z.int() }).optional(),
  /** The customer deleted their account: the order is anonymised as soon as it is final. */
  customerDeleted: z.literal(true).optional(),
  /** What happened to the order, oldest first. Each write adds an entry. */
  trail: z.array(TrailEntry).min(1),
})
export type Order = z.infer<typeof Order>

const customerFields = {
  orderId: true,
  status: true,
  version: true,
  orderType: true,
  items: true,
  subtotal: true,
  discount: true,
  discountCode: true,
  shipping: true,
  tax: true,
  total: true,
  refunded: true,
  shippingAddress: true,
  placedAt: true,
  updatedAt: true,
  reason: true,
  shipment: true,
  deliveredAt: true,
  return: true,
  returned: true,
} as const

/** The fields that customers see of their orders. A new field of `Order` is internal until it is listed. */
export const CustomerOrder = Order.pick(customerFields)

/** The fields that staff see. */
export const StaffOrder = Order.pick({ ...customerFields, customerId: true })

/** What events contain of an order: everything but its address, version and time of change. Other fields are left out. */
export const stateOf = (order: Order): z.infer<typeof OrderState> => OrderState.parse(order)

/** The first state of an order, with its event. */
export function createOrder({
  quote: { items, ...totals },
  time,
  cause,
  ...fields
}: Pick<
  Order,
  'orderId' | 'customerId' | 'orderType' | 'discountCode' | 'discountUseCounted' | 'shippingAddress' | 'fingerprint'
> & {
  readonly quote: Quote
  readonly time: Date
  readonly cause: Cause
}): { order: Order; event: EventOf<typeof OrderPlaced> } {
  const order: Order = {
    ...fields,
    status: 'PLACED',
    version: 1,
    items: items.map((line) => PricedLine.parse(line)),
    ...totals,
    refunded: euros(0),
    placedAt: time.toISOString(),
    updatedAt: time.toISOString(),
    trail: [{ time: time.toISOString(), event: OrderPlaced.type, ...causeOf(cause), actor: 'customer' }],
  }
  const { orderId: aggregateId, version: aggregateVersion } = order
  return {
    order,
    event: createEvent(OrderPlaced, { aggregateId, aggregateVersion, time, cause, data: stateOf(order) }),
  }
}

/** The response to a placed order, even if the request is repeated after the order has changed. */
export const Receipt = Totals.extend({
  orderId: z.string(),
  status: z.literal('PLACED'),
  items: z.array(PricedLine),
  discountCode: z.string().optional(),
  placedAt: z.iso.datetime(),
  message: z.literal('Order received'),
})

/** The fields of an order from which the response to a repeated request is made. They never change. */
export const PlacedOrder = Receipt.omit({ status: true, message: true }).extend({
  fingerprint: Order.shape.fingerprint,
})
export type PlacedOrder = z.infer<typeof PlacedOrder>

export const receiptOf = (order: PlacedOrder): z.infer<typeof Receipt> =>
  Receipt.parse({ ...order, status: 'PLACED', message: 'Order received' })

/** The pieces of a SKU in some lines. */
export const piecesOf = (lines: readonly Pieces[], sku: string): number =>
  lines.reduce((pieces, line) => pieces + (line.sku === sku ? line.quantity : 0), 0)

/** One line for each SKU. */
export const mergePieces = (lines: readonly Pieces[]): Pieces[] =>
  [...new Set(lines.map(({ sku }) => sku))].map((sku) => ({ sku, quantity: piecesOf(lines, sku) }))

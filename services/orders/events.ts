import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { Money } from '#shared/money.ts'

const source = 'orders.app'

/** The shipping speed of an order, and a dimension of its metrics. */
export const orderTypes = ['standard', 'express'] as const

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

/** Included in an amount; `rate` is a fraction such as 0.23. */
export const Tax = z.object({ rate: z.number().min(0).max(1), amount: Money })

export const Pieces = z.object({ sku: z.string(), quantity: z.int().min(1) })
export type Pieces = z.infer<typeof Pieces>

export const Return = z.object({ items: z.array(Pieces), reason: z.string() })

export const Shipment = z.object({ trackingNumber: z.string(), carrier: z.string() })

/**
 * The data of every order event: the order after the change, so that subscribers need no request to orders, and an order
 * can be rebuilt from its events. No address, no payment token.
 */
export const OrderState = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status: z.enum(orderStatuses),
  orderType: z.enum(orderTypes),
  items: z.array(
    z.object({ sku: z.string(), name: z.string(), quantity: z.int().min(1), unitPrice: Money, lineTotal: Money }),
  ),
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
  placedAt: z.iso.datetime(),
  /** The reason of its last change of status: `out-of-stock`. */
  reason: z.string().optional(),
  shipment: Shipment.optional(),
  /** What the customer sends back, while that is undecided. */
  return: Return.optional(),
})

const Shortage = z.object({ sku: z.string(), requested: z.int(), available: z.int() })

/** Pieces that are refunded; `shipping` when the price of shipping is refunded with them. */
export const Refund = z.object({ amount: Money, items: z.array(Pieces), shipping: z.boolean() })

/** A refund that has ended. `chargedBack`: what is missing, since the customer's bank had taken it back before. */
export const EndedRefund = Refund.extend({ chargedBack: Money.optional() })

export const OrderPlaced = defineEvent({ source, type: 'OrderPlaced', version: 1, data: OrderState })

export const OrderReserved = defineEvent({
  source,
  type: 'OrderReserved',
  version: 1,
  /** After `reservedUntil` the pieces may be given to another order, so nothing may be captured any more. */
  data: OrderState.extend({ reservedUntil: z.iso.datetime() }),
})

export const OrderRejected = defineEvent({
  source,
  type: 'OrderRejected',
  version: 1,
  data: OrderState.extend({ reason: z.literal('out-of-stock'), shortages: z.array(Shortage) }),
})

/** The provider captured the order's total. */
export const OrderPaid = defineEvent({ source, type: 'OrderPaid', version: 1, data: OrderState })

export const paymentFailures = ['declined', 'insufficient-funds', 'reservation-expired'] as const

export const OrderPaymentFailed = defineEvent({
  source,
  type: 'OrderPaymentFailed',
  version: 1,
  data: OrderState.extend({ reason: z.enum(paymentFailures) }),
})

export const OrderShipped = defineEvent({
  source,
  type: 'OrderShipped',
  version: 1,
  data: OrderState.extend({ shipment: Shipment }),
})

/**
 * The parcel arrived: the status is DELIVERED, or RETURN_REQUESTED when a return was requested before. Also when staff
 * reject a return, with the reason `return-rejected` and what staff wrote about it.
 */
export const OrderDelivered = defineEvent({
  source,
  type: 'OrderDelivered',
  version: 1,
  data: OrderState.extend({ rejection: z.string().optional() }),
})

export const cancellationReasons = ['customer', 'staff', 'reservation-expired'] as const

/** Stock, payment, shipment and the use of a discount code are undone by the services that own them. */
export const OrderCancelled = defineEvent({
  source,
  type: 'OrderCancelled',
  version: 1,
  data: OrderState.extend({ reason: z.enum(cancellationReasons) }),
})

export const ReturnRequested = defineEvent({
  source,
  type: 'ReturnRequested',
  version: 1,
  data: OrderState.extend({ return: Return }),
})

/** Staff accepted a return: asks payments to refund the amount. */
export const RefundRequested = defineEvent({
  source,
  type: 'RefundRequested',
  version: 1,
  data: OrderState.extend({ refund: Refund }),
})

/** A refund has ended; the status is REFUNDED, DELIVERED while pieces remain, or CANCELLED. */
export const OrderRefunded = defineEvent({
  source,
  type: 'OrderRefunded',
  version: 1,
  data: OrderState.extend({ refund: EndedRefund }),
})

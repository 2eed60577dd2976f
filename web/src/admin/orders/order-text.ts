import type { AdminOrder, OrderStatus } from '../../api/types.ts'
import { formatMoney, plural, type Money } from '../../format.ts'

type TrailEvent = AdminOrder['trail'][number]

export const piecesOf = (items: readonly { readonly quantity: number }[]): number =>
  items.reduce((sum, { quantity }) => sum + quantity, 0)

const situations: Readonly<Record<OrderStatus, string>> = {
  PLACED: 'The stock is being reserved. This takes a moment.',
  RESERVED: 'The payment is being captured. This takes a moment.',
  REJECTED: 'The order has ended without a payment.',
  PAID: 'The order is paid and will be sent soon. Until then it can be cancelled.',
  PAYMENT_FAILED: 'The order has ended. The reserved stock was released.',
  CANCELLED: 'The order has ended. What was paid is refunded, unless the bank has taken it back.',
  SHIPPED: 'The parcel is on its way. The carrier reports its delivery.',
  DELIVERED: 'The parcel is with the customer. There is nothing to do.',
  RETURN_REQUESTED: 'The customer sends pieces back. Refund them, or reject the return.',
  REFUNDED: 'All pieces were sent back and refunded.',
}

type Progress = Pick<AdminOrder, 'status' | 'deliveredAt'>

/** A return that was decided on the way leaves an order DELIVERED whose delivery is not reported yet. */
export const situationText = ({ status, deliveredAt }: Progress): string =>
  status === 'DELIVERED' && deliveredAt === undefined
    ? 'The return is decided, but the carrier has not reported the delivery. The time for further returns begins with it.'
    : situations[status]

/** Whether staff can mark it as delivered: it was sent, and its delivery is not reported. */
export const isDeliverable = ({ status, deliveredAt }: Progress): boolean =>
  deliveredAt === undefined && ['SHIPPED', 'RETURN_REQUESTED', 'DELIVERED'].includes(status)

const reasons: Readonly<Record<string, string>> = {
  'out-of-stock': 'There was not enough stock.',
  declined: 'The payment was declined.',
  'insufficient-funds': 'The customer’s account has insufficient funds.',
  'reservation-expired': 'The reserved stock was released before the payment arrived.',
  customer: 'The customer cancelled it.',
  staff: 'A member of staff cancelled it.',
  'return-rejected': 'The last return was rejected.',
}

export const reasonText = (reason: string): string =>
  Object.hasOwn(reasons, reason) ? reasons[reason]! : `Reason: ${reason}`

const eventTexts: Readonly<Record<string, string>> = {
  OrderPlaced: 'Order placed',
  StockReserved: 'Stock reserved',
  OrderReserved: 'Order reserved',
  StockRejected: 'Not enough stock',
  OrderRejected: 'Order rejected',
  StockReleased: 'Stock released',
  PaymentCaptured: 'Payment captured',
  OrderPaid: 'Order paid',
  PaymentDeclined: 'Payment declined',
  OrderPaymentFailed: 'Payment failed',
  PaymentRefunded: 'Payment refunded',
  ShipmentCreated: 'Parcel handed to the carrier',
  OrderShipped: 'Order shipped',
  ShipmentDelivered: 'Parcel delivered',
  OrderDelivered: 'Order delivered',
  OrderCancelled: 'Order cancelled',
  ReturnRequested: 'Return requested',
  RefundRequested: 'Refund requested',
  OrderRefunded: 'Order refunded',
  UserDeleted: 'Customer deleted the account',
}

export function eventText({ type, data }: Pick<TrailEvent, 'type' | 'data'>): string {
  if (type === 'OrderDelivered' && data['reason'] === 'return-rejected') return 'Return rejected'
  return Object.hasOwn(eventTexts, type) ? eventTexts[type]! : type
}

/** What an event adds to its name; undefined for nothing. */
export function eventDetail({ type, data }: Pick<TrailEvent, 'type' | 'data'>): string | undefined {
  switch (type) {
    case 'PaymentCaptured':
    case 'PaymentRefunded':
      return amountIn(data)
    case 'RefundRequested':
      return amountIn(data['refund'])
    case 'OrderRefunded':
      return refundIn(data['refund'])
    case 'ReturnRequested':
      return returnIn(data['return'])
    case 'OrderDelivered':
      return textIn(data, 'rejection')
    case 'ShipmentCreated':
      return [textIn(data, 'carrier'), textIn(data, 'trackingNumber')].filter(Boolean).join(' ') || undefined
    case 'OrderCancelled':
    case 'OrderPaymentFailed':
    case 'OrderRejected': {
      const reason = textIn(data, 'reason')
      return reason === undefined ? undefined : reasonText(reason)
    }
    default:
      return undefined
  }
}

/** Who or what led to an event. */
export function causeText({ actor, causationId }: Pick<TrailEvent, 'actor' | 'causationId'>, ownId?: string): string {
  if (actor === 'customer') return 'by the customer'
  if (actor !== undefined) {
    const id = actor.replace(/^staff\//, '')
    return id === ownId ? 'by you' : `by staff ${id.slice(0, 8)}`
  }
  const [type, ...rest] = causationId.split('/')
  return rest.length > 0 ? `because of ${type}` : 'by a request'
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const textIn = (value: unknown, name: string): string | undefined =>
  isObject(value) && typeof value[name] === 'string' ? value[name] : undefined

const amountIn = (value: unknown): string | undefined =>
  isObject(value) && isObject(value['amount']) ? formatMoney(value['amount'] as unknown as Money) : undefined

function refundIn(value: unknown): string | undefined {
  const chargedBack = isObject(value) ? amountIn({ amount: value['chargedBack'] }) : undefined
  return chargedBack === undefined ? amountIn(value) : `${amountIn(value)}; the bank took ${chargedBack} back`
}

function returnIn(value: unknown): string | undefined {
  if (!isObject(value) || !Array.isArray(value['items'])) return undefined
  const pieces = plural(piecesOf(value['items'] as { quantity: number }[]), 'piece')
  const reason = textIn(value, 'reason')
  return reason === undefined ? pieces : `${pieces}: “${reason}”`
}

import type { Order, OrderStatus, TrailEntry } from '../../api/types.ts'
import { formatMoney, type Money } from '../../format.ts'

/** Something that happened to an order, happens now, or is to come. */
export interface Step {
  readonly id: string
  readonly title: string
  readonly text?: string | undefined
  /** ISO 8601, of what has happened. */
  readonly time?: string
  readonly state: 'done' | 'failed' | 'current' | 'coming'
}

/** What an order's own events have beside the fields that all of them have. The API does not describe them further. */
interface EventData {
  readonly reason?: string
  readonly rejection?: string
  readonly refund?: { readonly amount: Money; readonly chargedBack?: Money }
  readonly shortages?: readonly { readonly sku: string }[]
  readonly return?: { readonly items: readonly { readonly sku: string; readonly quantity: number }[] }
  readonly shipment?: { readonly carrier: string }
  readonly total?: Money
  readonly items?: readonly { readonly sku: string; readonly name: string }[]
}

const dataOf = ({ data }: TrailEntry) => data as EventData

/** The events of other services only led to the order's own ones. */
const ownEvents = (events: readonly TrailEntry[]): TrailEntry[] =>
  events.filter(({ source }) => source === 'orders.app')

/** The number of changes that the events report, which is the order's version after them. */
export const versionOf = (events: readonly TrailEntry[]): number =>
  Math.max(0, ...ownEvents(events).map(({ id }) => Number(id.split('/').at(-1))))

const paymentFailures: Readonly<Record<string, string>> = {
  declined: 'Your bank declined the payment. Nothing was charged.',
  'insufficient-funds': 'There was not enough money for the payment. Nothing was charged.',
  'reservation-expired': 'The payment took too long, so we gave your items back. Nothing was charged.',
}

const cancellations: Readonly<Record<string, string>> = {
  customer: 'You cancelled the order.',
  staff: 'We cancelled the order.',
  'reservation-expired': 'The order took too long, so we gave your items back.',
}

const nameIn = (items: NonNullable<EventData['items']>, sku: string): string =>
  items.find((line) => line.sku === sku)?.name ?? sku

/** The names of what was sold out. */
function soldOut({ shortages = [], items = [] }: EventData): string {
  const names = shortages.map(({ sku }) => nameIn(items, sku))
  return `${names.length > 0 ? names.join(', ') : 'An item'} sold out before we could set it aside. Nothing was charged.`
}

/** @param chargedBack what the customer's bank had taken back before, so that it was not refunded */
function refundText({ amount, chargedBack }: NonNullable<EventData['refund']>): string {
  const refunded = `${formatMoney(amount)} went back to your payment method.`
  if (!chargedBack?.amount) return refunded
  const byBank = `Your bank took ${formatMoney(chargedBack)} back for you, so we do not refund it again.`
  return amount.amount > 0 ? `${refunded} ${byBank}` : byBank
}

type Happened = Pick<Step, 'title' | 'text'> & { readonly isFailure?: true }

const happened: Readonly<Record<string, (data: EventData) => Happened>> = {
  OrderPlaced: () => ({ title: 'Order placed' }),
  OrderReserved: () => ({ title: 'Items set aside' }),
  OrderRejected: (data) => ({ title: 'Sold out', text: soldOut(data), isFailure: true }),
  OrderPaid: ({ total }) => ({ title: 'Paid', text: total && `We charged ${formatMoney(total)}.` }),
  OrderPaymentFailed: ({ reason = '' }) => ({
    title: 'Payment failed',
    text: paymentFailures[reason] ?? paymentFailures['declined'],
    isFailure: true,
  }),
  OrderShipped: ({ shipment }) => ({
    title: 'Shipped',
    text: shipment && `${shipment.carrier} has it now.`,
  }),
  OrderDelivered: ({ rejection }) =>
    rejection === undefined
      ? { title: 'Delivered' }
      : { title: 'Return declined', text: `We wrote: “${rejection}”`, isFailure: true },
  OrderCancelled: ({ reason = '' }) => ({ title: 'Cancelled', text: cancellations[reason], isFailure: true }),
  ReturnRequested: ({ return: sent, items = [] }) => ({
    title: 'Return requested',
    text: sent?.items.map(({ sku, quantity }) => `${quantity} × ${nameIn(items, sku)}`).join(', '),
  }),
  RefundRequested: ({ refund }) => ({
    title: 'Return accepted',
    text: refund && `We refund ${formatMoney(refund.amount)}.`,
  }),
  OrderRefunded: ({ refund }) => ({ title: 'Refunded', text: refund && refundText(refund) }),
}

/** The usual way of an order: what happens while it has the status, and what that leads to. */
const road: readonly { readonly status: OrderStatus; readonly now: string; readonly next: string }[] = [
  { status: 'PLACED', now: 'We set your items aside', next: 'Items set aside' },
  { status: 'RESERVED', now: 'We charge your payment method', next: 'Paid' },
  { status: 'PAID', now: 'We pack your parcel', next: 'Shipped' },
  { status: 'SHIPPED', now: 'On its way to you', next: 'Delivered' },
]

/** @returns what happened, then what happens now and what is to come, while the order is on its way */
export function stepsOf({ status, refunded, total }: OrderState, events: readonly TrailEntry[]): Step[] {
  const own = ownEvents(events)
  const past = own.flatMap((event): Step[] => {
    if (!Object.hasOwn(happened, event.type)) return []
    const { isFailure, ...texts } = happened[event.type]!(dataOf(event))
    return [{ id: event.id, ...texts, time: event.time, state: isFailure ? 'failed' : 'done' }]
  })
  const position = road.findIndex((part) => part.status === status)
  if (position >= 0)
    return [
      ...past,
      ...upcoming(
        road[position]!.now,
        road.slice(position + 1).map(({ next }) => next),
      ),
    ]
  if (status === 'RETURN_REQUESTED') {
    const isAccepted = own.at(-1)?.type === 'RefundRequested'
    return [...past, ...upcoming(isAccepted ? 'We refund your money' : 'We wait for your items, and check them', [])]
  }
  if (awaitsRefund({ status, refunded, total }, events)) return [...past, ...upcoming('We refund your money', [])]
  return past
}

const upcoming = (now: string, coming: readonly string[]): Step[] => [
  { id: 'now', title: now, state: 'current' },
  ...coming.map((title): Step => ({ id: title, title, state: 'coming' })),
]

type OrderState = Pick<Order, 'status' | 'refunded' | 'total'>

const has = (events: readonly TrailEntry[], name: string): boolean =>
  ownEvents(events).some(({ type }) => type === name)

/** Whether a cancelled order was paid, and its refund has not ended: it may be less than the total, and even nothing. */
const awaitsRefund = ({ status, refunded, total }: OrderState, events: readonly TrailEntry[]): boolean =>
  status === 'CANCELLED' && refunded.amount < total.amount && has(events, 'OrderPaid') && !has(events, 'OrderRefunded')

const final: readonly OrderStatus[] = ['REJECTED', 'PAYMENT_FAILED', 'CANCELLED', 'DELIVERED', 'REFUNDED']

/** Whether nothing more happens by itself. */
export const isSettled = (order: OrderState, events: readonly TrailEntry[]): boolean =>
  final.includes(order.status) && !awaitsRefund(order, events)

/**
 * @param quietPolls how many requests in a row found nothing new
 * @returns milliseconds until the next: some seconds of every second, then less and less often
 */
export const pollAfterMs = (quietPolls: number): number =>
  Math.min(60_000, Math.round(1000 * 1.4 ** Math.max(0, quietPolls - 12)))

/** What the customer's bank had taken back before each of the refunds. */
const chargedBackIn = (events: readonly TrailEntry[]): Money => ({
  amount: ownEvents(events).reduce((sum, event) => sum + (dataOf(event).refund?.chargedBack?.amount ?? 0), 0),
  currency: 'EUR',
})

interface Headline {
  readonly title: string
  readonly text: string
  readonly look: 'info' | 'success' | 'warning' | 'danger'
}

/** The state of an order in a sentence, and what the customer can expect. */
export function headlineOf(order: Order, events: readonly TrailEntry[]): Headline {
  const { status, refunded, total, shipment } = order
  const latest = (type: string) => {
    const event = ownEvents(events).findLast((each) => each.type === type)
    return event ? dataOf(event) : {}
  }
  const chargedBack = chargedBackIn(events)
  const hasMoneyBack = refunded.amount + chargedBack.amount > 0
  const moneyBack = refundText({ amount: refunded, chargedBack })
  switch (status) {
    case 'PLACED':
      return { title: 'Thank you for your order', text: 'We are setting your items aside.', look: 'info' }
    case 'RESERVED':
      return { title: 'Your items are set aside', text: 'We are charging your payment method.', look: 'info' }
    case 'PAID':
      return { title: 'Your order is paid', text: 'We are packing it. You can still cancel.', look: 'success' }
    case 'SHIPPED':
      return {
        title: 'Your parcel is on its way',
        text: `${shipment ? shipment.carrier : 'The carrier'} brings it to you.`,
        look: 'info',
      }
    case 'DELIVERED':
      return deliveredHeadline(order, latest('OrderDelivered').rejection, hasMoneyBack ? moneyBack : undefined)
    case 'RETURN_REQUESTED':
      return ownEvents(events).at(-1)?.type === 'RefundRequested'
        ? { title: 'We accepted your return', text: 'Your money is on its way back to you.', look: 'success' }
        : { title: 'You requested a return', text: 'We refund you when we have checked the items.', look: 'warning' }
    case 'REFUNDED':
      // Without the events it is not known what the bank has taken back.
      return { title: 'Refunded', text: hasMoneyBack ? moneyBack : '', look: 'success' }
    case 'CANCELLED': {
      const why = cancellations[order.reason ?? ''] ?? 'The order was cancelled.'
      const owed = refunded.amount < total.amount ? `We refund ${formatMoney(total)}.` : ''
      const money = hasMoneyBack ? moneyBack : owed
      const paid = has(events, 'OrderPaid')
      return { title: 'Cancelled', text: `${why} ${paid ? money : 'Nothing was charged.'}`, look: 'warning' }
    }
    case 'REJECTED':
      return {
        title: 'Sorry, sold out',
        text: soldOut({ items: order.items, ...latest('OrderRejected') }),
        look: 'danger',
      }
    case 'PAYMENT_FAILED':
      return {
        title: 'Your payment did not go through',
        text: `${paymentFailures[order.reason ?? ''] ?? paymentFailures['declined']} Order again, and choose another way to pay.`,
        look: 'danger',
      }
  }
}

function deliveredHeadline({ reason }: Order, rejection: string | undefined, moneyBack: string | undefined): Headline {
  if (reason === 'return-rejected') {
    const why = rejection === undefined ? 'Write to us if you have questions.' : `We wrote: “${rejection}”`
    return { title: 'We could not accept your return', text: why, look: 'warning' }
  }
  return moneyBack === undefined
    ? { title: 'Delivered', text: 'We hope you like it.', look: 'success' }
    : { title: 'Returned in part', text: moneyBack, look: 'success' }
}

import * as z from 'zod'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { euros, Money, sum } from '#shared/money.ts'
import { paymentFailures } from '#services/orders/events.ts'
import { remaining, totalOf } from '../balance.ts'
import { PaymentCaptured, PaymentDeclined, PaymentRefunded } from '../events.ts'

const StoredCause = z.object({
  correlationId: z.string(),
  causationId: z.string(),
  traceparent: z.string().optional(),
})

const common = { orderId: z.string(), version: z.int().min(1) }

const Capturing = z.object({
  ...common,
  status: z.literal('capturing'),
  /** What the customer pays with; deleted with this status. */
  token: z.string(),
  amount: Money,
  reservedUntil: z.iso.datetime(),
  since: z.iso.datetime(),
  /** What asked for it. */
  cause: StoredCause,
  /** Whether an earlier attempt ended without a result, so that the sweep looks for it. */
  unfinished: z.boolean(),
  /** The order was cancelled meanwhile: nothing is charged any more, and what was charged is refunded. */
  refund: z.object({ refundId: z.string(), cause: StoredCause }).optional(),
})
export type Capturing = z.infer<typeof Capturing>

const Dispute = z.object({ disputeId: z.string().optional(), withdrawn: Money, reinstated: Money })
type Dispute = z.infer<typeof Dispute>

export const Captured = z.object({
  ...common,
  status: z.literal('captured'),
  paymentId: z.string(),
  provider: z.string(),
  amount: Money,
  /** `pending`: what asked for it, until the provider has made it. Pending ones count as refunded, so that two never exceed the amount. */
  refunds: z.array(
    z.object({
      refundId: z.string(),
      amount: Money,
      /** What was to be refunded too, and the customer's bank had taken back. */
      withheld: Money.optional(),
      pending: StoredCause.optional(),
    }),
  ),
  /** What the customer's bank took back, as far as it was not refunded. */
  chargedBack: Money,
  /** The ids of the notifications that were recorded about disputes. */
  notifications: z.array(z.string()),
  /** What was reported about each dispute. Missing: `chargedBack` was withdrawn in one whose id was not recorded. */
  disputes: z.array(Dispute).optional(),
  /** Since when a refund is pending that an attempt left without a result, so that the sweep makes it. */
  refundsUnfinishedSince: z.iso.datetime().optional(),
})
export type Captured = z.infer<typeof Captured>

/** A payment that has begun. It never leaves `captured`, `declined` and `cancelled`. */
export const BegunPayment = z.discriminatedUnion('status', [
  Capturing,
  Captured,
  z.object({ ...common, status: z.literal('declined'), reason: z.enum(paymentFailures) }),
  /** The order was cancelled before anything was captured: a tombstone, after which nothing is. */
  z.object({ ...common, status: z.literal('cancelled') }),
])
export type BegunPayment = z.infer<typeof BegunPayment>

/** The order was placed. Without a token it expired, after days. */
export interface Waiting {
  readonly status: 'waiting'
  readonly orderId: string
  readonly version: 0
  readonly token: string | undefined
}

export type Payment = Waiting | BegunPayment

/** A payment to be stored with its event; the version follows the one that was read. */
export interface PaymentChange<
  Event = EventOf<typeof PaymentCaptured | typeof PaymentDeclined | typeof PaymentRefunded>,
> {
  readonly payment: BegunPayment
  readonly events: readonly Event[]
}

const identity = ({ orderId, version }: Payment) => ({ orderId, version: version + 1 })

export function beginCapture(
  waiting: Waiting & { readonly token: string },
  request: Pick<Capturing, 'amount' | 'reservedUntil' | 'cause'>,
  time: Date,
): Capturing {
  const { amount, reservedUntil, cause } = request
  const { token } = waiting
  return {
    ...identity(waiting),
    status: 'capturing',
    token,
    amount,
    reservedUntil,
    since: time.toISOString(),
    cause,
    unfinished: false,
  }
}

export const markUnfinished = (payment: Capturing): Capturing => ({
  ...payment,
  ...identity(payment),
  unfinished: true,
})

/** The order was cancelled before the capture has ended. */
export const refundWhenCaptured = (payment: Capturing, refund: NonNullable<Capturing['refund']>): Capturing => ({
  ...markUnfinished(payment),
  refund,
})

export const markRefundsUnfinished = (payment: Captured, time: Date): Captured => ({
  ...payment,
  ...identity(payment),
  refundsUnfinishedSince: time.toISOString(),
})

/** It is not retried automatically. */
export const abandonRefunds = (payment: Captured): Captured => ({
  ...payment,
  ...identity(payment),
  refundsUnfinishedSince: undefined,
})

/** The time from which the sweep is responsible for a payment. */
export function unfinishedSince(payment: BegunPayment): string | undefined {
  if (payment.status === 'capturing') return payment.unfinished ? payment.since : undefined
  return payment.status === 'captured' ? payment.refundsUnfinishedSince : undefined
}

export function captured(
  payment: Capturing,
  { paymentId, provider }: { readonly paymentId: string; readonly provider: string },
  time: Date,
): PaymentChange {
  const { orderId, version } = identity(payment)
  const { amount, cause, refund, since } = payment
  const isRefunded = refund !== undefined && amount.amount > 0
  const data = { orderId, paymentId, amount, provider }
  return {
    payment: {
      orderId,
      version,
      status: 'captured',
      paymentId,
      provider,
      amount,
      refunds: isRefunded ? [{ refundId: refund.refundId, amount, pending: refund.cause }] : [],
      ...(isRefunded ? { refundsUnfinishedSince: since } : {}),
      chargedBack: euros(0),
      notifications: [],
    },
    events: [createEvent(PaymentCaptured, { aggregateId: orderId, aggregateVersion: version, time, cause, data })],
  }
}

export function declined(
  payment: Waiting | Capturing,
  { reason, cause }: { readonly reason: (typeof paymentFailures)[number]; readonly cause: Cause },
  time: Date,
): PaymentChange {
  const { orderId, version } = identity(payment)
  const data = { orderId, reason }
  return {
    payment: { orderId, version, status: 'declined', reason },
    events: [createEvent(PaymentDeclined, { aggregateId: orderId, aggregateVersion: version, time, cause, data })],
  }
}

export const cancelled = (payment: Waiting): PaymentChange => ({
  payment: { ...identity(payment), status: 'cancelled' },
  events: [],
})

/** A refund that the provider is about to make; no more than what remains. @param request.amount @default all that remains */
export function beginRefund(
  payment: Captured,
  { refundId, amount, cause }: { refundId: string; amount?: Money | undefined; cause: Cause },
): Captured {
  const due = Math.min(amount?.amount ?? Infinity, payment.amount.amount - totalOf(payment.refunds))
  const refunded = Math.min(due, remaining(payment))
  const withheld = refunded < due ? { withheld: euros(due - refunded) } : {}
  const refunds = [...payment.refunds, { refundId, amount: euros(refunded), ...withheld, pending: cause }]
  return { ...payment, ...identity(payment), refunds }
}

export const isPending = ({ pending }: Captured['refunds'][number]): boolean => pending !== undefined

/** Whether a refund was less than what was due, since the customer's bank had taken back the rest. */
export const hasWithheld = ({ refunds }: Captured): boolean => refunds.some(({ withheld }) => withheld !== undefined)

/** @returns undefined when there is no such refund, or when it was made before */
export function completeRefund(payment: Captured, refundId: string, time: Date): PaymentChange | undefined {
  const begun = payment.refunds.find((refund) => refund.refundId === refundId)
  if (!begun?.pending) return undefined
  const { pending: cause, ...completed } = begun
  const refunds = payment.refunds.map((refund) => (refund === begun ? completed : refund))
  const { orderId, version } = identity(payment)
  const made = totalOf(refunds.filter((refund) => !isPending(refund)))
  const data = { orderId, paymentId: payment.paymentId, refundId, amount: begun.amount, refunded: euros(made) }
  const fact = { aggregateId: orderId, aggregateVersion: version, time, cause }
  const refundsUnfinishedSince = refunds.some(isPending) ? payment.refundsUnfinishedSince : undefined
  return {
    payment: { ...payment, version, refunds, refundsUnfinishedSince },
    events: [createEvent(PaymentRefunded, { ...fact, data })],
  }
}

interface DisputeReport {
  /** Of the notification. */
  readonly id: string
  readonly disputeId: string
  readonly amount: Money
}

/** @returns undefined when it was recorded before */
export const chargeBack = (payment: Captured, report: DisputeReport) => recordDispute(payment, 'withdrawn', report)

/**
 * What the bank gave back can be refunded again.
 * @returns undefined when it was recorded before
 */
export const reverseChargeBack = (payment: Captured, report: DisputeReport) =>
  recordDispute(payment, 'reinstated', report)

/** Notifications arrive in any order: what is charged back follows from all that was reported, and from nothing else. */
function recordDispute(
  payment: Captured,
  movement: 'withdrawn' | 'reinstated',
  { id, disputeId, amount }: DisputeReport,
): Captured | undefined {
  if (payment.notifications.includes(id)) return undefined
  const disputes = payment.disputes ?? unnamedDispute(payment)
  const recorded =
    disputes.find((dispute) => dispute.disputeId === disputeId) ??
    disputes.find((dispute) => dispute.disputeId === undefined && movement === 'reinstated')
  const dispute = { withdrawn: euros(0), reinstated: euros(0), ...recorded, disputeId }
  if (recorded && dispute[movement].amount >= amount.amount) return undefined
  const changed = [...disputes.filter((each) => each !== recorded), { ...dispute, [movement]: amount }]
  const taken = sum(
    changed.map(({ withdrawn, reinstated }) => euros(Math.max(0, withdrawn.amount - reinstated.amount))),
  )
  const chargedBack = euros(Math.min(taken.amount, payment.amount.amount - totalOf(payment.refunds)))
  const notifications = [...payment.notifications, id]
  return { ...payment, ...identity(payment), chargedBack, notifications, disputes: changed }
}

const unnamedDispute = ({ chargedBack }: Captured): Dispute[] =>
  chargedBack.amount === 0 ? [] : [{ withdrawn: chargedBack, reinstated: euros(0) }]

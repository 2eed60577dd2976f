import type { Cause } from '#shared/events/envelope.ts'
import type { Money } from '#shared/money.ts'
import { retryWhileContended } from '#shared/retry.ts'
import { remaining } from '../balance.ts'
import {
  abandonRefunds,
  beginRefund,
  cancelled,
  completeRefund,
  isPending,
  markRefundsUnfinished,
  refundWhenCaptured,
  type Captured,
} from '../domain/payment.ts'
import type { NoResponse, PaymentProvider } from '../ports.ts'
import { changePayment, type PaymentDependencies, type Postponed } from './capture-payment.ts'

export interface RefundRequest {
  readonly orderId: string
  /** `<orderId>/<version of the order>`; the refund is made once. */
  readonly refundId: string
  /** @default the order was cancelled: all that remains, and nothing may be captured any more */
  readonly amount?: Money
  readonly cause: Cause
}

export type RefundOutcome =
  | { readonly kind: 'refunded' }
  /** Nothing was captured, and from now on nothing will be. */
  | { readonly kind: 'cancelled' }
  /** It was made before, or there is nothing to refund. */
  | { readonly kind: 'nothing-to-refund' }
  /** Whether the order is charged was not decided within the time that the refund waits for it. */
  | { readonly kind: 'capturing' }
  | Postponed
  | NoResponse

type Refused = Extract<Awaited<ReturnType<PaymentProvider['refund']>>, { kind: 'refused' }>

/**
 * Refunds what an event asks for. The refund is stored as pending before the provider is called, so that all refunds together
 * never exceed what was captured, and one that is repeated is the same one. What a second delivery cannot end either is left
 * to the sweep, so that the event is in no queue while the provider is silent for long.
 * @throws Error when the provider refuses the refund, or a refund is asked for of an order that was not paid
 */
export async function refundPayment(deps: PaymentDependencies, request: RefundRequest): Promise<RefundOutcome> {
  const { patience } = deps
  const outcome = await retryWhileContended(
    patience,
    () => attemptRefund(deps, request),
    ({ kind }) => kind === 'capturing',
  )
  return outcome.kind === 'capturing' && request.amount === undefined ? waitForCapture(deps, request) : outcome
}

async function attemptRefund(deps: PaymentDependencies, request: RefundRequest): Promise<RefundOutcome> {
  const { payments } = deps
  const { orderId, refundId, amount } = request
  const begun = await changePayment(deps, orderId, async (payment): Promise<Captured | RefundOutcome | 'stale'> => {
    if (payment.status === 'capturing') return { kind: 'capturing' }
    if (payment.status === 'captured') {
      const earlier = payment.refunds.find((refund) => refund.refundId === refundId)
      if (earlier) return isPending(earlier) ? payment : { kind: 'nothing-to-refund' }
      // After a chargeback even a refund of nothing is recorded: the order waits for the end of its refund.
      const hasChargeBack = payment.chargedBack.amount > 0
      if (amount === undefined && remaining(payment) === 0 && !hasChargeBack) return { kind: 'nothing-to-refund' }
      const refunding = beginRefund(payment, request)
      return (await payments.save({ payment: refunding, events: [] })) === 'saved' ? refunding : 'stale'
    }
    if (amount !== undefined) throw new Error(`${orderId} is ${payment.status}, so that nothing can be refunded.`)
    if (payment.status !== 'waiting') return { kind: 'nothing-to-refund' }
    return (await payments.save(cancelled(payment))) === 'saved' ? { kind: 'cancelled' } : 'stale'
  })
  if ('kind' in begun) return begun
  const outcome = await makeRefund(deps, begun, refundId)
  if (outcome.kind === 'refused') throw new Error(`The refund ${refundId} is refused: ${outcome.detail}`)
  return outcome.kind === 'no-response' ? leaveUnfinished(deps, orderId) : outcome
}

/** Stores that the order was cancelled with the payment that is being captured. */
const waitForCapture = (deps: PaymentDependencies, { orderId, refundId, cause }: RefundRequest) =>
  changePayment(deps, orderId, async (payment): Promise<RefundOutcome | 'stale'> => {
    if (payment.status !== 'capturing') return { kind: 'capturing' }
    if (payment.refund) return { kind: 'postponed' }
    const waiting = refundWhenCaptured(payment, { refundId, cause })
    return (await deps.payments.save({ payment: waiting, events: [] })) === 'saved' ? { kind: 'capturing' } : 'stale'
  })

/** The first attempt is repeated by the queue, before the sweep takes over. */
const leaveUnfinished = (deps: PaymentDependencies, orderId: string) =>
  changePayment(deps, orderId, async (payment): Promise<RefundOutcome | 'stale'> => {
    if (payment.status !== 'captured' || !payment.refunds.some(isPending)) return { kind: 'no-response' }
    if (payment.refundsUnfinishedSince !== undefined) return { kind: 'postponed' }
    const marked = markRefundsUnfinished(payment, deps.now())
    return (await deps.payments.save({ payment: marked, events: [] })) === 'saved' ? { kind: 'no-response' } : 'stale'
  })

async function makeRefund(
  deps: PaymentDependencies,
  { orderId, paymentId, refunds }: Captured,
  refundId: string,
): Promise<RefundOutcome | Refused> {
  const { provider } = deps
  const { amount } = refunds.find((refund) => refund.refundId === refundId)!
  if (amount.amount > 0) {
    const request = { paymentId, amount, idempotencyKey: refundId }
    const first = await provider.refund(request)
    const outcome = first.kind === 'no-response' ? await provider.refund(request) : first
    if (outcome.kind !== 'refunded') return outcome
  }
  return settleRefund(deps, orderId, refundId)
}

/**
 * Makes the refunds that attempts have left without a result. One that the provider rejects must be made by staff in
 * another way; it stays pending, so that its amount is not refunded twice.
 */
export async function finishRefunds(
  deps: PaymentDependencies,
  payment: Captured,
  onRefused: (refused: { refundId: string; detail: string }) => void,
): Promise<'refunded' | 'refund-failed' | 'decided-before' | 'no-response'> {
  const outcomes: (RefundOutcome | Refused)[] = []
  const pending = new Set(payment.refunds.filter(isPending).map(({ refundId }) => refundId))
  for (const refundId of pending) {
    const outcome = await makeRefund(deps, payment, refundId)
    if (outcome.kind === 'no-response') return outcome.kind
    if (outcome.kind === 'refused') onRefused({ refundId, detail: outcome.detail })
    outcomes.push(outcome)
  }
  if (outcomes.some(({ kind }) => kind === 'refused')) {
    return changePayment(deps, payment.orderId, async (current) => {
      if (current.status !== 'captured' || current.refundsUnfinishedSince === undefined) return 'refund-failed'
      // Another refund has begun meanwhile, and may have been left to the next sweep.
      if (current.refunds.some((refund) => isPending(refund) && !pending.has(refund.refundId))) return 'refund-failed'
      const change = { payment: abandonRefunds(current), events: [] }
      return (await deps.payments.save(change)) === 'saved' ? 'refund-failed' : 'stale'
    })
  }
  return outcomes.some(({ kind }) => kind === 'refunded') ? 'refunded' : 'decided-before'
}

/** Stores that the provider made a refund. */
export function settleRefund(deps: PaymentDependencies, orderId: string, refundId: string): Promise<RefundOutcome> {
  const { payments, now } = deps
  return changePayment(deps, orderId, async (payment): Promise<RefundOutcome | 'stale'> => {
    const change = payment.status === 'captured' ? completeRefund(payment, refundId, now()) : undefined
    if (!change) return { kind: 'nothing-to-refund' }
    return (await payments.save(change)) === 'saved' ? { kind: 'refunded' } : 'stale'
  })
}

import type { Cause } from '#shared/events/envelope.ts'
import type { Money } from '#shared/money.ts'
import { retryWhileContended } from '#shared/retry.ts'
import { beginRefund, cancelled, completeRefund, remaining, type Captured } from '../domain/payment.ts'
import type { NoAnswer } from '../ports.ts'
import { changePayment, type PaymentDependencies } from './capture-payment.ts'

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
  | NoAnswer

/**
 * Refunds what an event asks for. The refund is stored as pending before the provider is called, so that all refunds together
 * never exceed what was captured, and one that is repeated is the same one.
 * @throws Error when the provider refuses the refund, or a refund is asked for of an order that was not paid
 */
export const refundPayment = (deps: PaymentDependencies, request: RefundRequest): Promise<RefundOutcome> =>
  retryWhileContended(
    deps.patience,
    () => attemptRefund(deps, request),
    ({ kind }) => kind === 'capturing',
  )

async function attemptRefund(deps: PaymentDependencies, request: RefundRequest): Promise<RefundOutcome> {
  const { payments } = deps
  const { orderId, refundId, amount } = request
  const begun = await changePayment(deps, orderId, async (payment): Promise<Captured | RefundOutcome | 'stale'> => {
    if (payment.status === 'capturing') return { kind: 'capturing' }
    if (payment.status === 'captured') {
      const earlier = payment.refunds.find((refund) => refund.refundId === refundId)
      if (earlier) return earlier.pending ? payment : { kind: 'nothing-to-refund' }
      if (amount === undefined && remaining(payment) === 0) return { kind: 'nothing-to-refund' }
      const refunding = beginRefund(payment, request)
      return (await payments.save({ payment: refunding, events: [] })) === 'saved' ? refunding : 'stale'
    }
    if (amount !== undefined) throw new Error(`${orderId} is ${payment.status}, so that nothing can be refunded.`)
    if (payment.status !== 'waiting') return { kind: 'nothing-to-refund' }
    return (await payments.save(cancelled(payment))) === 'saved' ? { kind: 'cancelled' } : 'stale'
  })
  return 'kind' in begun ? begun : finishRefund(deps, begun, refundId)
}

async function finishRefund(deps: PaymentDependencies, payment: Captured, refundId: string): Promise<RefundOutcome> {
  const { provider } = deps
  const { orderId, paymentId } = payment
  const { amount } = payment.refunds.find((refund) => refund.refundId === refundId)!
  if (amount.amount > 0) {
    const request = { paymentId, amount, idempotencyKey: refundId }
    const first = await provider.refund(request)
    const outcome = first.kind === 'no-answer' ? await provider.refund(request) : first
    if (outcome.kind === 'no-answer') return outcome
    if (outcome.kind === 'refused') throw new Error(`The refund ${refundId} is refused: ${outcome.detail}`)
  }
  return settleRefund(deps, orderId, refundId)
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

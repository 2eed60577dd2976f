import type { Cause } from '#shared/events/envelope.ts'
import type { Money } from '#shared/money.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import {
  beginCapture,
  captured,
  declined,
  markUnfinished,
  type Capturing,
  type Payment,
  type PaymentChange,
} from '../domain/payment.ts'
import type { Charge, NoResponse, PaymentFailure, PaymentProvider, PaymentStore } from '../ports.ts'

export interface PaymentDependencies {
  readonly payments: PaymentStore
  readonly provider: PaymentProvider
  readonly now: () => Date
  /** Of attempts to write a payment that changes at the same time. */
  readonly backoff: Backoff
  /** Of a refund that waits for a capture to end. */
  readonly patience: Backoff
}

export interface CaptureRequest {
  readonly orderId: string
  readonly total: Money
  /** The end of the stock's reservation. */
  readonly reservedUntil: string
  readonly cause: Cause
}

/** What the provider, or the end of the reservation, decided about a payment. */
export type Decision =
  | { readonly kind: 'captured'; readonly charge: Charge }
  | { readonly kind: 'declined'; readonly reason: PaymentFailure }

export type CaptureOutcome =
  | { readonly kind: Decision['kind'] }
  /** Nothing changed. */
  | { readonly kind: 'decided-before' }
  /** The payment was decided otherwise while the provider charged, so the charge was refunded. */
  | { readonly kind: 'undone' }
  | UndoRefused
  | Postponed
  | NoResponse

/** The provider refuses to refund a charge that came too late: only a person can give the money back. */
export interface UndoRefused {
  readonly kind: 'refund-failed'
  readonly refundId: string
  readonly detail: string
}

/** The sweep brings it to its end, so that the event is handled. */
export interface Postponed {
  readonly kind: 'postponed'
}

/** Reads a payment and changes it, again while others write it at the same time. @throws Error when they do not stop */
export async function changePayment<Outcome>(
  { payments, backoff }: PaymentDependencies,
  orderId: string,
  attempt: (payment: Payment) => Promise<Outcome | 'stale'>,
): Promise<Outcome> {
  const outcome = await retryWhileContended(
    backoff,
    async () => attempt(await payments.find(orderId)),
    (each) => each === 'stale',
  )
  if (outcome === 'stale') throw new Error(`The payment of ${orderId} kept changing.`)
  return outcome
}

/**
 * Captures the total of an order that has its stock, at most once. The payment is stored as `capturing` before the provider
 * is called, so that a later attempt knows to ask the provider first.
 */
export async function capturePayment(deps: PaymentDependencies, request: CaptureRequest): Promise<CaptureOutcome> {
  const { payments, now } = deps
  const store = async <Value>(change: PaymentChange, value: Value) =>
    (await payments.save(change)) === 'saved' ? value : 'stale'
  const begun = await changePayment(deps, request.orderId, async (payment) => {
    switch (payment.status) {
      case 'waiting': {
        const { token } = payment
        if (token === undefined || request.reservedUntil <= now().toISOString()) {
          const expired = { reason: 'reservation-expired', cause: request.cause } as const
          return store(declined(payment, expired, now()), { kind: 'declined' } as const)
        }
        const capturing = beginCapture({ ...payment, token }, { ...request, amount: request.total }, now())
        return store({ payment: capturing, events: [] }, capturing)
      }
      case 'capturing': {
        if (payment.unfinished) return payment
        const marked = markUnfinished(payment)
        return store({ payment: marked, events: [] }, marked)
      }
      case 'declined':
        return payment
      default:
        return { kind: 'decided-before' } as const
    }
  })
  if ('kind' in begun) return begun
  return begun.status === 'declined' ? undoLateCharge(deps, request) : finishCapture(deps, begun)
}

/** An earlier delivery may have charged after the payment was declined, and ended before the charge was refunded. */
async function undoLateCharge(deps: PaymentDependencies, { orderId }: CaptureRequest): Promise<CaptureOutcome> {
  const response = await deps.provider.findByReference(orderId)
  if (response.kind === 'absent') return { kind: 'decided-before' }
  return response.kind === 'found'
    ? settleOrUndo(deps, orderId, { kind: 'captured', charge: response.charge })
    : response
}

/** Brings a payment that is `capturing` to its end. */
async function finishCapture(deps: PaymentDependencies, payment: Capturing): Promise<CaptureOutcome> {
  const decision = await decide(deps, payment)
  if (decision.kind === 'no-response' && payment.refund) return { kind: 'postponed' }
  if (decision.kind === 'no-response' || decision.kind === 'postponed') return decision
  return settleOrUndo(deps, payment.orderId, decision)
}

/** What is known about a payment without charging; `absent`: nothing was charged, and it still may be. */
export async function lookUp(
  { provider, now }: PaymentDependencies,
  { orderId, amount, reservedUntil }: Capturing,
): Promise<Decision | { readonly kind: 'absent' } | NoResponse> {
  // Providers have no charges of nothing, and a discount can make an order free.
  if (amount.amount === 0) return { kind: 'captured', charge: { paymentId: `free_${orderId}`, amount } }
  const response = await provider.findByReference(orderId)
  if (response.kind === 'found') return { kind: 'captured', charge: response.charge }
  const isOver = response.kind === 'absent' && reservedUntil <= now().toISOString()
  return isOver ? { kind: 'declined', reason: 'reservation-expired' } : response
}

/** Charges, at most twice, and asks what became of a call that got no response; a later attempt asks before it charges. */
async function decide(deps: PaymentDependencies, payment: Capturing): Promise<Decision | Postponed | NoResponse> {
  const { orderId: reference, amount, token } = payment
  if (payment.unfinished || amount.amount === 0) {
    const earlier = await lookUp(deps, payment)
    if (earlier.kind !== 'absent') return earlier
    // The order was cancelled. The sweep declines the payment when no earlier call can charge any more.
    if (payment.refund) return { kind: 'postponed' }
  }
  for (const _attempt of [1, 2]) {
    const idempotencyKey = `capture/${reference}`
    const outcome = await deps.provider.capture({ reference, amount, token, idempotencyKey })
    if (outcome.kind !== 'no-response') return outcome
    const charged = await lookUp(deps, payment)
    if (charged.kind !== 'absent') return charged
  }
  return { kind: 'no-response' }
}

/** Stores a decision about a payment that is `capturing`. `orphaned`: nothing is captured for the charge any more. */
function settle(
  deps: PaymentDependencies,
  orderId: string,
  decision: Decision,
): Promise<{ readonly kind: Decision['kind'] | 'decided-before' | 'orphaned' }> {
  const { payments, provider, now } = deps
  return changePayment(deps, orderId, async (payment) => {
    if (payment.status === 'capturing') {
      const change = changeOf(payment, decision, { provider: provider.name, time: now() })
      return (await payments.save(change)) === 'saved' ? { kind: decision.kind } : 'stale'
    }
    if (decision.kind === 'declined' || payment.status === 'waiting') return { kind: 'decided-before' }
    const isRecorded = payment.status === 'captured' && payment.paymentId === decision.charge.paymentId
    return { kind: isRecorded ? 'decided-before' : 'orphaned' }
  })
}

/** Refunds a charge that came too late, so that each is either recorded or undone. */
export async function settleOrUndo(
  deps: PaymentDependencies,
  orderId: string,
  decision: Decision,
): Promise<CaptureOutcome> {
  const { kind } = await settle(deps, orderId, decision)
  if (kind !== 'orphaned') return { kind }
  if (decision.kind === 'declined' || decision.charge.amount.amount === 0) return { kind: 'decided-before' }
  const { paymentId, amount } = decision.charge
  const refundId = `${orderId}/undo/${paymentId}`
  const undone = await deps.provider.refund({ paymentId, amount, idempotencyKey: refundId })
  if (undone.kind === 'refused') return { kind: 'refund-failed', refundId, detail: undone.detail }
  return { kind: undone.kind === 'refunded' ? 'undone' : 'no-response' }
}

function changeOf(
  payment: Capturing,
  decision: Decision,
  { provider, time }: { provider: string; time: Date },
): PaymentChange {
  if (decision.kind === 'declined') return declined(payment, { reason: decision.reason, cause: payment.cause }, time)
  const { paymentId, amount } = decision.charge
  if (amount.amount !== payment.amount.amount) {
    throw new Error(`${payment.orderId} was charged ${amount.amount} and not ${payment.amount.amount}.`)
  }
  return captured(payment, { paymentId, provider }, time)
}

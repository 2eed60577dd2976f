import type * as z from 'zod'
import type { Money } from '#shared/money.ts'
import type { paymentFailures } from '#services/orders/events.ts'
import type { Payment, PaymentChange } from './domain/payment.ts'

export interface PaymentStore {
  /** A consistent read. An order that was placed and whose payment has not begun is `waiting`. */
  find(orderId: string): Promise<Payment>
  /** Stores a payment with its event, in one attempt. `stale`: it has changed since it was read; nothing was written. */
  save(change: PaymentChange): Promise<'saved' | 'stale'>
  /** The orders whose captures or refunds have been unfinished since before a time. The index may be late. */
  unfinished(before: Date): Promise<string[]>
}

export interface Charge {
  /** The provider's id. */
  readonly paymentId: string
  readonly amount: Money
}

/** The provider did not respond in time, or failed: what it did is unknown. */
export interface NoResponse {
  readonly kind: 'no-response'
}

export type PaymentFailure = (typeof paymentFailures)[number]
export type Decline = Exclude<PaymentFailure, 'reservation-expired'>

/** A company that charges cards. Each call with one idempotency key has one effect, however often it is repeated. */
export interface PaymentProvider {
  /** As events call it. */
  readonly name: string
  /** Charges the whole amount at once. @param request.reference our name for the charge: the order's id */
  capture(request: {
    readonly reference: string
    readonly amount: Money
    readonly token: string
    readonly idempotencyKey: string
  }): Promise<
    | { readonly kind: 'captured'; readonly charge: Charge }
    | { readonly kind: 'declined'; readonly reason: Decline }
    | NoResponse
  >
  /** What was charged under a reference, also by a call that got no response. */
  findByReference(
    reference: string,
  ): Promise<{ readonly kind: 'found'; readonly charge: Charge } | { readonly kind: 'absent' } | NoResponse>
  /** `refused`: it will never be made, for example because it exceeds what is left of the charge. */
  refund(request: {
    readonly paymentId: string
    readonly amount: Money
    readonly idempotencyKey: string
  }): Promise<{ readonly kind: 'refunded' } | { readonly kind: 'refused'; readonly detail: string } | NoResponse>
  /** Reads the body of a webhook call, whose signature was checked. */
  readNotification(body: Readonly<Record<string, unknown>>): Promise<Notification>
}

/** What a provider reports by itself; `id` is the same whenever it reports it. */
export type Notification =
  | { readonly kind: 'captured'; readonly id: string; readonly orderId: string; readonly charge: Charge }
  | { readonly kind: 'declined'; readonly id: string; readonly orderId: string; readonly reason: Decline }
  /** `refundId`: the idempotency key of the refund. */
  | { readonly kind: 'refunded'; readonly id: string; readonly orderId: string; readonly refundId: string }
  /** A refund that was made did not reach the customer, and the money came back. */
  | { readonly kind: 'refund-failed'; readonly id: string; readonly orderId: string; readonly refundId: string }
  /** The customer's bank took the money back. */
  | DisputeNotification<'charged-back'>
  /** The bank gave back what it had taken; it may be reported first. */
  | DisputeNotification<'chargeback-reversed'>
  /** A notification without effect here. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'malformed'; readonly error: z.ZodError }

interface DisputeNotification<Kind extends string> {
  readonly kind: Kind
  readonly id: string
  readonly orderId: string
  readonly disputeId: string
  readonly amount: Money
}

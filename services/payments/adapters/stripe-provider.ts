import Stripe from 'stripe'
import * as z from 'zod'
import { readEnv } from '#shared/lambda/env.ts'
import { cachedSecret, type ReadSecret } from '#shared/lambda/secret.ts'
import { euros } from '#shared/money.ts'
import { unreachable } from '#shared/result.ts'
import type { Decline, NoResponse, PaymentProvider } from '../ports.ts'

/** Longer than most calls take, and short enough for all calls of a capture in one invocation. */
const timeoutMs = 2_000

/**
 * Stripe with the current API key. Whether a call is repeated is decided by the use case; the client itself repeats only a
 * request whose connection was closed, once, with the same idempotency key.
 */
export function connectStripe(apiKey: ReadSecret, configuration: Stripe.StripeConfig = {}): () => Promise<Stripe> {
  let connected: { readonly key: string; readonly stripe: Stripe } | undefined
  return async () => {
    const key = await apiKey()
    if (connected?.key !== key) {
      const defaults = { timeout: timeoutMs, maxNetworkRetries: 0, telemetry: false }
      connected = { key, stripe: new Stripe(key, { ...defaults, ...configuration }) }
    }
    return connected.stripe
  }
}

/** With the API key whose secret API_KEY_ARN names. */
export const stripeFromEnv = (): PaymentProvider =>
  stripeProvider(connectStripe(cachedSecret(readEnv(z.object({ API_KEY_ARN: z.string().min(1) })).API_KEY_ARN)))

/** Charges by PaymentIntents that are confirmed at once. `token`: the id of a PaymentMethod. */
export const stripeProvider = (connect: () => Promise<Stripe>): PaymentProvider => ({
  name: 'stripe',

  async capture({ reference, amount, token, idempotencyKey }) {
    const stripe = await connect()
    try {
      const { id, status, amount_received } = await stripe.paymentIntents.create(
        {
          amount: amount.amount,
          currency: 'eur',
          payment_method: token,
          confirm: true,
          // The customer has left the checkout when their stock is reserved, so no authentication can be requested.
          error_on_requires_action: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          transfer_group: reference,
          metadata: { orderId: reference },
        },
        { idempotencyKey },
      )
      if (status === 'succeeded') return { kind: 'captured', charge: { paymentId: id, amount: euros(amount_received) } }
      return status === 'processing' ? { kind: 'no-response' } : { kind: 'declined', reason: 'declined' }
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError) return { kind: 'declined', reason: reasonOf(error) }
      if (concernsOrder(error)) return { kind: 'declined', reason: 'declined' }
      return noResponse(error)
    }
  },

  /**
   * By the transfer group, whose list is current, and not by search: "Don't use search in read-after-write flows where strict
   * consistency is necessary" (Stripe API reference, Search charges).
   */
  async findByReference(reference) {
    const stripe = await connect()
    try {
      const { data } = await stripe.charges.list({ transfer_group: reference, limit: 100 })
      const charge = data.find(({ paid, captured }) => paid && captured)
      if (!charge) return { kind: 'absent' }
      return {
        kind: 'found',
        charge: { paymentId: idOf(charge.payment_intent), amount: euros(charge.amount_captured) },
      }
    } catch (error) {
      return noResponse(error)
    }
  },

  /**
   * An earlier refund with the key is looked up: the message that asks for it can be redriven days later, when Stripe may have
   * removed the key ("after they're at least 24 hours old", Stripe API reference, Idempotent requests).
   */
  async refund({ paymentId, amount, idempotencyKey }) {
    const stripe = await connect()
    try {
      const { data } = await stripe.refunds.list({ payment_intent: paymentId, limit: 100 })
      const earlier = data.find(
        ({ metadata, status }) => metadata?.['refundId'] === idempotencyKey && !isFailedRefund(status),
      )
      const { status } =
        earlier ??
        (await stripe.refunds.create(
          { payment_intent: paymentId, amount: amount.amount, metadata: { refundId: idempotencyKey } },
          { idempotencyKey },
        ))
      return isFailedRefund(status) ? { kind: 'refused', detail: `The refund is ${status}.` } : { kind: 'refunded' }
    } catch (error) {
      if (isInUse(error)) return { kind: 'no-response' }
      if (error instanceof Stripe.errors.StripeInvalidRequestError) return { kind: 'refused', detail: error.message }
      return noResponse(error)
    }
  },

  async readNotification(body) {
    if (!reportedTypes.has(body['type'])) return { kind: 'ignored' }
    const parsed = Reported.safeParse(body)
    if (!parsed.success) return { kind: 'malformed', error: parsed.error }
    const { id, type, data } = parsed.data
    switch (type) {
      case 'payment_intent.succeeded': {
        const { id: paymentId, amount_received: amount, metadata } = data.object
        const { orderId } = metadata
        return orderId === undefined
          ? { kind: 'ignored' }
          : { kind: 'captured', id, orderId, charge: { paymentId, amount: euros(amount) } }
      }
      case 'payment_intent.payment_failed': {
        const { last_payment_error: error, metadata } = data.object
        const { orderId } = metadata
        return orderId === undefined ? { kind: 'ignored' } : { kind: 'declined', id, orderId, reason: reasonOf(error) }
      }
      case 'refund.updated': {
        const { status, metadata } = data.object
        const { refundId } = metadata
        if (refundId === undefined || status !== 'succeeded') return { kind: 'ignored' }
        return { kind: 'refunded', id, orderId: orderOf(refundId), refundId }
      }
      case 'refund.failed': {
        const { refundId } = data.object.metadata
        return refundId === undefined
          ? { kind: 'ignored' }
          : { kind: 'refund-failed', id, orderId: orderOf(refundId), refundId }
      }
      case 'charge.dispute.funds_withdrawn':
      case 'charge.dispute.funds_reinstated': {
        const kind = type === 'charge.dispute.funds_withdrawn' ? 'charged-back' : 'chargeback-reversed'
        const { id: disputeId, payment_intent: paymentId, amount } = data.object
        const stripe = await connect()
        const { orderId } = (await stripe.paymentIntents.retrieve(paymentId)).metadata
        return orderId === undefined ? { kind: 'ignored' } : { kind, id, orderId, disputeId, amount: euros(amount) }
      }
      default:
        return unreachable(type)
    }
  },
})

const orderOf = (refundId: string): string => refundId.slice(0, refundId.indexOf('/'))

const isFailedRefund = (status: string | null) => status === 'failed' || status === 'canceled'

const reported = <Type extends string, Data extends z.ZodRawShape>(type: Type, object: Data) =>
  z.object({
    id: z.string().min(1).max(255),
    type: z.literal(type),
    data: z.object({ object: z.object(object) }),
  })

const currency = z.literal('eur')
const ofOrder = z.object({ orderId: z.string().optional() })
const dispute = { id: z.string(), payment_intent: z.string(), amount: z.int(), currency }
const CardError = z.object({ decline_code: z.string().optional() }).nullish()

const Reported = z.discriminatedUnion('type', [
  reported('payment_intent.succeeded', { id: z.string(), amount_received: z.int(), currency, metadata: ofOrder }),
  reported('payment_intent.payment_failed', { last_payment_error: CardError, metadata: ofOrder }),
  reported('refund.updated', { status: z.string(), metadata: z.object({ refundId: z.string().optional() }) }),
  reported('refund.failed', { metadata: z.object({ refundId: z.string().optional() }) }),
  reported('charge.dispute.funds_withdrawn', dispute),
  reported('charge.dispute.funds_reinstated', dispute),
])

const reportedTypes = new Set<unknown>(Reported.options.map(({ shape }) => shape.type.value))

const reasonOf = (error: { readonly decline_code?: string | undefined } | null | undefined): Decline =>
  error?.decline_code === 'insufficient_funds' ? 'insufficient-funds' : 'declined'

/** The id of what the API includes as an id, unless it was asked to include the object. */
function idOf(reference: string | { readonly id: string } | null): string {
  if (reference === null) throw new Error('The charge was not made by a PaymentIntent.')
  return typeof reference === 'string' ? reference : reference.id
}

/**
 * Stripe rejects the order's card, such as an unknown one or one that may not be used again, or its amount, and not the request
 * of every order, as while the account has not activated the payment method.
 */
const concernsOrder = (error: unknown) =>
  error instanceof Stripe.errors.StripeInvalidRequestError &&
  error.code !== 'payment_method_unactivated' &&
  (['payment_method', 'amount'].includes(error.param ?? '') || /^(payment_method|amount)_/.test(error.code ?? ''))

/** Another call with the same idempotency key, or on the same object, is in progress. */
const isInUse = (error: unknown) =>
  error instanceof Stripe.errors.StripeError && ['idempotency_key_in_use', 'lock_timeout'].includes(error.code ?? '')

/** @throws the error, unless it says nothing about what Stripe did: a bug, or a wrong API key */
function noResponse(error: unknown): NoResponse {
  const { StripeConnectionError, StripeAPIError, StripeRateLimitError } = Stripe.errors
  const isUnknown = [StripeConnectionError, StripeAPIError, StripeRateLimitError].some((type) => error instanceof type)
  if (isUnknown || isInUse(error)) return { kind: 'no-response' }
  throw error
}

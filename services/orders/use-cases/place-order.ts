import { mergeLines, priceLines } from '#services/pricing/totals.ts'
import type { Cause } from '#shared/events/envelope.ts'
import type { Answer, IdempotentRequest, StoredAnswer } from '#shared/idempotency.ts'
import { countRequest, type RateLimited } from '#shared/rate-limit.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { createOrder, type Order, type OrderRequest } from '../domain/order.ts'
import type { CustomerRate, Customers, Placements, PriceList } from '../ports.ts'

export interface PlaceOrderCommand {
  readonly customerId: string
  readonly request: OrderRequest
  readonly idempotency: IdempotentRequest
  readonly accessToken: string
  readonly cause: Cause
}

export type PlaceOrderOutcome =
  | { readonly kind: 'placed'; readonly order: Order; readonly answer: Answer }
  /** The key was used before, for this request or another one. */
  | { readonly kind: 'key-used'; readonly stored: StoredAnswer }
  /** The sum of equal SKUs exceeds the limit of a line, at the line of this index. */
  | { readonly kind: 'too-many-pieces'; readonly index: number; readonly quantity: number }
  /** The SKUs of the lines of these indexes are not offered. */
  | { readonly kind: 'unknown-skus'; readonly indexes: readonly number[] }
  | { readonly kind: 'no-profile' }
  /** The customer has placed as many orders in this minute as they may. */
  | ({ readonly kind: 'rate-limited' } & RateLimited)
  /** Other transactions kept writing the same items. Nothing was written; the customer may repeat the request. */
  | { readonly kind: 'contended' }

export interface PlaceOrderDependencies {
  readonly prices: PriceList
  readonly placements: Placements
  readonly customers: Customers
  readonly now: () => Date
  readonly newOrderId: (time: Date) => string
  /** The response to a placed order, which the same transaction stores. */
  readonly answerOf: (order: Order) => Answer
  /** Of each customer. */
  readonly ordersPerMinute: number
  readonly backoff: Backoff
}

/**
 * Places an order with a read of prices, a read of the customer's rate at the same time, and one transaction. A condition
 * of the transaction detects whether the key was used. Only when a SKU is not offered or the customer's limit is used up
 * is the key read before: a repeated request receives its first response.
 */
export async function placeOrder(
  { prices, placements, customers, now, newOrderId, answerOf, ordersPerMinute, backoff }: PlaceOrderDependencies,
  { customerId, request, idempotency, accessToken, cause }: PlaceOrderCommand,
): Promise<PlaceOrderOutcome> {
  const merged = mergeLines(request.items)
  if (!merged.ok) return { kind: 'too-many-pieces', ...merged.failure }
  const time = now()

  const [offers, firstRead] = await Promise.all([
    prices.offers(merged.value.map((line) => line.sku)),
    placements.rateOf(customerId),
  ])
  const items = priceLines(merged.value, offers)
  if (!items) {
    const stored = await placements.findAnswer(idempotency, time)
    if (stored) return { kind: 'key-used', stored }
    return {
      kind: 'unknown-skus',
      indexes: request.items.flatMap(({ sku }, index) => (offers.has(sku) ? [] : [index])),
    }
  }

  const { orderType, shippingAddress, paymentToken } = request
  const orderId = newOrderId(time)
  const { order, event } = createOrder({ orderId, customerId, orderType, items, shippingAddress, time, cause })
  const answer = answerOf(order)
  // A sign-up whose trigger failed left no profile; users creates it, and the rate is read again.
  const registered = firstRead.kind === 'no-profile' && (await customers.register(accessToken, cause))
  let customer: CustomerRate | undefined = registered ? undefined : firstRead
  const attempt = async (): Promise<PlaceOrderOutcome> => {
    customer ??= await placements.rateOf(customerId)
    if (customer.kind === 'no-profile') return customer
    const rate = countRequest(customer.window, time, ordersPerMinute)
    if (!rate.ok) {
      const stored = await placements.findAnswer(idempotency, time)
      return stored ? { kind: 'key-used', stored } : { kind: 'rate-limited', ...rate.failure }
    }
    const placement = { order, event, paymentToken, request: idempotency, answer, rate: rate.value }
    const outcome = await placements.place(placement)
    // The next attempt reads it again.
    customer = undefined
    return outcome.kind === 'placed' ? { kind: 'placed', order, answer } : outcome
  }
  return retryWhileContended(backoff, attempt, ({ kind }) => kind === 'contended')
}

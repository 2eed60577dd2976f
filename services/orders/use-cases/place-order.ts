import type { Cause } from '#shared/events/envelope.ts'
import type { Answer, IdempotentRequest, StoredAnswer } from '#shared/idempotency.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { mergeLines, priceLines } from '../domain/lines.ts'
import { createOrder, type Order, type OrderRequest } from '../domain/order.ts'
import type { Placements, PriceList } from '../ports.ts'

export interface PlaceOrderCommand {
  readonly customerId: string
  readonly request: OrderRequest
  readonly idempotency: IdempotentRequest
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
  /** Other transactions kept writing the same items. Nothing was written; the customer may try again. */
  | { readonly kind: 'contended' }

export interface PlaceOrderDependencies {
  readonly prices: PriceList
  readonly placements: Placements
  readonly now: () => Date
  readonly newOrderId: (time: Date) => string
  /** The answer to a placed order, which the same transaction stores. */
  readonly answerOf: (order: Order) => Answer
  readonly backoff: Backoff
}

/**
 * Places an order with one read of prices and one transaction. A condition of the transaction finds out whether the key
 * was used. Only when a SKU is not offered is the key read before: the catalog may have changed since the first request.
 */
export async function placeOrder(
  { prices, placements, now, newOrderId, answerOf, backoff }: PlaceOrderDependencies,
  { customerId, request, idempotency, cause }: PlaceOrderCommand,
): Promise<PlaceOrderOutcome> {
  const merged = mergeLines(request.items)
  if (!merged.ok) return { kind: 'too-many-pieces', ...merged.failure }
  const time = now()

  const offers = await prices.offers(merged.value.map((line) => line.sku))
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
  const outcome = await retryWhileContended(
    backoff,
    () => placements.place({ order, event, paymentToken, request: idempotency, answer }),
    ({ kind }) => kind === 'contended',
  )
  return outcome.kind === 'placed' ? { kind: 'placed', order, answer } : outcome
}

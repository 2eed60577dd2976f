import type { Cause } from '#shared/events/envelope.ts'
import type { Answer, IdempotentRequest, StoredAnswer } from '#shared/idempotency.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import type { Address } from '../domain/address.ts'
import { mergeLines, type RequestedLine } from '../domain/lines.ts'
import type { Order, OrderType } from '../domain/order.ts'
import { placeOrder, priceLines } from '../domain/place-order.ts'
import type { Placements, PriceList } from '../ports.ts'

export interface OrderRequest {
  readonly items: readonly RequestedLine[]
  readonly shippingAddress: Address
  readonly paymentToken: string
  readonly orderType: OrderType
}

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
  /** Equal SKUs add up to more than a line may have; the index of the line that went over. */
  | { readonly kind: 'too-many-pieces'; readonly index: number; readonly quantity: number }
  /** The indexes of the lines whose SKU is not offered. */
  | { readonly kind: 'unknown-skus'; readonly indexes: readonly number[] }
  | { readonly kind: 'no-profile' }
  /** Others kept writing the same items; nothing happened, the customer may try again. */
  | { readonly kind: 'contended' }

export interface PlaceOrderDependencies {
  readonly prices: PriceList
  readonly placements: Placements
  readonly now: () => Date
  readonly newOrderId: (time: Date) => string
  /** The answer for a placed order, which is stored in the same transaction. */
  readonly answerOf: (order: Order) => Answer
  readonly backoff: Backoff
}

/**
 * Places an order with one read of prices and one transaction. The key is looked at by the transaction itself;
 * it is read beforehand only when the order could not be placed anyway, because the catalogue may have changed
 * since the request that is now repeated.
 */
export const placeOrderUseCase =
  ({ prices, placements, now, newOrderId, answerOf, backoff }: PlaceOrderDependencies) =>
  async ({ customerId, request, idempotency, cause }: PlaceOrderCommand): Promise<PlaceOrderOutcome> => {
    const merged = mergeLines(request.items)
    if (!merged.ok) return { kind: 'too-many-pieces', ...merged.failure }
    const time = now()

    const offers = await prices.offers(merged.value.map((line) => line.sku))
    const lines = priceLines(merged.value, offers)
    if (!lines) {
      const stored = await placements.findAnswer(idempotency, time)
      return stored ? { kind: 'key-used', stored } : { kind: 'unknown-skus', indexes: unknown(request, offers) }
    }

    const { orderType, shippingAddress, paymentToken } = request
    const orderId = newOrderId(time)
    const { order, event } = placeOrder({ orderId, customerId, orderType, lines, shippingAddress, time, cause })
    const answer = answerOf(order)
    const outcome = await retryWhileContended(
      backoff,
      () => placements.place({ order, event, paymentToken, request: idempotency, answer }),
      ({ kind }) => kind === 'contended',
    )
    return outcome.kind === 'placed' ? { kind: 'placed', order, answer } : outcome
  }

const unknown = (request: OrderRequest, offers: ReadonlyMap<string, unknown>): number[] =>
  request.items.flatMap(({ sku }, index) => (offers.has(sku) ? [] : [index]))

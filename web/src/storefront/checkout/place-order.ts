import { ApiFailure } from '../../api/failure.ts'
import type { ResponseBody, PlaceOrderRequest, Quote, QuoteRequest } from '../../api/types.ts'

export type Receipt = ResponseBody<'/orders', 'post', 201>

export type Placement =
  /** `ordered` is what the order was placed with: an earlier request, if that one arrived. */
  | { readonly kind: 'placed'; readonly orderId: string; readonly ordered: PlaceOrderRequest }
  /** Nothing was ordered: the total differs from what the customer saw. */
  | { readonly kind: 'total-changed'; readonly quote: Quote }
  /** Another order was placed with this key: from another tab, or by an earlier attempt whose response was lost. */
  | { readonly kind: 'ordered-elsewhere' }

/** What the order of a request costs. */
export const quoteRequestOf = ({
  items,
  shippingAddress,
  orderType,
  discountCode,
}: PlaceOrderRequest): QuoteRequest => ({
  items,
  country: shippingAddress.country,
  ...(orderType ? { orderType } : {}),
  ...(discountCode === undefined ? {} : { discountCode }),
})

const maxAttempts = 3

/** Whether a request that failed may still have placed the order. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  !(error instanceof ApiFailure) || error.status === 0 || error.status >= 500

/**
 * Sends an order. All requests of one checkout have one Idempotency-Key, also after the customer changed something: should an
 * earlier request have arrived although its response did not, the API rejects the changed one, and the earlier request,
 * repeated, returns its order.
 * @param send a request with the key of this checkout
 * @param sent the earlier request without a response
 * @throws ApiFailure
 */
export async function placeOrder(
  send: (request: PlaceOrderRequest) => Promise<Receipt>,
  request: PlaceOrderRequest,
  sent: PlaceOrderRequest | undefined,
  wait: (seconds: number) => Promise<void>,
): Promise<Placement> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { orderId } = await send(request)
      return { kind: 'placed', orderId, ordered: request }
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (error.code === 'total-changed') return { kind: 'total-changed', quote: error.problem['quote'] as Quote }
      if (error.code === 'idempotency-key-reused') {
        return sent ? placeOrder(send, sent, undefined, wait) : { kind: 'ordered-elsewhere' }
      }
      if (error.code !== 'order-contended' || attempt === maxAttempts) throw error
      await wait(error.retryAfterSeconds ?? 1)
    }
  }
}

import type { IdempotentResponse, IdempotentRequest, StoredResponse } from '#shared/idempotency.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { obey, type Changed, type Refusal, type Requester } from '../domain/change.ts'
import { orderIdPattern, type Order } from '../domain/order.ts'
import type { Command } from '../domain/transitions.ts'
import type { OrderStatus } from '../events.ts'
import type { RequestedChanges } from '../ports.ts'

export interface ChangeOrderDependencies {
  readonly orders: RequestedChanges
  readonly finalStatuses: readonly OrderStatus[]
  readonly now: () => Date
  readonly backoff: Backoff
}

export interface OrderRequest extends Requester {
  readonly orderId: string
  /** Only an order of this customer is changed. */
  readonly customerId?: string
  readonly command: Command
  /** With the response to store under the request's key. */
  readonly idempotency?: {
    readonly request: IdempotentRequest
    readonly responseOf: (order: Order) => IdempotentResponse
  }
}

export type ChangeOrderOutcome =
  | ({ readonly kind: 'changed' } & Changed)
  /** The key was used before, for this request or another one. */
  | { readonly kind: 'key-used'; readonly stored: StoredResponse; readonly order: Order }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly order: Order }
  /** Also for another customer's order. */
  | { readonly kind: 'not-found' }
  /** Other changes kept coming first. Nothing was written; the request may be repeated. */
  | { readonly kind: 'contended' }

/**
 * Carries out a request with one write. A transaction detects whether the key was used; only when the request is not
 * possible is the key read before, since that may be the effect of the same request.
 */
export function changeOrder(
  { orders, finalStatuses, now, backoff }: ChangeOrderDependencies,
  { orderId, customerId, command, idempotency, ...requester }: OrderRequest,
): Promise<ChangeOrderOutcome> {
  /** The order is read again: the request that used the key may have changed it after it was read. */
  const keyUsed = async (stored: StoredResponse): Promise<ChangeOrderOutcome> => {
    const order = await orders.find(orderId)
    return order ? { kind: 'key-used', stored, order } : { kind: 'not-found' }
  }
  const attempt = async (): Promise<ChangeOrderOutcome> => {
    const from = orderIdPattern.test(orderId) ? await orders.find(orderId) : undefined
    if (!from || (customerId !== undefined && from.customerId !== customerId)) return { kind: 'not-found' }
    const time = now()
    const outcome = obey(from, command, { ...requester, time, finalStatuses })
    if (!outcome.ok) {
      const stored = idempotency && (await orders.findResponse(idempotency.request, time))
      if (stored) return keyUsed(stored)
      return { kind: 'refused', refusal: outcome.failure, order: from }
    }
    const write = { from, ...outcome.value }
    const saved = idempotency
      ? await orders.saveWithResponse(
          { write, request: idempotency.request, response: idempotency.responseOf(write.order) },
          time,
        )
      : await orders.save(write)
    if (saved === 'stale') return { kind: 'contended' }
    return saved === 'saved' ? { kind: 'changed', ...outcome.value } : keyUsed(saved.stored)
  }
  return retryWhileContended(backoff, attempt, ({ kind }) => kind === 'contended')
}

import type { EventOf, StoredEvent } from '#shared/events/envelope.ts'
import type { Answer, IdempotentRequest, StoredAnswer } from '#shared/idempotency.ts'
import type { StockAnswer, StockDecision } from './domain/apply-stock-answer.ts'
import type { Order } from './domain/order.ts'
import type { Offer } from './domain/place-order.ts'
import type { OrderPlaced } from './events.ts'

/** The catalogue's prices, as far as placing an order needs them. */
export interface PriceList {
  /** What of the SKUs (at most 50, distinct) can be ordered now, by SKU. */
  offers(skus: readonly string[]): Promise<ReadonlyMap<string, Offer>>
}

export interface Placement {
  readonly order: Order
  readonly event: EventOf<typeof OrderPlaced>
  readonly paymentToken: string
  readonly request: IdempotentRequest
  /** Stored under the request's key. */
  readonly answer: Answer
}

export type PlacementOutcome =
  | { readonly kind: 'placed' }
  /** The key was used before; nothing was written. */
  | { readonly kind: 'key-used'; readonly stored: StoredAnswer }
  /** The customer has no profile; nothing was written. */
  | { readonly kind: 'no-profile' }
  /** Another transaction was at the same items; nothing was written, worth another try. */
  | { readonly kind: 'contended' }

/** Where orders are born. */
export interface Placements {
  /** Order, trail, customer's counters, payment token and answer: all or nothing, one attempt. */
  place(placement: Placement): Promise<PlacementOutcome>
  /** The answer stored under the request's key, unless it expired before `now`. */
  findAnswer(request: IdempotentRequest, now: Date): Promise<StoredAnswer | undefined>
}

export interface RecordedAnswer {
  readonly from: Order
  readonly answer: StockAnswer
  readonly decision: StockDecision
  readonly time: Date
}

/** Orders as the consumers of events change them. */
export interface OrderChanges {
  /** The order as it stands now, strongly consistent. */
  load(orderId: string): Promise<Order | undefined>
  /**
   * Keeps a decision with the answer that led to it, in one transaction and one try; `from` is the order that the
   * decision was made on. `already-recorded`: the same answer came before. `stale`: the order changed meanwhile.
   */
  record(change: RecordedAnswer): Promise<'recorded' | 'already-recorded' | 'stale'>
}

export interface OrderSlice {
  /** At most 100. */
  readonly size: number
  /** The order id before the first one wanted. */
  readonly after?: string | undefined
}

/** Orders to read. Lists are newest first. */
export interface OrderReader {
  find(orderId: string): Promise<Order | undefined>
  /** A customer's orders, and whether there are more. */
  ofCustomer(customerId: string, slice: OrderSlice): Promise<{ orders: Order[]; more: boolean }>
  /** Everybody's orders of the twelve months before `now`, and whether there are more. */
  recent(now: Date, slice: OrderSlice): Promise<{ orders: Order[]; more: boolean }>
  /** All events of an order, its own and those that it took in, in the order in which they took effect. */
  trail(orderId: string): Promise<StoredEvent[]>
}

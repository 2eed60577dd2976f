import type { Discount, PriceList, Prices } from '#services/pricing/totals.ts'
import type { Cause, EventOf } from '#shared/events/envelope.ts'
import type { Money } from '#shared/money.ts'
import type { CountedRequest, RateWindow } from '#shared/rate-limit.ts'
import type { IdempotentResponse, IdempotentRequest, StoredResponse } from '#shared/idempotency.ts'
import type { Order, PlacedOrder } from './domain/order.ts'
import type { ChangeEvent } from './domain/transitions.ts'
import type { OrderPlaced } from './events.ts'
import type { ListPosition } from './keys.ts'

export interface Placement {
  readonly order: Order
  readonly event: EventOf<typeof OrderPlaced>
  readonly paymentToken: string
  /** A discount of which the order counts a use. */
  readonly counted?: Discount | undefined
  /** Counted in the customer's window. */
  readonly rate: CountedRequest
}

export type PlacementOutcome =
  | { readonly kind: 'placed' }
  /** There is an order with this id; nothing was written. */
  | { readonly kind: 'exists'; readonly order: PlacedOrder }
  /**
   * Another transaction wrote one of the items at the same time, changed the customer's window so that it has no room, or
   * changed or used up the discount; nothing was written; can be retried after reading again.
   */
  | { readonly kind: 'contended' }

/** The customer's window, which is absent before their first order. */
export type CustomerRate =
  | { readonly kind: 'customer'; readonly window?: RateWindow | undefined }
  | { readonly kind: 'no-profile' }

/** The customers, which users owns. */
export interface Customers {
  /**
   * Makes sure that the customer of the token has a profile. False: the account no longer exists.
   * @throws ThrottledError when users cannot respond now, or the token expired meanwhile
   */
  register(accessToken: string, cause: Cause): Promise<boolean>
}

/** What decides whether an order can be placed. */
export interface PlacementBasis {
  readonly prices: Prices
  /** The customer's orders in the latest minute that had any. */
  readonly customer: CustomerRate
}

export interface Placements {
  /** In one read, as that of a price list. */
  read(wanted: { readonly customerId: string } & Parameters<PriceList['read']>[0]): Promise<PlacementBasis>
  /** Stores order, trail, customer's counters and payment token: all or nothing, in one attempt. */
  place(placement: Placement): Promise<PlacementOutcome>
  /** A consistent read. */
  find(orderId: string): Promise<PlacedOrder | undefined>
}

export interface OrderSlice {
  /** At most 100. */
  readonly size: number
  /** The `listKey` of the last order of the previous slice. */
  readonly after?: ListPosition | undefined
}

export interface OrderList {
  readonly orders: readonly Order[]
  readonly more: boolean
}

/** Reads orders. Lists are newest first. */
export interface OrderReader {
  /** Strongly consistent. */
  find(orderId: string): Promise<Order | undefined>
  /** A customer's orders, and whether there are more. */
  ofCustomer(customerId: string, slice: OrderSlice): Promise<OrderList>
  /** All customers' orders, and whether there are more. The list ends where a year has none. */
  recent(now: Date, slice: OrderSlice): Promise<OrderList>
  /** All customers' orders placed from a time until before another one, oldest first, in pages of at most 100. */
  placedBetween(from: Date, to: Date): AsyncIterable<readonly Order[]>
}

/** The write of a changed order, with the event to publish if there is one. */
export interface OrderWrite {
  /** The order as it was read. */
  readonly from: Order
  /** With at least one more entry in its trail. */
  readonly order: Order
  readonly event?: EventOf<ChangeEvent>
}

export interface OrderChanges extends Pick<OrderReader, 'find'> {
  /** In one attempt. `stale`: the order has changed since it was read, and nothing was written; can be retried. */
  save(write: OrderWrite): Promise<'saved' | 'stale'>
}

export interface WriteWithResponse {
  readonly write: OrderWrite
  readonly request: IdempotentRequest
  /** Stored under the request's key. */
  readonly response: IdempotentResponse
}

export interface RequestedChanges extends OrderChanges {
  /** Stores a change together with the response to its request: all or nothing, in one attempt. */
  saveWithResponse(
    write: WriteWithResponse,
    now: Date,
  ): Promise<'saved' | 'stale' | { readonly kind: 'key-used'; readonly stored: StoredResponse }>
  /** The response stored under the request's key, unless it expired before `now`. */
  findResponse(request: IdempotentRequest, now: Date): Promise<StoredResponse | undefined>
}

/** The payment of an order, as the payments service stores it. */
export interface PaymentBalances {
  /** @returns undefined when nothing was captured */
  balanceOf(orderId: string): Promise<{ readonly refundable: Money; readonly chargedBack: Money } | undefined>
}

/** Finds customers by their email address, and the address of a customer. */
export interface CustomerDirectory {
  /** @returns the customer's id; undefined for an address that no customer has */
  find(email: string): Promise<string | undefined>
  /** @returns the address of a customer; undefined when the account was deleted */
  emailOf(customerId: string): Promise<string | undefined>
}

import type { OrderStatus } from '#services/orders/events.ts'
import type { IdempotentResponse, IdempotentRequest, StoredResponse } from '#shared/idempotency.ts'
import type { Reservation, ReservationChange } from './domain/reservation.ts'
import type { StockMovement } from './domain/movement.ts'
import type { Stock, StockChange } from './domain/stock.ts'

/** Stocks and reservations. */
export interface StockLedger {
  /**
   * A strongly consistent read. SKUs that were never stocked and orders without a reservation are omitted. At most 100
   * distinct SKUs and orders together.
   */
  read(keys: {
    skus: readonly string[]
    orderIds: readonly string[]
  }): Promise<{ stocks: Stock[]; reservations: Reservation[] }>

  /**
   * Writes all changes or none, in one attempt, with the response to a request that has an Idempotency-Key. Each change follows
   * the version that was read. `stale`: one of the items has changed, the key was used, or another transaction is writing
   * one of them; nothing was written.
   */
  commit(changes: {
    stocks: readonly StockChange[]
    reservations: readonly ReservationChange[]
    keyedResponse?:
      | { readonly request: IdempotentRequest; readonly response: IdempotentResponse; readonly time: Date }
      | undefined
  }): Promise<'committed' | 'stale'>

  /** The response that is stored under the key of a request. */
  findResponse(request: IdempotentRequest, now: Date): Promise<StoredResponse | undefined>
}

/** Reservations whose hold has ended, and their orders. */
export interface OverdueHolds {
  /** The orders of up to 100 reservations, the earliest end first. A reservation can have changed since it was listed. */
  page(
    heldBefore: Date,
    after?: string,
  ): Promise<{ readonly orderIds: readonly string[]; readonly next?: string | undefined }>

  /** A strongly consistent read of up to 100 orders; absent ones are omitted. */
  orderStatuses(orderIds: readonly string[]): Promise<ReadonlyMap<string, OrderStatus>>
}

export interface StockList {
  /** By SKU. Eventually consistent: a stock that was changed a moment ago may be absent, or no longer low. */
  page(query: {
    readonly isLow: boolean
    readonly limit: number
    readonly after?: string | undefined
  }): Promise<{ readonly stocks: readonly Stock[]; readonly next?: string | undefined }>
}

/** Every change of every stock. */
export interface MovementLedger {
  /** Records a movement, by its SKU and version, once. */
  record(movement: StockMovement): Promise<'recorded' | 'existing'>

  /** Newest first. Eventually consistent. */
  page(query: {
    readonly sku: string
    readonly limit: number
    readonly before?: number | undefined
  }): Promise<{ readonly movements: readonly StockMovement[]; readonly next?: number | undefined }>
}

import type { Reservation, ReservationChange } from './domain/reservation.ts'
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
   * Writes all changes or none, in one attempt. Each change follows the version that was read. `stale`: one of the items
   * has changed, or another transaction is writing it; nothing was written.
   */
  commit(changes: {
    stocks: readonly StockChange[]
    reservations: readonly ReservationChange[]
  }): Promise<'committed' | 'stale'>
}

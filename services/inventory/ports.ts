import type { Reservation } from './domain/reservation.ts'
import type { Stock, StockChange } from './domain/stock.ts'

/** Stocks and the marks of the orders that were dealt with. */
export interface StockLedger {
  /**
   * What is there now, strongly consistent: stocks that were ever written, and which of the orders have a mark.
   * At most 100 distinct SKUs and orders together.
   */
  read(wanted: {
    skus: readonly string[]
    orderIds: readonly string[]
  }): Promise<{ stocks: Stock[]; markedOrders: ReadonlySet<string> }>

  /**
   * Writes all or nothing, in one try. Each change follows the version that it was made from, and each order gets
   * its only mark. `stale`: somebody else changed one of them, or is about to; nothing was written.
   */
  commit(work: {
    changes: readonly StockChange[]
    reservations: readonly Reservation[]
  }): Promise<'committed' | 'stale'>
}

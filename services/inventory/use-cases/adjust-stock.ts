import type { Cause } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { adjust, noStock, type Adjustment, type AdjustmentFailure, type Stock } from '../domain/stock.ts'
import type { StockLedger } from '../ports.ts'

export interface StockDependencies {
  readonly ledger: StockLedger
  readonly now: () => Date
  readonly backoff: Backoff
  readonly lowStockThreshold: number
}

export interface AdjustStockCommand {
  readonly sku: string
  readonly adjustment: Adjustment
  readonly staffId: string
  readonly reason?: string | undefined
  readonly cause: Cause
}

export type AdjustStockFailure = AdjustmentFailure | { readonly reason: 'contended' }

/** Sets or adds pieces of a SKU, and creates its stock if necessary. A stock that is already as requested is not written. */
export async function adjustStock(
  { ledger, now, backoff, lowStockThreshold }: StockDependencies,
  { sku, adjustment, cause, ...by }: AdjustStockCommand,
): Promise<Result<Stock, AdjustStockFailure>> {
  const attempt = async (): Promise<Result<Stock, AdjustStockFailure>> => {
    const { stocks } = await ledger.read({ skus: [sku], orderIds: [] })
    const stock = stocks[0] ?? noStock(sku)
    const time = now()
    const adjusted = adjust(stock, adjustment, { time, cause, lowStockThreshold })
    if (!adjusted.ok) return adjusted
    if (adjusted.value === undefined) return ok(stock)
    const change = { ...adjusted.value, correction: { ...by, time: time.toISOString() } }
    const outcome = await ledger.commit({ stocks: [change], reservations: [] })
    return outcome === 'committed' ? ok(change.stock) : failed({ reason: 'contended' })
  }
  return retryWhileContended(backoff, attempt, (result) => !result.ok && result.failure.reason === 'contended')
}

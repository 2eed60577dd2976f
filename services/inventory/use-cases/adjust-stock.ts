import type { Cause } from '#shared/events/envelope.ts'
import { ok, type Result } from '#shared/result.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { adjust, type Adjustment, type AdjustmentFailure } from '../domain/adjust.ts'
import { noStock, type Stock } from '../domain/stock.ts'
import type { StockLedger } from '../ports.ts'

export interface AdjustStockDependencies {
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

type Failure = Exclude<AdjustmentFailure, { reason: 'nothing-changed' }> | { readonly reason: 'contended' }

/** Sets or adds pieces of a SKU, which is stocked from then on. A wish that is fulfilled already writes nothing. */
export const adjustStockUseCase =
  ({ ledger, now, backoff, lowStockThreshold }: AdjustStockDependencies) =>
  async ({ sku, adjustment, cause, ...by }: AdjustStockCommand): Promise<Result<Stock, Failure>> => {
    const attempt = async (): Promise<Result<Stock, Failure>> => {
      const { stocks } = await ledger.read({ skus: [sku], orderIds: [] })
      const stock = stocks[0] ?? noStock(sku)
      const time = now()
      const adjusted = adjust(stock, adjustment, { time, cause, lowStockThreshold })
      if (!adjusted.ok) {
        return adjusted.failure.reason === 'nothing-changed' ? ok(stock) : { ok: false, failure: adjusted.failure }
      }
      const outcome = await ledger.commit({
        changes: [{ ...adjusted.value, correction: { ...by, time } }],
        reservations: [],
      })
      return outcome === 'committed' ? ok(adjusted.value.stock) : { ok: false, failure: { reason: 'contended' } }
    }
    return retryWhileContended(backoff, attempt, (result) => !result.ok && result.failure.reason === 'contended')
  }

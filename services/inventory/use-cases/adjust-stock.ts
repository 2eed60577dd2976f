import type { Cause } from '#shared/events/envelope.ts'
import type { IdempotentResponse, IdempotentRequest, StoredResponse } from '#shared/idempotency.ts'
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
  /** Free text, for the ledger. */
  readonly reason?: string | undefined
  readonly cause: Cause
  /** Of a request with an Idempotency-Key; one without is applied as often as it is sent. */
  readonly once?:
    | { readonly request: IdempotentRequest; readonly responseOf: (stock: Stock) => IdempotentResponse }
    | undefined
}

export type AdjustStockSuccess =
  | { readonly kind: 'adjusted'; readonly stock: Stock }
  /** The key was used before, for this request or another one. */
  | { readonly kind: 'key-used'; readonly stored: StoredResponse }

export type AdjustStockFailure = AdjustmentFailure | { readonly reason: 'contended' }

/** Sets or adds pieces of a SKU, and creates its stock if necessary. A stock that is already as requested is not written. */
export async function adjustStock(
  { ledger, now, backoff, lowStockThreshold }: StockDependencies,
  { sku, adjustment, cause, once, ...by }: AdjustStockCommand,
): Promise<Result<AdjustStockSuccess, AdjustStockFailure>> {
  const attempt = async (): Promise<Result<AdjustStockSuccess, AdjustStockFailure>> => {
    const time = now()
    // Before the stock, which the first request may have changed so that this one would now fail.
    const stored = once && (await ledger.findResponse(once.request, time))
    if (stored) return ok({ kind: 'key-used', stored })
    const { stocks } = await ledger.read({ skus: [sku], orderIds: [] })
    const stock = stocks[0] ?? noStock(sku)
    const adjusted = adjust(stock, adjustment, { ...by, time, cause, lowStockThreshold })
    if (!adjusted.ok) return adjusted
    const changes = adjusted.value ? [adjusted.value] : []
    const result = { kind: 'adjusted', stock: changes[0]?.stock ?? stock } as const
    const keyedResponse = once && { request: once.request, response: once.responseOf(result.stock), time }
    if (changes.length === 0 && !keyedResponse) return ok(result)
    const outcome = await ledger.commit({ stocks: changes, reservations: [], keyedResponse })
    return outcome === 'committed' ? ok(result) : failed({ reason: 'contended' })
  }
  return retryWhileContended(backoff, attempt, (result) => !result.ok && result.failure.reason === 'contended')
}

import { createEvent } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { StockReplenished } from '../events.ts'
import { warnings, type Circumstances, type Stock, type StockChange } from './stock.ts'

/** What staff want of the available pieces: exactly this many, or so many more (fewer when negative). */
export type Adjustment = { readonly set: number } | { readonly add: number }

/** The most pieces of one SKU that can be available. */
export const maxAvailable = 1_000_000

export type AdjustmentFailure =
  | { readonly reason: 'below-zero'; readonly available: number }
  | { readonly reason: 'too-many'; readonly available: number }
  /** It stands as wanted already. */
  | { readonly reason: 'nothing-changed' }

/** Corrects what is available; what was received follows, since reserved and shipped pieces stay what they are. */
export function adjust(
  stock: Stock,
  adjustment: Adjustment,
  circumstances: Circumstances,
): Result<StockChange, AdjustmentFailure> {
  const available = 'set' in adjustment ? adjustment.set : stock.available + adjustment.add
  if (available < 0) return failed({ reason: 'below-zero', available: stock.available })
  if (available > maxAvailable) return failed({ reason: 'too-many', available: stock.available })
  const added = available - stock.available
  if (added === 0 && stock.version > 0) return failed({ reason: 'nothing-changed' })

  const next: Stock = { ...stock, available, received: stock.received + added, version: stock.version + 1 }
  if (added <= 0) return ok({ stock: next, events: warnings(stock.available, next, circumstances) })
  const replenished = createEvent(StockReplenished, {
    aggregateId: next.sku,
    aggregateVersion: next.version,
    time: circumstances.time,
    cause: circumstances.cause,
    data: { sku: next.sku, added, available },
  })
  return ok({ stock: next, events: [replenished] })
}

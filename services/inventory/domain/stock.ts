import * as z from 'zod'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { StockDepleted, StockLow, StockReplenished } from '../events.ts'

const pieces = z.int().min(0)

/** The pieces of one SKU: available for sale, reserved for orders, shipped, and received in total. */
export const Stock = z
  .object({
    sku: z.string(),
    available: pieces,
    reserved: pieces,
    shipped: pieces,
    received: pieces,
    /** The number of changes; 0 for a SKU that was never stocked. */
    version: z.int().min(0),
  })
  .refine(
    ({ available, reserved, shipped, received }) => available + reserved + shipped === received,
    'available + reserved + shipped = received',
  )
export type Stock = z.infer<typeof Stock>

/** A SKU that was never stocked. */
export const noStock = (sku: string): Stock => ({ sku, available: 0, reserved: 0, shipped: 0, received: 0, version: 0 })

export type StockEvent = EventOf<typeof StockLow> | EventOf<typeof StockDepleted> | EventOf<typeof StockReplenished>

/** The next version of a stock, with the events that it publishes. */
export interface StockChange {
  readonly stock: Stock
  readonly events: readonly StockEvent[]
  /** Only for a change by staff. */
  readonly correction?: Correction
}

export interface Correction {
  readonly staffId: string
  readonly reason?: string | undefined
  readonly time: string
}

export interface ChangeContext {
  readonly time: Date
  readonly cause: Cause
  /** A stock with this many available pieces or fewer is low. */
  readonly lowStockThreshold: number
}

/** The change of the available pieces that staff request: to exactly `set`, or by `add`, which may be negative. */
export type Adjustment = { readonly set: number } | { readonly add: number }

/** The maximum number of available pieces of one SKU. */
export const maxAvailable = 1_000_000

export interface AdjustmentFailure {
  readonly reason: 'below-zero' | 'too-many'
  readonly available: number
}

/**
 * Changes the available pieces; `received` changes with them, since reserved and shipped pieces stay as they are.
 * @returns undefined when the stock is already as requested
 */
export function adjust(
  stock: Stock,
  adjustment: Adjustment,
  context: ChangeContext,
): Result<StockChange | undefined, AdjustmentFailure> {
  const available = 'set' in adjustment ? adjustment.set : stock.available + adjustment.add
  if (available < 0) return failed({ reason: 'below-zero', available: stock.available })
  if (available > maxAvailable) return failed({ reason: 'too-many', available: stock.available })
  const added = available - stock.available
  if (added === 0 && stock.version > 0) return ok(undefined)

  const next: Stock = { ...stock, available, received: stock.received + added, version: stock.version + 1 }
  if (added <= 0) return ok({ stock: next, events: lowStockEvents(stock.available, next, context) })
  const data = { sku: next.sku, added, available }
  return ok({ stock: next, events: [createEvent(StockReplenished, { ...factOf(next, context), data })] })
}

/** Published once, by the change that reaches the threshold or zero. */
export function lowStockEvents(before: number, stock: Stock, context: ChangeContext): StockEvent[] {
  const { sku, available } = stock
  const fact = factOf(stock, context)
  if (available >= before) return []
  if (available === 0) return [createEvent(StockDepleted, { ...fact, data: { sku } })]
  const threshold = context.lowStockThreshold
  if (available > threshold || before <= threshold) return []
  return [createEvent(StockLow, { ...fact, data: { sku, available, threshold } })]
}

const factOf = ({ sku, version }: Stock, { time, cause }: ChangeContext) => ({
  aggregateId: sku,
  aggregateVersion: version,
  time,
  cause,
})

import * as z from 'zod'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { StockDepleted, StockLow, type StockReplenished } from '../events.ts'

const pieces = z.int().min(0)

/** The pieces of one SKU: those that can be sold, those held for orders, those gone, and all that ever came in. */
export const Stock = z
  .object({
    sku: z.string(),
    available: pieces,
    reserved: pieces,
    shipped: pieces,
    received: pieces,
    /** Counts the changes; 0 for a stock that was never written. */
    version: z.int().min(0),
  })
  .refine(
    ({ available, reserved, shipped, received }) => available + reserved + shipped === received,
    'available + reserved + shipped = received',
  )
export type Stock = z.infer<typeof Stock>

export type StockEvent = EventOf<typeof StockLow> | EventOf<typeof StockDepleted> | EventOf<typeof StockReplenished>

/** The next version of a stock, with the events that it tells. */
export interface StockChange {
  readonly stock: Stock
  readonly events: readonly StockEvent[]
  /** Who corrected it and why, when it was staff. */
  readonly correction?: Correction
}

export interface Correction {
  readonly staffId: string
  readonly reason?: string | undefined
  readonly time: Date
}

/** A SKU that nobody ever stocked. */
export const noStock = (sku: string): Stock => ({ sku, available: 0, reserved: 0, shipped: 0, received: 0, version: 0 })

/** What comes with an event from outside the domain. */
export interface Circumstances {
  readonly time: Date
  readonly cause: Cause
  /** At this many available pieces or fewer a stock is low. */
  readonly lowStockThreshold: number
}

/** The warnings when what is available falls from `before` to `stock.available`: told once, when a line is crossed. */
export function warnings(before: number, stock: Stock, about: Circumstances): StockEvent[] {
  const { sku, available, version: aggregateVersion } = stock
  const fact = { aggregateId: sku, aggregateVersion, time: about.time, cause: about.cause }
  if (available >= before) return []
  if (available === 0) return [createEvent(StockDepleted, { ...fact, data: { sku } })]
  const threshold = about.lowStockThreshold
  if (available > threshold || before <= threshold) return []
  return [createEvent(StockLow, { ...fact, data: { sku, available, threshold } })]
}

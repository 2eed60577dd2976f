import * as z from 'zod'
import { createEvent, type AnyEventOf, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { StockChanged, StockDepleted, StockLow, StockReplenished } from '../events.ts'

const count = z.int().min(0)

/** The pieces of one SKU: available for sale, reserved for orders, shipped, and received in total. */
export const Stock = z
  .object({
    sku: z.string(),
    available: count,
    reserved: count,
    shipped: count,
    received: count,
    /** A stock with this many available pieces or fewer is low. Absent: the stage's threshold. */
    lowStockThreshold: count.optional(),
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

export type StockEvent = AnyEventOf<
  typeof StockChanged | typeof StockLow | typeof StockDepleted | typeof StockReplenished
>

/** The next version of a stock, with the events that it publishes. */
export interface StockChange {
  readonly stock: Stock
  readonly events: readonly StockEvent[]
  /** Whether the available pieces are at the threshold or below. @default false */
  readonly isLow?: boolean
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
  /** Of stocks without their own. */
  readonly lowStockThreshold: number
}

/** By how many pieces a stock changes. Only a change by staff has a sum other than 0. */
export interface Movement {
  readonly pieces: { readonly available?: number; readonly reserved?: number; readonly shipped?: number }
  readonly orderId?: string | undefined
  /** @default the threshold stays as it is */
  readonly lowStockThreshold?: number | undefined
  readonly cause: Cause
}

type Reason = Pick<EventOf<typeof StockChanged>['data'], 'reason' | 'actor' | 'note'>

/** Applies movements in their order, as one version. The cause of StockChanged is that of the first one. */
function move(
  before: Stock,
  movements: readonly [Movement, ...Movement[]],
  reason: Reason,
  context: ChangeContext,
): StockChange {
  const version = before.version + 1
  let stock = before
  const events: StockEvent[] = []
  for (const movement of movements) {
    const next = { ...moved(stock, movement), version }
    events.push(...lowStockEvents(stock, next, movement.cause, context))
    stock = next
  }
  const { sku, available, reserved, shipped, lowStockThreshold } = stock
  const orderIds = [...new Set(movements.flatMap(({ orderId }) => orderId ?? []))]
  const change = {
    available: available - before.available,
    reserved: reserved - before.reserved,
    shipped: shipped - before.shipped,
  }
  const affectsAvailability = reason.reason === 'adjusted' || levelOf(stock, context) !== levelOf(before, context)
  const pieces = { available, reserved, shipped }
  const data = { sku, version, ...pieces, lowStockThreshold, change, ...reason, affectsAvailability, orderIds }
  const fact = factOf(stock, context.time, movements[0].cause)
  return {
    stock,
    events: [...events, createEvent(StockChanged, { ...fact, data: StockChanged.data.parse(data) })],
    isLow: levelOf(stock, context) !== 'in-stock',
  }
}

/** Movements of several orders, each of which sees the pieces that the ones before it left. */
export function movementsOf(stocks: readonly Stock[]) {
  const before = new Map(stocks.map((stock) => [stock.sku, stock]))
  const current = new Map(before)
  const movements = new Map<string, [Movement, ...Movement[]]>()
  return {
    stockOf: (sku: string): Stock => current.get(sku) ?? noStock(sku),
    add(sku: string, movement: Movement): void {
      current.set(sku, moved(current.get(sku) ?? noStock(sku), movement))
      const earlier = movements.get(sku)
      if (earlier) earlier.push(movement)
      else movements.set(sku, [movement])
    },
    /** The changed stocks, each by one version. */
    changes: (reason: Reason, context: ChangeContext): StockChange[] =>
      [...movements].map(([sku, list]) => move(before.get(sku) ?? noStock(sku), list, reason, context)),
  }
}

function moved(stock: Stock, { pieces, lowStockThreshold = stock.lowStockThreshold }: Movement): Stock {
  const { available = 0, reserved = 0, shipped = 0 } = pieces
  return {
    ...stock,
    available: stock.available + available,
    reserved: stock.reserved + reserved,
    shipped: stock.shipped + shipped,
    received: stock.received + available + reserved + shipped,
    ...(lowStockThreshold === undefined ? {} : { lowStockThreshold }),
  }
}

/** The change that staff request: available pieces to exactly `set`, or by `add`, which may be negative. */
export type Adjustment = ({ readonly set: number } | { readonly add: number }) & {
  /** @default the threshold stays as it is */
  readonly lowStockThreshold?: number | undefined
}

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
  before: Stock,
  adjustment: Adjustment,
  { staffId, reason: note, cause, ...context }: ChangeContext & Omit<Correction, 'time'> & { readonly cause: Cause },
): Result<StockChange | undefined, AdjustmentFailure> {
  const available = 'set' in adjustment ? adjustment.set : before.available + adjustment.add
  if (available < 0) return failed({ reason: 'below-zero', available: before.available })
  if (available > maxAvailable) return failed({ reason: 'too-many', available: before.available })
  const added = available - before.available
  const { lowStockThreshold = before.lowStockThreshold } = adjustment
  if (added === 0 && lowStockThreshold === before.lowStockThreshold && before.version > 0) return ok(undefined)

  const movement = { pieces: { available: added }, lowStockThreshold, cause }
  const { stock, events, ...change } = move(before, [movement], { reason: 'adjusted', actor: staffId, note }, context)
  const data = { sku: stock.sku, added, available }
  const replenished = added > 0 ? [createEvent(StockReplenished, { ...factOf(stock, context.time, cause), data })] : []
  const correction = { staffId, reason: note, time: context.time.toISOString() }
  return ok({ ...change, stock, events: [...replenished, ...events], correction })
}

const levels = ['in-stock', 'low', 'depleted'] as const

const thresholdOf = (stock: Stock, context: ChangeContext) => stock.lowStockThreshold ?? context.lowStockThreshold

function levelOf(stock: Stock, context: ChangeContext): (typeof levels)[number] {
  if (stock.available === 0) return 'depleted'
  return stock.available <= thresholdOf(stock, context) ? 'low' : 'in-stock'
}

/** Published once, by the change that reaches the threshold or zero. */
function lowStockEvents(before: Stock, stock: Stock, cause: Cause, context: ChangeContext): StockEvent[] {
  const level = levelOf(stock, context)
  if (levels.indexOf(level) <= levels.indexOf(levelOf(before, context))) return []
  const { sku, available } = stock
  const fact = factOf(stock, context.time, cause)
  if (level === 'depleted') return [createEvent(StockDepleted, { ...fact, data: { sku } })]
  return [createEvent(StockLow, { ...fact, data: { sku, available, threshold: thresholdOf(stock, context) } })]
}

const factOf = ({ sku, version }: Stock, time: Date, cause: Cause) => ({
  aggregateId: sku,
  aggregateVersion: version,
  time,
  cause,
})

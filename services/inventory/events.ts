import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'

const source = 'inventory.app'

const Line = z.object({ sku: z.string(), quantity: z.int().min(1) })

/** All lines of an order are reserved, or none. The aggregate of both events is the order's reservation. */
export const StockReserved = defineEvent({
  source,
  type: 'StockReserved',
  version: 1,
  data: z.object({
    orderId: z.string(),
    lines: z.array(Line),
    /** After this time the pieces may be given to another order. */
    heldUntil: z.iso.datetime(),
  }),
})

export const StockRejected = defineEvent({
  source,
  type: 'StockRejected',
  version: 1,
  data: z.object({
    orderId: z.string(),
    /** Only the lines that could not be reserved. */
    shortages: z.array(z.object({ sku: z.string(), requested: z.int().min(1), available: z.int().min(0) })),
  }),
})

/** The reserved pieces of an order are available again. */
export const StockReleased = defineEvent({
  source,
  type: 'StockReleased',
  version: 1,
  data: z.object({
    orderId: z.string(),
    lines: z.array(Line),
    reason: z.enum(['cancelled', 'payment-failed', 'expired']),
  }),
})

/** Staff added stock; `added` pieces since the version before. */
export const StockReplenished = defineEvent({
  source,
  type: 'StockReplenished',
  version: 1,
  data: z.object({ sku: z.string(), added: z.int().min(1), available: z.int().min(0) }),
})

/** Published once when the available pieces fall to the threshold or below. */
export const StockLow = defineEvent({
  source,
  type: 'StockLow',
  version: 1,
  data: z.object({ sku: z.string(), available: z.int().min(1), threshold: z.int().min(1) }),
})

/** Published once when no available piece is left. */
export const StockDepleted = defineEvent({
  source,
  type: 'StockDepleted',
  version: 1,
  data: z.object({ sku: z.string() }),
})

const change = z.int()

/** Each write of a stock item: what it is now, and by how much it changed. The newest version wins. */
export const StockChanged = defineEvent({
  source,
  type: 'StockChanged',
  version: 1,
  data: z.object({
    sku: z.string(),
    version: z.int().min(1),
    available: z.int().min(0),
    reserved: z.int().min(0),
    shipped: z.int().min(0),
    change: z.object({ available: change, reserved: change, shipped: change }),
    reason: z.enum(['adjusted', 'reserved', 'released', 'shipped', 'returned']),
    /**
     * False when customers see the same availability as before: in stock, low or out of stock. True for every change by
     * staff. Missing in events from before it was recorded.
     */
    affectsAvailability: z.boolean().optional(),
    orderIds: z.array(z.string()),
    /** The id of the staff member, for an adjustment. */
    actor: z.string().optional(),
    /** What the staff member gave as the reason. */
    note: z.string().optional(),
    /** Of this SKU, where it has its own: with this many available pieces or fewer, its stock is low. */
    lowStockThreshold: z.int().min(0).optional(),
  }),
})

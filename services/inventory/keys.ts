import { shardOf } from '#shared/ids.ts'

/** Prefixes of the partition keys that inventory owns, in the table and its indexes. */
export const prefixes = [
  'STOCK#',
  'STOCKS#',
  'LOWSTOCK#',
  'RESERVATION#',
  'RESERVATIONS#',
  'MOVEMENT#',
  'IDEMPOTENCY#adjustStock#',
] as const

const shardCount = 8

export const stockKey = (sku: string) => ({ PK: `STOCK#${sku}`, SK: 'STOCK' })

export const stockPartitions = Array.from({ length: shardCount }, (_, shard) => `STOCKS#${shard}`)
export const lowStockPartitions = Array.from({ length: shardCount }, (_, shard) => `LOWSTOCK#${shard}`)

/**
 * Lists all stocks in one index, and low ones in another. A change of pieces leaves the keys as they are, so it writes to
 * no index; only a stock that becomes low, or is no longer, does. Undefined: to be removed.
 */
export function stockIndexKeys(sku: string, isLow: boolean) {
  const shard = shardOf(sku, shardCount)
  return {
    GSI1PK: stockPartitions[shard],
    GSI1SK: sku,
    GSI2PK: isLow ? lowStockPartitions[shard] : undefined,
    GSI2SK: isLow ? sku : undefined,
  }
}

export const movementPartition = (sku: string) => `MOVEMENT#${sku}`
const movementSort = (version: number) => String(version).padStart(12, '0')
export const movementKey = (sku: string, version: number) => ({ PK: movementPartition(sku), SK: movementSort(version) })

export const reservationKey = (orderId: string) => ({ PK: `RESERVATION#${orderId}`, SK: 'RESERVATION' })

export const heldPartitions = Array.from({ length: shardCount }, (_, shard) => `RESERVATIONS#${shard}`)

/** Lists held reservations by the end of their hold, spread so that no index partition takes all writes. */
export const heldIndexKeys = ({ orderId, heldUntil }: { orderId: string; heldUntil: string }) => ({
  GSI1PK: heldPartitions[shardOf(orderId, shardCount)]!,
  GSI1SK: `${heldUntil}#${orderId}`,
})
export const orderIdOfHold = (sortKey: string): string => sortKey.slice(sortKey.indexOf('#') + 1)

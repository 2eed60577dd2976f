import { shardOf } from '#shared/ids.ts'

/** Prefixes of the partition keys that inventory owns, in the table and its indexes. */
export const prefixes = ['STOCK#', 'RESERVATION#', 'RESERVATIONS#', 'IDEMPOTENCY#adjustStock#'] as const

const shardCount = 8

export const stockKey = (sku: string) => ({ PK: `STOCK#${sku}`, SK: 'STOCK' })
export const reservationKey = (orderId: string) => ({ PK: `RESERVATION#${orderId}`, SK: 'RESERVATION' })

export const heldPartitions = Array.from({ length: shardCount }, (_, shard) => `RESERVATIONS#${shard}`)

/** Lists held reservations by the end of their hold, spread so that no index partition takes all writes. */
export const heldIndexKeys = ({ orderId, heldUntil }: { orderId: string; heldUntil: string }) => ({
  GSI1PK: heldPartitions[shardOf(orderId, shardCount)]!,
  GSI1SK: `${heldUntil}#${orderId}`,
})
export const orderIdOfHold = (sortKey: string): string => sortKey.slice(sortKey.indexOf('#') + 1)

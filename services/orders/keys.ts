import { shardOf, startOfIds } from '#shared/ids.ts'

/** Prefixes of the partition keys that orders own, in the table and its indexes. */
export const prefixes = [
  'ORDER#',
  'CUSTOMER#',
  'ORDERS#',
  'IDEMPOTENCY#cancelOrder#',
  'IDEMPOTENCY#requestReturn#',
  'IDEMPOTENCY#adminRefundOrder#',
] as const

const shardCount = 8

export const orderKey = (orderId: string) => ({ PK: `ORDER#${orderId}`, SK: 'ORDER' })

/** The index partition of a customer's orders. */
export const customerPartition = (customerId: string) => `CUSTOMER#${customerId}`

/** A position in the lists of orders. It has a type of its own, since the id of an order is not a position. */
export type ListPosition = string & { readonly isListPosition: true }

/**
 * The sort key of an order in both indexes: in the layout of an id, with the time of the order and the last characters of
 * its id. An id that begins with the time of its order is this key itself.
 */
export const listKey = ({ orderId, placedAt }: { readonly orderId: string; readonly placedAt: string }): ListPosition =>
  (startOfIds('ord', new Date(placedAt)) + orderId.slice(-16)) as ListPosition

export const indexKeys = (order: { orderId: string; customerId: string; placedAt: string }) => ({
  GSI1PK: customerPartition(order.customerId),
  GSI1SK: listKey(order),
  GSI2PK: monthPartition(order.placedAt.slice(0, 7), shardOf(order.orderId, shardCount)),
  GSI2SK: listKey(order),
})

/** The index partitions of a month's orders, several so that no partition takes all writes. */
export const monthPartitions = (month: string): string[] =>
  Array.from({ length: shardCount }, (_, shard) => monthPartition(month, shard))

const monthPartition = (month: string, shard: number) => `ORDERS#${month}#${shard}`

/** The month some months before a time: `2026-11`. */
export const monthBefore = (time: Date, months: number): string =>
  new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() - months)).toISOString().slice(0, 7)

import { shardOf } from '#shared/ids.ts'
import { euros } from '#shared/money.ts'
import { Balance, remaining } from './balance.ts'

/** Prefixes of the partition keys that payments own, in the table and its indexes. */
export const prefixes = ['PAYMENT#', 'PAYMENTS#', 'SANDBOXCHARGE#'] as const

const shardCount = 4

/** Of the payment of an order. Placing the order stores the payment token under it, and payments replaces that item. */
export const paymentKey = (orderId: string) => ({ PK: `PAYMENT#${orderId}`, SK: 'PAYMENT' })

/** Lists captures and refunds that did not end in their first attempt, by the time since when. */
export const unfinishedIndexKeys = ({ orderId, since }: { orderId: string; since: string }) => ({
  GSI1PK: unfinishedPartition(shardOf(orderId, shardCount)),
  GSI1SK: `${since}#${orderId}`,
})

export const unfinishedPartitions = (): string[] =>
  Array.from({ length: shardCount }, (_, shard) => unfinishedPartition(shard))

const unfinishedPartition = (shard: number) => `PAYMENTS#${shard}`

/** The sandbox's own charges, which a real provider stores itself. */
export const sandboxChargeKey = (reference: string) => ({ PK: `SANDBOXCHARGE#${reference}`, SK: 'CHARGE' })

/** What a service reads of a payment, with a grant of these attributes. */
export const balanceAttributes = Object.keys(Balance.shape)

/** The amounts that can still be refunded and that the customer's bank has taken back; undefined before a capture. */
export function balanceOf(paymentItem: unknown) {
  const { data: payment } = Balance.safeParse(paymentItem)
  return payment && { refundable: euros(remaining(payment)), chargedBack: payment.chargedBack }
}

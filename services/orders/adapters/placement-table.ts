import { countersKey } from '#services/users/keys.ts'
import { findStoredAnswer, idempotencyRecord, storedAnswer } from '#shared/dynamodb/idempotency-record.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { indexKeys, orderKey, paymentKey } from '../keys.ts'
import type { Placement, Placements } from '../ports.ts'
import { ownEventItem } from './trail-item.ts'

const daySeconds = 24 * 60 * 60

/** A payment token that nobody captured in this time is worth nothing any more. */
const paymentTokenDays = 7

/** Where each write stands in the transaction, to tell whose condition failed. */
const position = { request: 0, profile: 1 } as const

export const placementTable = (table: Table): Placements => ({
  async place(placement) {
    const outcome = await transactWrite(table, placementItems(table.name, placement))
    if (outcome.kind === 'committed') return { kind: 'placed' }
    if (outcome.kind === 'conflict') return { kind: 'contended' }
    if (outcome.failed.has(position.request)) {
      return { kind: 'key-used', stored: storedAnswer(outcome.failed.get(position.request)) }
    }
    if (outcome.failed.has(position.profile)) return { kind: 'no-profile' }
    throw new Error(`Order id ${placement.order.orderId} is taken.`)
  },

  findAnswer: (request, now) => findStoredAnswer(table, request, now),
})

function placementItems(TableName: string, placement: Placement): TransactItem[] {
  const { order, event, paymentToken, request, answer } = placement
  const now = new Date(order.placedAt)
  const absent = 'attribute_not_exists(PK)'
  return [
    idempotencyRecord(TableName, request, answer, now),
    {
      Update: {
        TableName,
        Key: countersKey(order.customerId),
        UpdateExpression: 'SET lastOrderAt = :time ADD orderCount :one',
        ConditionExpression: 'attribute_exists(PK)',
        ExpressionAttributeValues: { ':time': order.placedAt, ':one': 1 },
      },
    },
    {
      Put: {
        TableName,
        Item: { ...orderKey(order.orderId), ...indexKeys(order), ...order },
        ConditionExpression: absent,
      },
    },
    { Put: { TableName, Item: ownEventItem(order, event), ConditionExpression: absent } },
    {
      Put: {
        TableName,
        Item: {
          ...paymentKey(order.orderId),
          customerId: order.customerId,
          token: paymentToken,
          ...order.total,
          expiresAt: Math.floor(now.getTime() / 1000) + paymentTokenDays * daySeconds,
        },
        ConditionExpression: absent,
      },
    },
  ]
}

import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { profileKey } from '#services/users/keys.ts'
import type { Table } from '#shared/dynamodb/document-client.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { idempotencyDays } from '#shared/http/idempotency-key.ts'
import { Receipt } from '../domain/receipt.ts'
import type { KeyRecord, Placement, Placements } from '../ports.ts'
import { idempotencyKey, indexKeys, orderKey, paymentKey } from '../keys.ts'
import { ownEventItem } from './trail-item.ts'

const daySeconds = 24 * 60 * 60

/** A payment token that nobody captured in this time is worth nothing any more. */
const paymentTokenDays = 7

const KeyItem = z.object({ requestHash: z.string(), receipt: Receipt, expiresAt: z.int() })

/** Where each write stands in the transaction, to tell whose condition failed. */
const position = { key: 0, profile: 1 } as const

export const placementTable = (table: Table): Placements => ({
  async place(placement) {
    const outcome = await transactWrite(table, placementItems(table.name, placement))
    if (outcome.ok) return { kind: 'placed' }
    if (outcome.reason === 'conflict') return { kind: 'contended' }
    if (outcome.failed.has(position.key)) {
      return { kind: 'key-taken', record: toRecord(KeyItem.parse(outcome.failed.get(position.key))) }
    }
    if (outcome.failed.has(position.profile)) return { kind: 'no-profile' }
    throw new Error(`Order id ${placement.order.orderId} is taken.`)
  },

  async findKey(customerId, key, now) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: idempotencyKey(customerId, key), ConsistentRead: true }),
    )
    if (!Item) return undefined
    const item = KeyItem.parse(Item)
    return item.expiresAt > epochSeconds(now.toISOString()) ? toRecord(item) : undefined
  },
})

const toRecord = ({ requestHash, receipt }: KeyRecord): KeyRecord => ({ requestHash, receipt })

const epochSeconds = (time: string): number => Math.floor(Date.parse(time) / 1000)

function placementItems(TableName: string, { order, event, paymentToken, ...key }: Placement): TransactItem[] {
  const now = epochSeconds(order.placedAt)
  const absent = 'attribute_not_exists(PK)'
  return [
    {
      // The table deletes expired items up to days late, so that the condition itself compares the expiry.
      Put: {
        TableName,
        Item: {
          ...idempotencyKey(order.customerId, key.idempotencyKey),
          ...key.record,
          expiresAt: now + idempotencyDays * daySeconds,
        },
        ConditionExpression: `${absent} OR expiresAt <= :now`,
        ExpressionAttributeValues: { ':now': now },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    {
      Update: {
        TableName,
        Key: profileKey(order.customerId),
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
          expiresAt: now + paymentTokenDays * daySeconds,
        },
        ConditionExpression: absent,
      },
    },
  ]
}

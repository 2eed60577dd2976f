import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { daySeconds } from '#shared/days.ts'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { Cart, cartDays } from '../domain/cart.ts'
import { cartKey } from '../keys.ts'
import type { Carts } from '../ports.ts'

const Item = Cart.extend({
  /** Seconds since the epoch. DynamoDB deletes expired items up to days late, so reads compare it. */
  expiresAt: z.int(),
})

const secondsOf = (time: Date) => Math.floor(time.getTime() / 1000)

/** Longer than a request can be in progress that found the account before it was deleted. */
const closedSeconds = 60 * 60

export function cartTable(table: Table): Carts {
  const read = itemReader(table)
  return {
    async find(userId, now) {
      const stored = await read(cartKey(userId))
      if (!stored || 'closed' in stored) return undefined
      const item = Item.parse(stored)
      return item.expiresAt > secondsOf(now) ? Cart.parse(item) : undefined
    },

    async put(userId, items, now) {
      const put = await conditionalWrite(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: cartKey(userId),
            UpdateExpression:
              'SET #items = :items, putAt = :now, expiresAt = :expiresAt REMOVE subtracted ADD version :one',
            ConditionExpression: 'attribute_not_exists(closed)',
            ExpressionAttributeNames: { '#items': 'items' },
            ExpressionAttributeValues: {
              ':items': items,
              ':now': now.toISOString(),
              ':expiresAt': secondsOf(now) + cartDays * daySeconds,
              ':one': 1,
            },
          }),
        ),
      )
      return put.ok ? 'put' : 'closed'
    },

    async change(userId, { items, subtracted, version }) {
      const changed = await conditionalWrite(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: cartKey(userId),
            UpdateExpression: 'SET #items = :items, subtracted = :subtracted, version = :version',
            ConditionExpression: 'version = :before',
            ExpressionAttributeNames: { '#items': 'items' },
            ExpressionAttributeValues: {
              ':items': items,
              ':subtracted': subtracted,
              ':version': version,
              ':before': version - 1,
            },
          }),
        ),
      )
      return changed.ok ? 'changed' : 'stale'
    },

    async close(userId, now) {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: cartKey(userId),
          UpdateExpression: 'SET closed = :true, expiresAt = :expiresAt REMOVE #items, putAt, subtracted, version',
          ExpressionAttributeNames: { '#items': 'items' },
          ExpressionAttributeValues: { ':true': true, ':expiresAt': secondsOf(now) + closedSeconds },
        }),
      )
    },
  }
}

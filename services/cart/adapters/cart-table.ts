import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { daySeconds } from '#shared/days.ts'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { Cart, cartDays, type Line } from '../domain/cart.ts'
import { cartKey } from '../keys.ts'
import type { Carts } from '../ports.ts'

const Item = Cart.extend({
  /** Seconds since the epoch. DynamoDB deletes expired items up to days late, so reads compare it. */
  expiresAt: z.int(),
})

const secondsOf = (time: Date) => Math.floor(time.getTime() / 1000)

export function cartTable(table: Table): Carts {
  const read = itemReader(table)
  const put = (userId: string, items: readonly Line[], { now, days }: { now: Date; days: number }) =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: cartKey(userId),
        UpdateExpression:
          'SET #items = :items, putAt = :now, expiresAt = :expiresAt REMOVE subtracted ADD version :one',
        ExpressionAttributeNames: { '#items': 'items' },
        ExpressionAttributeValues: {
          ':items': items,
          ':now': now.toISOString(),
          ':expiresAt': secondsOf(now) + days * daySeconds,
          ':one': 1,
        },
      }),
    )
  return {
    async find(userId, now) {
      const stored = await read(cartKey(userId))
      const item = stored && Item.parse(stored)
      return item && item.expiresAt > secondsOf(now) ? Cart.parse(item) : undefined
    },

    async put(userId, items, now) {
      await put(userId, items, { now, days: cartDays })
    },

    async clear(userId, now) {
      await put(userId, [], { now, days: 0 })
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

    async remove(userId) {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: cartKey(userId) }))
    },
  }
}

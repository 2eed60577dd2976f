import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { daySeconds, recognizedDays } from '#shared/days.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { conditionalWrite, followsVersion, setFieldsWhen } from '#shared/dynamodb/conditional-write.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite } from '#shared/dynamodb/transact-write.ts'
import { failed, ok } from '#shared/result.ts'
import { discountKey, givenBackKey, indexKeys, listPartition } from '../keys.ts'
import type { Discounts } from '../ports.ts'
import { Discount } from '../totals.ts'

export const discountTable = (table: Table): Discounts => ({
  async find(code) {
    const Key = discountKey(code)
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))
    return Item && Discount.parse(Item)
  },

  async put({ code, percentage, amount, minimumSubtotal, startsAt, endsAt, maximumUses }, version) {
    const terms = { code, percentage, amount, minimumSubtotal, startsAt, endsAt, maximumUses }
    const fields = { ...terms, version, ...indexKeys(code) }
    const { UpdateExpression, ...update } = setFieldsWhen(fields, followsVersion(version))
    const outcome = await conditionalWrite(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: discountKey(code),
          ...update,
          // The uses are counted by orders at the same time, so they are never overwritten.
          UpdateExpression: `${UpdateExpression} ADD #uses :zero`,
          ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#uses': 'uses' },
          ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':zero': 0 },
          ReturnValues: 'UPDATED_NEW',
        }),
      ),
    )
    return outcome.ok ? ok(Discount.parse(outcome.value.Attributes)) : failed('stale')
  },

  async list({ size, after }) {
    const page = { index: 'GSI1', partitions: [listPartition], descending: false } as const
    const found = await mergedQuery(table, { ...page, limit: size + 1, after: after?.toUpperCase() })
    const entries = found.slice(0, size)
    const read = await batchGet(table, entries, { consistent: true })
    const items = new Map(read.map((item) => [item['PK'], Discount.parse(item)]))
    const next = found.length > size ? { next: entries.at(-1)!.sortKey } : {}
    return { discounts: entries.flatMap(({ PK }) => items.get(PK) ?? []), ...next }
  },

  async giveBack({ code, orderId }, now) {
    const outcome = await transactWrite(table, [
      {
        Put: {
          TableName: table.name,
          Item: {
            ...givenBackKey(code, orderId),
            expiresAt: Math.floor(now.getTime() / 1000) + recognizedDays * daySeconds,
          },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      },
      {
        Update: {
          TableName: table.name,
          Key: discountKey(code),
          UpdateExpression: 'SET #uses = #uses - :one',
          ConditionExpression: '#uses >= :one',
          ExpressionAttributeNames: { '#uses': 'uses' },
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
    ])
    if (outcome.kind === 'committed') return 'given-back'
    if (outcome.kind === 'conflict') return 'contended'
    if (outcome.failed.has(0)) return 'already-given-back'
    throw new Error(`The discount ${code} has no use that order ${orderId} could give back.`)
  },
})

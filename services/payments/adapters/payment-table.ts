import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { BegunPayment, unfinishedSince, type Payment } from '../domain/payment.ts'
import { paymentKey, unfinishedIndexKeys, unfinishedPartitions } from '../keys.ts'
import type { PaymentStore } from '../ports.ts'

/** What placing an order stores. The payment takes the place of this item, so that the token is deleted with it. */
const TokenItem = z.object({ token: z.string() })

/** An index entry of a payment that is unfinished. */
const IndexEntry = z.object({ GSI1SK: z.string() })

/** The most entries of a partition that one sweep looks at. */
const unfinishedLimit = 100

export function paymentTable(table: Table): PaymentStore {
  const read = itemReader(table)
  return {
    find: async (orderId) => paymentOf(orderId, await read(paymentKey(orderId))),

    async save({ payment, events }) {
      const { orderId, version } = payment
      const since = unfinishedSince(payment)
      const write = table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: {
            ...paymentKey(orderId),
            ...(since === undefined ? {} : unfinishedIndexKeys({ orderId, since })),
            ...payment,
            ...outboxOf(events),
          },
          // The item of the token has no version.
          ...(version === 1
            ? { ConditionExpression: 'attribute_not_exists(version)' }
            : { ConditionExpression: 'version = :before', ExpressionAttributeValues: { ':before': version - 1 } }),
        }),
      )
      return (await conditionalWrite(write)).ok ? 'saved' : 'stale'
    },

    async unfinished(before) {
      const pages = await Promise.all(
        unfinishedPartitions().map((partition) =>
          table.client.send(
            new QueryCommand({
              TableName: table.name,
              IndexName: 'GSI1',
              KeyConditionExpression: 'GSI1PK = :partition AND GSI1SK < :before',
              ExpressionAttributeValues: { ':partition': partition, ':before': before.toISOString() },
              Limit: unfinishedLimit,
            }),
          ),
        ),
      )
      return pages
        .flatMap(({ Items = [] }) => Items.map((item) => IndexEntry.parse(item).GSI1SK))
        .toSorted()
        .map((key) => key.slice(key.indexOf('#') + 1))
    },
  }
}

function paymentOf(orderId: string, item: Record<string, unknown> | undefined): Payment {
  if (item?.['status'] !== undefined) return BegunPayment.parse(item)
  return { status: 'waiting', orderId, version: 0, token: item && TokenItem.parse(item).token }
}

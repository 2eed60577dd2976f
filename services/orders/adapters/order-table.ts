import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { mergedQuery, type IndexEntry } from '#shared/dynamodb/merged-query.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { timeOfId } from '#shared/ids.ts'
import { Order } from '../domain/order.ts'
import type { StockDecision } from '../domain/apply-stock-answer.ts'
import type { OrderChanges, OrderReader } from '../ports.ts'
import { customerPartition, monthPartitions, monthsBack, orderKey, orderPartition, trailPrefix } from '../keys.ts'
import { ownEventItem, receivedEventItem, trailOf } from './trail-item.ts'

async function getOrder(table: Table, orderId: string, ConsistentRead: boolean): Promise<Order | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: orderKey(orderId), ConsistentRead }),
  )
  return Item && Order.parse(Item)
}

export const orderReader = (table: Table): OrderReader => ({
  find: (orderId) => getOrder(table, orderId, true),

  async ofCustomer(customerId, { size, after }) {
    const partitions = [customerPartition(customerId)]
    const entries = await mergedQuery(table, { index: 'GSI1', partitions, descending: true, limit: size + 1, after })
    return ordersOf(table, entries, size)
  },

  async recent(now, { size, after }) {
    const entries: IndexEntry[] = []
    for (const month of monthsBack(now, after === undefined ? now : timeOfId(after))) {
      const limit = size + 1 - entries.length
      if (limit === 0) break
      const partitions = monthPartitions(month)
      entries.push(...(await mergedQuery(table, { index: 'GSI2', partitions, descending: true, limit, after })))
    }
    return ordersOf(table, entries, size)
  },

  async trail(orderId) {
    const items: unknown[] = []
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'PK = :partition AND begins_with(SK, :prefix)',
          ExpressionAttributeValues: { ':partition': orderPartition(orderId), ':prefix': trailPrefix },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      )
      items.push(...(page.Items ?? []))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    return trailOf(items)
  },
})

/** The index holds keys alone, so that a change of status does not rewrite it; it lags, and the items do not. */
async function ordersOf(table: Table, entries: readonly IndexEntry[], size: number) {
  const keys = entries.slice(0, size).map(({ PK, SK }) => ({ PK, SK }))
  const items = await batchGet(table, keys, { consistent: true })
  const orders = items.map((item) => Order.parse(item)).toSorted((a, b) => (a.orderId < b.orderId ? 1 : -1))
  return { orders, more: entries.length > size }
}

export const orderChanges = (table: Table): OrderChanges => ({
  load: (orderId) => getOrder(table, orderId, true),

  async record({ from, answer, decision, time }) {
    const marker: TransactItem = {
      Put: {
        TableName: table.name,
        Item: receivedEventItem(from, answer, time),
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    }
    const outcome = await transactWrite(table, [marker, ...changeItems(table.name, from, decision)])
    if (outcome.kind === 'committed') return 'recorded'
    return outcome.kind === 'condition-failed' && outcome.failed.has(0) ? 'already-recorded' : 'stale'
  },
})

function changeItems(TableName: string, from: Order, decision: StockDecision): TransactItem[] {
  if (decision.kind === 'ignored') return []
  const { order, event } = decision
  return [
    {
      Update: {
        TableName,
        Key: orderKey(order.orderId),
        UpdateExpression: `SET #status = :to, version = :next, updatedAt = :time${order.reason ? ', reason = :reason' : ''}`,
        ConditionExpression: '#status = :from AND version = :version',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':from': from.status,
          ':version': from.version,
          ':to': order.status,
          ':next': order.version,
          ':time': order.updatedAt,
          ...(order.reason ? { ':reason': order.reason } : {}),
        },
      },
    },
    {
      Put: { TableName, Item: ownEventItem(order, event), ConditionExpression: 'attribute_not_exists(PK)' },
    },
  ]
}

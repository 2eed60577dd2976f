import { isDeepStrictEqual } from 'node:util'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { balanceAttributes, balanceOf, paymentKey } from '#services/payments/keys.ts'
import { profileKey, userMailKey } from '#services/users/keys.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import { findStoredResponse, idempotencyRecord, storedResponse } from '#shared/dynamodb/idempotency-record.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import { mergedQuery, type IndexEntry } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite } from '#shared/dynamodb/transact-write.ts'
import type { EventOf } from '#shared/events/envelope.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { startOfIds, timeOfId } from '#shared/ids.ts'
import { Order } from '../domain/order.ts'
import type { ChangeEvent } from '../domain/transitions.ts'
import type { OrderPlaced } from '../events.ts'
import { customerPartition, indexKeys, listKey, monthPartitions, monthBefore, orderKey } from '../keys.ts'
import type {
  CustomerDirectory,
  OrderChanges,
  OrderReader,
  OrderWrite,
  PaymentBalances,
  RequestedChanges,
} from '../ports.ts'

/** The order with its trail and the outbox of its latest event, in one item, so that a change is one write. */
export const orderItem = (order: Order, event?: EventOf<ChangeEvent | typeof OrderPlaced>) => ({
  ...orderKey(order.orderId),
  ...indexKeys(order),
  ...order,
  ...outboxOf(event ? [event] : [], order),
})

/** The attributes of the item besides the order. */
const itemAttributes: ReadonlySet<string> = new Set([
  'PK',
  'SK',
  'GSI1PK',
  'GSI1SK',
  'GSI2PK',
  'GSI2SK',
  ...Object.keys(outboxOf([])),
])

/**
 * Preserves fields that this version does not define: the whole item is written back, and during a canary release a newer
 * version also writes it.
 */
function orderOf(item: Record<string, unknown>): Order {
  const order = fieldsOf(item)
  Order.parse(order)
  return order as Order
}

const fieldsOf = (item: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !itemAttributes.has(name)))

function findOrder(table: Table) {
  const read = itemReader(table)
  return async (orderId: string) => {
    const item = await read(orderKey(orderId))
    return item && orderOf(item)
  }
}

/** The list of all customers' orders ends after so many months without an order. */
const maxEmptyMonths = 12

export const orderReader = (table: Table): OrderReader => ({
  find: findOrder(table),

  async ofCustomer(customerId, { size, after }) {
    const partitions = [customerPartition(customerId)]
    const entries = await mergedQuery(table, { index: 'GSI1', partitions, descending: true, limit: size + 1, after })
    return ordersOf(table, entries, size)
  },

  async recent(now, { size, after }) {
    const entries: IndexEntry[] = []
    const latest = after === undefined ? now : timeOfId(after)
    let emptyMonths = 0
    for (let back = 0; entries.length <= size && emptyMonths <= maxEmptyMonths; back += 1) {
      const partitions = monthPartitions(monthBefore(latest, back))
      const limit = size + 1 - entries.length
      const found = await mergedQuery(table, { index: 'GSI2', partitions, descending: true, limit, after })
      emptyMonths = found.length === 0 ? emptyMonths + 1 : 0
      entries.push(...found)
    }
    return ordersOf(table, entries, size)
  },

  async *placedBetween(from, to) {
    const months = new Set([from, to].map((time) => monthBefore(time, 0)))
    const end = startOfIds('ord', to)
    for (const month of months) yield* ordersUntil(table, { month, after: startOfIds('ord', from), end })
  },
})

export const pageSize = 100

async function* ordersUntil(
  table: Table,
  { month, after, end }: { readonly month: string; after: string; readonly end: string },
) {
  for (;;) {
    const query = {
      index: 'GSI2',
      partitions: monthPartitions(month),
      descending: false,
      limit: pageSize,
      after,
    } as const
    const entries = await mergedQuery(table, query)
    const within = entries.filter(({ sortKey }) => sortKey < end)
    // An order that moved in the last second may be reported as it was before.
    if (within.length > 0) yield (await ordersOf(table, within, pageSize, false)).orders.toReversed()
    if (within.length < pageSize) return
    after = within.at(-1)!.sortKey
  }
}

/** The index contains only keys, so a change of status does not rewrite it. It is eventually consistent. */
async function ordersOf(table: Table, entries: readonly IndexEntry[], size: number, consistent = true) {
  const keys = entries.slice(0, size).map(({ PK, SK }) => ({ PK, SK }))
  const items = await batchGet(table, keys, { consistent })
  const orders = items.map(orderOf).toSorted((a, b) => (listKey(a) < listKey(b) ? 1 : -1))
  return { orders, more: entries.length > size }
}

export const orderChanges = (table: Table): OrderChanges => ({
  find: findOrder(table),

  async save(write) {
    const outcome = await conditionalWrite(table.client.send(new PutCommand(putOf(table.name, write))))
    return outcome.ok ? 'saved' : 'stale'
  },
})

/** An item has no attribute for what is undefined. */
const asStored = (order: Order): unknown => JSON.parse(JSON.stringify(order))

export const requestedChanges = (table: Table): RequestedChanges => ({
  find: findOrder(table),

  async save(write) {
    const put = { ...putOf(table.name, write), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
    const outcome = await conditionalWrite(table.client.send(new PutCommand(put)))
    // The SDK repeats a write whose response was lost: then this order is stored, with the id of this request.
    return outcome.ok || isDeepStrictEqual(fieldsOf(outcome.failure), asStored(write.order)) ? 'saved' : 'stale'
  },

  async saveWithResponse({ write, request, response }, now) {
    const record = idempotencyRecord(table.name, request, response, now)
    const outcome = await transactWrite(table, [record, { Put: putOf(table.name, write) }])
    if (outcome.kind === 'committed') return 'saved'
    if (outcome.kind === 'conflict' || !outcome.failed.has(0)) return 'stale'
    return { kind: 'key-used', stored: storedResponse(outcome.failed.get(0)) }
  },

  findResponse: (request, now) => findStoredResponse(table, request, now),
})

/**
 * Optimistic locking: status and version change with each change of the order, and the trail grows with each write, also
 * with one that changes nothing else.
 */
const putOf = (TableName: string, { from, order, event }: OrderWrite) => ({
  TableName,
  Item: orderItem(order, event),
  ConditionExpression: '#status = :status AND #version = :version AND size(#trail) = :entries',
  ExpressionAttributeNames: { '#status': 'status', '#version': 'version', '#trail': 'trail' },
  ExpressionAttributeValues: { ':status': from.status, ':version': from.version, ':entries': from.trail.length },
})

export const paymentBalances = (table: Table): PaymentBalances => ({
  async balanceOf(orderId) {
    const Key = paymentKey(orderId)
    const names = Object.fromEntries(balanceAttributes.map((name) => [`#${name}`, name]))
    const { Item } = await table.client.send(
      new GetCommand({
        TableName: table.name,
        Key,
        ProjectionExpression: Object.keys(names).join(', '),
        ExpressionAttributeNames: names,
      }),
    )
    return balanceOf(Item)
  },
})

const MailReference = z.object({ userId: z.string() })
const ProfileItem = z.object({ email: z.string().optional() })

export const customerDirectory = (table: Table): CustomerDirectory => ({
  async find(email) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: userMailKey(email), ProjectionExpression: 'userId' }),
    )
    return Item && MailReference.parse(Item).userId
  },

  async emailOf(customerId) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: profileKey(customerId), ProjectionExpression: 'email' }),
    )
    return Item && ProfileItem.parse(Item).email
  },
})

import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { mergedQuery, type IndexEntry } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { StoredEvent } from '#shared/events/envelope.ts'
import { Outbox, outboxOf } from '#shared/events/outbox.ts'
import { startOfIds, timeOfId } from '#shared/ids.ts'
import { Order } from '../domain/order.ts'
import {
  customerPartition,
  indexKeys,
  monthPartitions,
  monthBefore,
  orderKey,
  orderPartition,
  trailKey,
  trailPrefix,
} from '../keys.ts'
import type { OrderChange, OrderChanges, OrderReader } from '../ports.ts'

export const orderItem = (order: Order) => ({ ...orderKey(order.orderId), ...indexKeys(order), ...order })

const keyNames: ReadonlySet<string> = new Set(['PK', 'SK', 'GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK'])

/**
 * Preserves fields that this version does not define: the whole item is written back, and during a canary release a newer
 * version also writes it.
 */
function orderOf(item: Record<string, unknown>): Order {
  const order = Object.fromEntries(Object.entries(item).filter(([name]) => !keyNames.has(name)))
  Order.parse(order)
  return order as Order
}

const findOrder = (table: Table) => async (orderId: string) => {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: orderKey(orderId), ConsistentRead: true }),
  )
  return Item && orderOf(Item)
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

const pageSize = 100

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
  const orders = items.map(orderOf).toSorted((a, b) => (a.orderId < b.orderId ? 1 : -1))
  return { orders, more: entries.length > size }
}

export const orderChanges = (table: Table): OrderChanges => ({
  find: findOrder(table),

  async record(change) {
    const outcome = await transactWrite(table, [trailPut(table.name, change), ...orderPut(table.name, change)])
    if (outcome.kind === 'committed') return 'recorded'
    const recordedBefore = outcome.kind === 'condition-failed' && outcome.failed.has(0)
    return recordedBefore ? 'already-recorded' : 'stale'
  },
})

/**
 * The received event, under its id, which marks it as applied or ignored, with the order's own event that results from it
 * in the outbox. One item: DynamoDB rounds each item up to the next KB.
 */
const trailPut = (TableName: string, { from, trigger, evolved, time }: OrderChange): TransactItem => ({
  Put: {
    TableName,
    Item: {
      ...trailKey(from.orderId, trigger.metadata.id),
      orderVersion: from.version,
      recordedAt: time.toISOString(),
      received: trigger,
      ...outboxOf(evolved.kind === 'applied' ? [evolved.event] : []),
    },
    ConditionExpression: 'attribute_not_exists(PK)',
  },
})

const orderPut = (TableName: string, { from, evolved }: OrderChange): TransactItem[] =>
  evolved.kind === 'ignored'
    ? []
    : [
        {
          Put: {
            TableName,
            Item: orderItem(evolved.order),
            ConditionExpression: '#status = :status AND version = :version',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':status': from.status, ':version': from.version },
          },
        },
      ]

/** The trail's item of an event that no received event caused. */
export const ownEventItem = (order: Order, event: { readonly metadata: { readonly id: string } }) => ({
  ...trailKey(order.orderId, event.metadata.id),
  orderVersion: order.version,
  recordedAt: order.updatedAt,
  ...outboxOf([event]),
})

const TrailItem = Outbox.extend({
  /** The version at which an event was received; without one, the version that the own event created. */
  orderVersion: z.int(),
  recordedAt: z.iso.datetime(),
  received: StoredEvent.optional(),
}).refine((item) => item.events !== undefined || item.received !== undefined, 'A trail item has an event.')

interface TrailEntry {
  readonly event: StoredEvent
  readonly version: number
  readonly isReceived: boolean
  readonly recordedAt: string
}

/**
 * The events of trail items in the order in which they took effect. That is the order's version and not the events'
 * times, which come from the clocks of several machines: events received at a version follow the event that created it.
 */
const trailOf = (items: readonly unknown[]): StoredEvent[] =>
  items
    .flatMap(entriesOf)
    .toSorted(byEffect)
    .map(({ event }) => event)

/** Versions before this one stored the own event in an item of its own, also when a received event caused it. */
function entriesOf(item: unknown): TrailEntry[] {
  const { orderVersion, recordedAt, received, events = [] } = TrailItem.parse(item)
  const createdVersion = received ? orderVersion + 1 : orderVersion
  return [
    ...(received ? [{ event: received, version: orderVersion, isReceived: true, recordedAt }] : []),
    ...events.map((event) => ({ event, version: createdVersion, isReceived: false, recordedAt })),
  ]
}

function byEffect(a: TrailEntry, b: TrailEntry): number {
  if (a.version !== b.version) return a.version - b.version
  if (a.isReceived !== b.isReceived) return a.isReceived ? 1 : -1
  return a.recordedAt < b.recordedAt ? -1 : 1
}

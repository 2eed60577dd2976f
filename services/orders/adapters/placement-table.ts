import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { productKey } from '#services/catalog/keys.ts'
import { countersKey } from '#services/users/keys.ts'
import { daySeconds } from '#shared/days.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { findStoredAnswer, idempotencyRecord, storedAnswer } from '#shared/dynamodb/idempotency-record.ts'
import { rateUpdate } from '#shared/dynamodb/rate-window.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { maxPriceAmount, Money } from '#shared/money.ts'
import { RateWindow } from '#shared/rate-limit.ts'
import { paymentKey } from '../keys.ts'
import type { Placement, Placements, PriceList } from '../ports.ts'
import { orderItem, ownEventItem } from './order-table.ts'

/** The attributes of the catalog's items that the cross-service grant allows orders to read. */
const ProductItem = z.object({
  sku: z.string(),
  name: z.string(),
  price: Money,
  status: z.enum(['active', 'archived']),
})

/** Reads prices from the catalog's items. Neither archived products are offered nor prices over the maximum. */
export const priceTable = (table: Table): PriceList => ({
  async offers(skus) {
    const items = await batchGet(table, skus.map(productKey), { attributes: ['sku', 'name', 'price', 'status'] })
    const products = items
      .map((item) => ProductItem.parse(item))
      .filter(({ status, price }) => status === 'active' && price.amount <= maxPriceAmount)
    return new Map(products.map(({ sku, name, price }) => [sku, { sku, name, price }]))
  },
})

/** How long a payment token that is not captured is stored. */
const paymentTokenDays = 7

/** The attribute of the customer's counters that has their window. */
const rateAttribute = 'orderRate'

const Counters = z.object({ [rateAttribute]: RateWindow.optional() })

/** The indexes of writes in the transaction, which identify a failed condition. */
const position = { request: 0, counters: 1 } as const

export const placementTable = (table: Table): Placements => ({
  async rateOf(customerId) {
    const { Item } = await table.client.send(
      new GetCommand({
        TableName: table.name,
        Key: countersKey(customerId),
        // The key is read as well, so that an item without the attribute differs from no item.
        ProjectionExpression: `PK, ${rateAttribute}`,
        ConsistentRead: true,
      }),
    )
    return Item ? { kind: 'customer', window: Counters.parse(Item)[rateAttribute] } : { kind: 'no-profile' }
  },

  async place(placement) {
    const outcome = await transactWrite(table, placementItems(table.name, placement))
    if (outcome.kind === 'committed') return { kind: 'placed' }
    if (outcome.kind === 'conflict') return { kind: 'contended' }
    if (outcome.failed.has(position.request)) {
      return { kind: 'key-used', stored: storedAnswer(outcome.failed.get(position.request)) }
    }
    if (outcome.failed.has(position.counters)) return { kind: 'contended' }
    throw new Error(`Order id ${placement.order.orderId} is already used.`)
  },

  findAnswer: (request, now) => findStoredAnswer(table, request, now),
})

function placementItems(TableName: string, placement: Placement): TransactItem[] {
  const { order, event, paymentToken, request, answer, rate } = placement
  const counted = rateUpdate(rateAttribute, rate)
  const now = new Date(order.placedAt)
  return [
    idempotencyRecord(TableName, request, answer, now),
    {
      Update: {
        TableName,
        Key: countersKey(order.customerId),
        UpdateExpression: `SET lastOrderAt = :time, ${counted.set} ADD orderCount :order`,
        ConditionExpression: `attribute_exists(PK) AND ${counted.condition}`,
        ExpressionAttributeNames: counted.names,
        ExpressionAttributeValues: { ...counted.values, ':time': order.placedAt, ':order': 1 },
      },
    },
    { Put: { TableName, Item: orderItem(order), ConditionExpression: 'attribute_not_exists(PK)' } },
    { Put: { TableName, Item: ownEventItem(order, event) } },
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
      },
    },
  ]
}

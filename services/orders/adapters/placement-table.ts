import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { paymentKey } from '#services/payments/keys.ts'
import { discountKey } from '#services/pricing/keys.ts'
import { priceItems } from '#services/pricing/price-table.ts'
import type { Discount } from '#services/pricing/totals.ts'
import { countersKey } from '#services/users/keys.ts'
import { daySeconds } from '#shared/days.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { rateUpdate } from '#shared/dynamodb/rate-window.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite, type TransactItem } from '#shared/dynamodb/transact-write.ts'
import { RateWindow } from '#shared/rate-limit.ts'
import { PlacedOrder } from '../domain/order.ts'
import { orderKey } from '../keys.ts'
import type { Placement, Placements } from '../ports.ts'
import { orderItem } from './order-table.ts'

/** How long a payment token that is not captured is stored. */
const paymentTokenDays = 7

/** The attribute of the customer's counters that has their window. */
const rateAttribute = 'orderRate'

const Counters = z.object({ [rateAttribute]: RateWindow.optional() })

/** The index of the order's write in the transaction, which identifies its failed condition. */
const orderPosition = 0

export const placementTable = (table: Table): Placements => ({
  async read({ customerId, consistent, ...wanted }) {
    const customer = countersKey(customerId)
    const { keys, attributes, pricesOf } = priceItems(wanted)
    const read = { attributes: [...attributes, rateAttribute], consistent }
    const items = await batchGet(table, [customer, ...keys], read)
    const counters = items.find(({ PK }) => PK === customer.PK)
    return {
      prices: pricesOf(items),
      customer: counters
        ? { kind: 'customer', window: Counters.parse(counters)[rateAttribute] }
        : { kind: 'no-profile' },
    }
  },

  async place(placement) {
    const outcome = await transactWrite(table, placementItems(table.name, placement))
    if (outcome.kind === 'committed') return { kind: 'placed' }
    if (outcome.kind === 'conflict') return { kind: 'contended' }
    const existing = outcome.failed.get(orderPosition)
    return existing ? { kind: 'exists', order: PlacedOrder.parse(existing) } : { kind: 'contended' }
  },

  async find(orderId) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: orderKey(orderId), ConsistentRead: true }),
    )
    return Item && PlacedOrder.parse(Item)
  },
})

function placementItems(TableName: string, placement: Placement): TransactItem[] {
  const { order, event, paymentToken, counted: discount, rate } = placement
  const counted = rateUpdate(rateAttribute, rate)
  const now = new Date(order.placedAt)
  return [
    {
      Put: {
        TableName,
        Item: orderItem(order, event),
        ConditionExpression: 'attribute_not_exists(PK)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
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
    ...(discount ? [countUse(TableName, discount)] : []),
  ]
}

/** Fails when the use was the last one that another order took, or staff changed the discount after it was read. */
const countUse = (TableName: string, { code, version }: Discount): TransactItem => ({
  Update: {
    TableName,
    Key: discountKey(code),
    UpdateExpression: 'SET #uses = #uses + :one',
    ConditionExpression: '#version = :version AND #uses < #maximum',
    ExpressionAttributeNames: { '#uses': 'uses', '#version': 'version', '#maximum': 'maximumUses' },
    ExpressionAttributeValues: { ':one': 1, ':version': version },
  },
})

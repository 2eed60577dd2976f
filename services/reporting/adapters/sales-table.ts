import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { orderStatuses, Tax } from '#services/orders/events.ts'
import { monthBefore, monthPartitions } from '#services/orders/keys.ts'
import { paymentKey } from '#services/payments/keys.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { startOfIds } from '#shared/ids.ts'
import { Money } from '#shared/money.ts'
import type { Sale } from '../domain/report.ts'
import type { Sales } from '../ports.ts'

/** The attributes of orders that the cross-service grant allows to read: no customer and no address. */
const SaleItem = z.object({
  orderId: z.string(),
  status: z.enum(orderStatuses),
  orderType: z.string(),
  items: z.array(z.object({ sku: z.string(), name: z.string(), quantity: z.int(), lineTotal: Money })),
  subtotal: Money,
  discount: Money,
  shipping: Money,
  tax: Tax,
  total: Money,
  placedAt: z.string(),
})

const attributes = Object.keys(SaleItem.shape)

/** Reads orders by the index of months, whose sort keys begin with the time of the order, in the layout of an id. */
export const salesTable = (table: Table): Sales => ({
  async placedOn({ from, to }) {
    // A day of the shop's time zone may lie in two months of UTC.
    const months = new Set([monthBefore(from, 0), monthBefore(to, 0)])
    const range = { first: startOfIds('ord', from), end: startOfIds('ord', to) }
    const partitions = [...months].flatMap(monthPartitions)
    const sales = await Promise.all(partitions.map((partition) => salesIn(table, partition, range)))
    return sales.flat().toSorted((a, b) => (a.placedAt < b.placedAt ? -1 : a.placedAt > b.placedAt ? 1 : 0))
  },
})

/** Most of what BatchGetItem reads at a time. */
const pageSize = 100

/** Each partition is read by itself: a merged list would read each page of all partitions for one page of orders. */
async function salesIn(
  table: Table,
  partition: string,
  { first, end }: { readonly first: string; readonly end: string },
): Promise<Sale[]> {
  const sales: Sale[] = []
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: 'GSI2',
        // No sort key equals the end, which is shorter.
        KeyConditionExpression: 'GSI2PK = :partition AND GSI2SK BETWEEN :first AND :end',
        ExpressionAttributeValues: { ':partition': partition, ':first': first, ':end': end },
        Limit: pageSize,
        ExclusiveStartKey,
      }),
    )
    const keys = Items.map(({ PK, SK }) => ({ PK, SK }))
    const orders = (await batchGet(table, keys, { attributes })).map((item) => SaleItem.parse(item))
    const captured = await capturedPayments(table, orders)
    sales.push(...orders.map((order) => ({ ...order, isCaptured: captured.has(paymentKey(order.orderId).PK) })))
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey)
  return sales
}

/** Of cancelled orders: a refund can be pending or refused, so that only the payment says whether money came in. */
async function capturedPayments(
  table: Table,
  orders: readonly z.infer<typeof SaleItem>[],
): Promise<ReadonlySet<unknown>> {
  const cancelled = orders.filter(({ status }) => status === 'CANCELLED')
  const keys = cancelled.map(({ orderId }) => paymentKey(orderId))
  const payments = await batchGet(table, keys, { attributes: ['status'] })
  return new Set(payments.filter(({ status }) => status === 'captured').map(({ PK }) => PK))
}

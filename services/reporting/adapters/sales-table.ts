import * as z from 'zod'
import { orderStatuses, Tax } from '#services/orders/events.ts'
import { monthBefore, monthPartitions } from '#services/orders/keys.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { startOfIds } from '#shared/ids.ts'
import { Money } from '#shared/money.ts'
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
  refunded: Money,
  placedAt: z.string(),
})

const attributes = Object.keys(SaleItem.shape)
const pageSize = 100

/** Reads orders by the index of months, whose sort keys are order ids, which begin with the time of the order. */
export const salesTable = (table: Table): Sales => ({
  async *placedOn({ from, to }) {
    const end = startOfIds('ord', to)
    // A day of the shop's time zone may lie in two months of UTC.
    for (const month of new Set([monthBefore(from, 0), monthBefore(to, 0)])) {
      let after = startOfIds('ord', from)
      for (let isLast = false; !isLast;) {
        const entries = await mergedQuery(table, {
          index: 'GSI2',
          partitions: monthPartitions(month),
          descending: false,
          limit: pageSize,
          after,
        })
        const within = entries.filter(({ sortKey }) => sortKey < end)
        isLast = within.length < pageSize
        if (within.length === 0) break
        after = within.at(-1)!.sortKey
        const keys = within.map(({ PK, SK }) => ({ PK, SK }))
        const items = await batchGet(table, keys, { attributes })
        yield items.map((item) => SaleItem.parse(item)).toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1))
      }
    }
  },
})

import * as z from 'zod'
import { orderStatuses } from '#services/orders/events.ts'
import { orderKey } from '#services/orders/keys.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { heldPartitions, orderIdOfHold } from '../keys.ts'
import type { OverdueHolds } from '../ports.ts'

/** Orders of a page, whose reservations are read at once. */
const pageSize = 100

const OrderItem = z.object({ PK: z.string(), status: z.enum(orderStatuses) })

export const overdueHoldsTable = (table: Table): OverdueHolds => ({
  async page(heldBefore, after) {
    const query = { index: 'GSI1', partitions: heldPartitions, descending: false, limit: pageSize, after } as const
    const entries = await mergedQuery(table, query)
    const due = entries.filter(({ sortKey }) => sortKey < heldBefore.toISOString())
    return {
      orderIds: due.map(({ sortKey }) => orderIdOfHold(sortKey)),
      next: due.length === pageSize ? due.at(-1)!.sortKey : undefined,
    }
  },

  async orderStatuses(orderIds) {
    const idOf = new Map(orderIds.map((orderId) => [orderKey(orderId).PK, orderId]))
    const items = await batchGet(table, orderIds.map(orderKey), { consistent: true, attributes: ['status'] })
    return new Map(items.map((item) => OrderItem.parse(item)).map(({ PK, status }) => [idOf.get(PK)!, status]))
  },
})

import type { OrderToReserve } from './reservation.ts'

/**
 * The most items of one transaction, and of one batched read. The other limit, 4 MB, is far away: an item here is a
 * stock of a few hundred bytes, or the mark of an order with at most 50 lines (under 16 KB with its event).
 */
export const maxItemsPerGroup = 100

/** One item for each SKU and one for each order. */
const itemsOf = (orders: readonly OrderToReserve[]): number =>
  new Set(orders.flatMap(({ lines }) => lines.map(({ sku }) => sku))).size + orders.length

/** Cuts a batch into groups that fit into one transaction each, keeping the order. */
export function groupOrders(orders: readonly OrderToReserve[], maxItems = maxItemsPerGroup): OrderToReserve[][] {
  const groups: OrderToReserve[][] = []
  for (const order of orders) {
    const last = groups.at(-1)
    if (last && itemsOf([...last, order]) <= maxItems) last.push(order)
    else groups.push([order])
  }
  return groups
}

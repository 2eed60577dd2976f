import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { orderIdPattern, type Order } from '../domain/order.ts'
import type { OrderReader } from '../ports.ts'
import { adminGetOrder, adminListOrders, CustomerOrder, getOrder, listOrders } from '../routes.ts'
import { findOrder } from './find-order.ts'

const Cursor = z.strictObject({ after: z.string().regex(orderIdPattern) })

export const getOrderHandler = (orders: OrderReader) =>
  apiHandler(getOrder, async (request) => {
    const order = await findOrder(orders, request.parameters.orderId, request.userId)
    return { status: 200, body: CustomerOrder.parse(order) }
  })

export const listOrdersHandler = (orders: OrderReader) =>
  apiHandler(listOrders, async (request) => {
    const { limit, cursor } = request.query
    const slice = { size: limit, after: decodeCursor(cursor, Cursor)?.after }
    const page = await orders.ofCustomer(request.userId, slice)
    return { status: 200, body: toPage({ ...page, orders: page.orders.map((order) => CustomerOrder.parse(order)) }) }
  })

export const adminGetOrderHandler = (orders: OrderReader) =>
  apiHandler(adminGetOrder, async ({ parameters }) => ({
    status: 200,
    body: await findOrder(orders, parameters.orderId),
  }))

export const adminListOrdersHandler = (orders: OrderReader, now: () => Date) =>
  apiHandler(adminListOrders, async ({ query: { limit, cursor } }) => {
    const page = await orders.recent(now(), { size: limit, after: decodeCursor(cursor, Cursor)?.after })
    return { status: 200, body: toPage(page) }
  })

function toPage<Item extends Pick<Order, 'orderId'>>({ orders, more }: { orders: Item[]; more: boolean }) {
  const last = orders.at(-1)
  return { items: orders, ...(more && last ? { nextCursor: encodeCursor({ after: last.orderId }) } : {}) }
}

import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { commonProblems, problem, ProblemError } from '#shared/http/problem.ts'
import { CustomerOrder, orderIdPattern, StaffOrder, type Order } from '../domain/order.ts'
import { trailEventOf, trailOf } from '../domain/trail.ts'
import type { OrderList, OrderReader } from '../ports.ts'
import * as routes from '../routes.ts'

const OrderCursor = z.strictObject({ after: z.string().regex(orderIdPattern) })
const TrailCursor = z.strictObject({ seen: z.int().min(1) })

export const getOrderHandler = (orders: OrderReader) =>
  apiHandler(routes.getOrder, async ({ parameters, userId }) => {
    const order = await findOrder(orders, parameters.orderId, userId)
    return { status: 200, body: CustomerOrder.parse(order) }
  })

export const adminGetOrderHandler = (orders: OrderReader) =>
  apiHandler(routes.adminGetOrder, async ({ parameters }) => {
    const order = await findOrder(orders, parameters.orderId)
    return { status: 200, body: StaffOrder.parse(order) }
  })

/** @throws ProblemError 404, the same for an order that does not exist and for another customer's */
async function findOrder(orders: OrderReader, orderId: string, customerId?: string): Promise<Order> {
  const order = orderIdPattern.test(orderId) ? await orders.find(orderId) : undefined
  if (!order || (customerId !== undefined && order.customerId !== customerId)) {
    throw new ProblemError(problem(commonProblems, 'not-found', 'The order does not exist.'))
  }
  return order
}

export const listOrdersHandler = (orders: OrderReader) =>
  apiHandler(routes.listOrders, async ({ query: { limit, cursor }, userId }) => {
    const page = await orders.ofCustomer(userId, { size: limit, after: decodeCursor(cursor, OrderCursor)?.after })
    return { status: 200, body: toPage(page, CustomerOrder) }
  })

export const adminListOrdersHandler = (orders: OrderReader, now: () => Date) =>
  apiHandler(routes.adminListOrders, async ({ query: { limit, cursor } }) => {
    const page = await orders.recent(now(), { size: limit, after: decodeCursor(cursor, OrderCursor)?.after })
    return { status: 200, body: toPage(page, StaffOrder) }
  })

function toPage({ orders, more }: OrderList, view: z.ZodType) {
  const last = orders.at(-1)
  return {
    items: orders.map((order) => view.parse(order)),
    ...(more && last ? { nextCursor: encodeCursor({ after: last.orderId }) } : {}),
  }
}

/** A trail has few events and is append-only, so a cursor is a position. */
export const listOrderEventsHandler = (orders: OrderReader) =>
  apiHandler(routes.listOrderEvents, async ({ parameters, query: { limit, cursor }, userId }) => {
    const start = decodeCursor(cursor, TrailCursor)?.seen ?? 0
    const events = trailOf(await findOrder(orders, parameters.orderId, userId))
    const end = start + limit
    const items = events.slice(start, end).map(trailEventOf)
    return { status: 200, body: { items, ...(end < events.length ? { nextCursor: encodeCursor({ seen: end }) } : {}) } }
  })

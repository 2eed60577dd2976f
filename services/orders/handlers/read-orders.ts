import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { commonProblems, problem, ProblemError } from '#shared/http/problem.ts'
import { euros } from '#shared/money.ts'
import { refundableOf } from '../domain/change.ts'
import { CustomerOrder, orderIdPattern, StaffOrder, type Order } from '../domain/order.ts'
import { staffTrailEventOf, trailEventOf, trailOf } from '../domain/trail.ts'
import type { OrderStatus } from '../events.ts'
import { listKey, type ListPosition } from '../keys.ts'
import type { CustomerDirectory, OrderList, OrderReader, OrderSlice, PaymentBalances } from '../ports.ts'
import * as routes from '../routes.ts'

/** A position in a list, which has the layout of an id. */
const OrderCursor = z.strictObject({
  after: z
    .string()
    .regex(orderIdPattern)
    .transform((position) => position as ListPosition),
})
const TrailCursor = z.strictObject({ seen: z.int().min(1) })

export const getOrderHandler = (orders: OrderReader) =>
  apiHandler(routes.getOrder, async ({ parameters, userId }) => {
    const order = await findOrder(orders, parameters.orderId, userId)
    return { status: 200, body: CustomerOrder.parse(order) }
  })

export const adminGetOrderHandler = ({
  orders,
  customers,
  payments,
}: {
  readonly orders: OrderReader
  readonly customers: Pick<CustomerDirectory, 'emailOf'>
  readonly payments: PaymentBalances
}) =>
  apiHandler(routes.adminGetOrder, async ({ parameters }) => {
    const order = await findOrder(orders, parameters.orderId)
    const [customerEmail, balance] = await Promise.all([
      customers.emailOf(order.customerId),
      payments.balanceOf(order.orderId),
    ])
    const { chargedBack = euros(0) } = balance ?? {}
    const refundable = refundableOf(order, balance?.refundable)
    const trail = trailOf(order).map(staffTrailEventOf)
    return { status: 200, body: { ...StaffOrder.parse(order), customerEmail, refundable, chargedBack, trail } }
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

/** How many orders a request reads at most to find those in a status; a page can be short, and still have a next one. */
const maxReadPages = 3
const readPageSize = 100

export const adminListOrdersHandler = ({
  orders,
  customers,
  now,
}: {
  readonly orders: OrderReader
  readonly customers: Pick<CustomerDirectory, 'find'>
  readonly now: () => Date
}) =>
  apiHandler(routes.adminListOrders, async ({ query: { limit, cursor, status, email } }) => {
    const after = decodeCursor(cursor, OrderCursor)?.after
    const customerId = email === undefined ? undefined : await customers.find(email)
    if (email !== undefined && customerId === undefined) return { status: 200, body: { items: [] } }
    const read = (slice: OrderSlice) =>
      customerId === undefined ? orders.recent(now(), slice) : orders.ofCustomer(customerId, slice)
    const page = await (status === undefined
      ? read({ size: limit, after })
      : readInStatus(read, { status, limit, after }))
    return { status: 200, body: toPage(page, StaffOrder) }
  })

/** There is no index by status, which each change of an order would write to. `last` is the position of the last order that was read. */
async function readInStatus(
  read: (slice: OrderSlice) => Promise<OrderList>,
  { status, limit, after }: { status: OrderStatus; limit: number; after: ListPosition | undefined },
): Promise<OrderPage> {
  const found: Order[] = []
  let last = after
  for (let page = 0; page < maxReadPages; page += 1) {
    const { orders, more } = await read({ size: readPageSize, after: last })
    for (const [index, order] of orders.entries()) {
      last = listKey(order)
      if (order.status === status) found.push(order)
      if (found.length === limit) return { orders: found, more: more || index < orders.length - 1, last }
    }
    if (!more) return { orders: found, more }
  }
  return { orders: found, more: true, last }
}

interface OrderPage extends OrderList {
  /** @default the last one of the page */
  readonly last?: ListPosition | undefined
}

function toPage({ orders, more, last }: OrderPage, view: z.ZodType) {
  const after = last ?? (orders.length > 0 ? listKey(orders.at(-1)!) : undefined)
  return {
    items: orders.map((order) => view.parse(order)),
    ...(more && after !== undefined ? { nextCursor: encodeCursor({ after }) } : {}),
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

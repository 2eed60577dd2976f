import * as z from 'zod'
import { idempotencyHeaders, idempotencyKeyProblem, idempotencyProblems } from '#shared/http/idempotency.ts'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { defineRoute } from '#shared/http/route.ts'
import { Sku } from '#shared/text.ts'
import { Address } from './domain/address.ts'
import { maxLines, maxPiecesPerLine } from './domain/lines.ts'
import { Order, orderTypes } from './domain/order.ts'
import { Receipt } from './domain/receipt.ts'

export const OrderRequest = z.strictObject({
  items: z
    .array(z.strictObject({ sku: Sku, quantity: z.int().min(1).max(maxPiecesPerLine) }))
    .min(1)
    .max(maxLines)
    .describe('Equal SKUs are merged into one line'),
  shippingAddress: Address,
  paymentToken: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 printable ASCII characters without spaces')
    .describe('What the payment provider understands; it enters no event and no log'),
  orderType: z.enum(orderTypes).default('standard'),
})

/** What customers see of their orders. */
export const CustomerOrder = Order.omit({ customerId: true })

export const TrailEvent = z.object({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  time: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
})

/** Any string: what is no order's id is answered as an absent order. */
const orderId = z.object({ orderId: z.string() })
const query = z.object(pageQuery)

export const placeOrderProblems = {
  ...idempotencyProblems,
  'profile-missing': { status: 409, title: 'The customer has no profile yet' },
  'order-contended': { status: 409, title: 'Another request is at work on the same order or customer' },
} as const

export const placeOrder = defineRoute({
  operationId: 'placeOrder',
  method: 'POST',
  path: '/orders',
  access: 'customer',
  summary: "Place an order at the catalogue's prices",
  entry: 'place-order',
  headers: idempotencyHeaders,
  headersProblem: idempotencyKeyProblem,
  body: OrderRequest,
  answers: { 201: { description: 'The order is kept; Location names it', schema: Receipt } },
  problems: placeOrderProblems,
})

export const listOrders = defineRoute({
  operationId: 'listOrders',
  method: 'GET',
  path: '/orders',
  access: 'customer',
  summary: 'Your orders, newest first',
  entry: 'list-orders',
  query,
  answers: { 200: { description: 'A page of your orders', schema: pageOf(CustomerOrder) } },
})

export const getOrder = defineRoute({
  operationId: 'getOrder',
  method: 'GET',
  path: '/orders/{orderId}',
  access: 'customer',
  summary: 'One of your orders',
  entry: 'get-order',
  parameters: orderId,
  answers: { 200: { description: 'The order', schema: CustomerOrder } },
})

export const listOrderEvents = defineRoute({
  operationId: 'listOrderEvents',
  method: 'GET',
  path: '/orders/{orderId}/events',
  access: 'customer',
  summary: 'What happened to one of your orders, oldest first',
  entry: 'list-order-events',
  parameters: orderId,
  query,
  answers: { 200: { description: 'A page of the audit trail', schema: pageOf(TrailEvent) } },
})

export const adminListOrders = defineRoute({
  operationId: 'adminListOrders',
  method: 'GET',
  path: '/admin/orders',
  access: 'staff',
  summary: "Everybody's orders of the last twelve months, newest first",
  entry: 'admin-list-orders',
  query,
  answers: { 200: { description: 'A page of orders', schema: pageOf(Order) } },
})

export const adminGetOrder = defineRoute({
  operationId: 'adminGetOrder',
  method: 'GET',
  path: '/admin/orders/{orderId}',
  access: 'staff',
  summary: 'Any order',
  entry: 'admin-get-order',
  parameters: orderId,
  answers: { 200: { description: 'The order', schema: Order } },
})

export const routes = [placeOrder, listOrders, getOrder, listOrderEvents, adminListOrders, adminGetOrder]

import * as z from 'zod'
import { quoteProblems } from '#services/pricing/problems.ts'
import { idempotencyHeaders, idempotencyKeyProblem, idempotencyProblems } from '#shared/http/idempotency.ts'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { rateLimitProblems } from '#shared/http/rate-limit.ts'
import { defineRoute } from '#shared/http/route.ts'
import { CustomerOrder, OrderRequest, Receipt, StaffOrder } from './domain/order.ts'
import { TrailEvent } from './domain/trail.ts'

/** Any string: a malformed id returns the same 404 as an unknown id. */
const orderId = z.object({ orderId: z.string() })
const query = z.object(pageQuery)

export const placeOrderProblems = {
  ...idempotencyProblems,
  ...rateLimitProblems,
  ...quoteProblems,
  'total-changed': { status: 409, title: 'The order costs something else than expected' },
  'order-contended': { status: 409, title: 'Another request changes the same order or customer' },
} as const

export const placeOrder = defineRoute({
  operationId: 'placeOrder',
  method: 'POST',
  path: '/orders',
  access: 'customer',
  summary: "Place an order at the catalog's prices",
  entry: 'place-order',
  headers: idempotencyHeaders,
  headersProblem: idempotencyKeyProblem,
  body: OrderRequest,
  answers: { 201: { description: 'The order is stored; Location is its path', schema: Receipt } },
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
  summary: 'The audit trail of one of your orders, oldest first',
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
  summary: "All customers' orders, newest first",
  entry: 'admin-list-orders',
  query,
  answers: { 200: { description: 'A page of orders', schema: pageOf(StaffOrder) } },
})

export const adminGetOrder = defineRoute({
  operationId: 'adminGetOrder',
  method: 'GET',
  path: '/admin/orders/{orderId}',
  access: 'staff',
  summary: 'Any order',
  entry: 'admin-get-order',
  parameters: orderId,
  answers: { 200: { description: 'The order', schema: StaffOrder } },
})

export const routes = [placeOrder, listOrders, getOrder, listOrderEvents, adminListOrders, adminGetOrder]

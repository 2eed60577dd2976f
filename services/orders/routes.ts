import * as z from 'zod'
import { quoteProblems } from '#services/pricing/problems.ts'
import { Quote } from '#services/pricing/totals.ts'
import { idempotencyHeaders, idempotencyKeyProblem, idempotencyProblems } from '#shared/http/idempotency.ts'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { rateLimitProblems } from '#shared/http/rate-limit.ts'
import { defineRoute } from '#shared/http/route.ts'
import { CustomerOrder, OrderRequest, Receipt, StaffOrder } from './domain/order.ts'
import { TrailEvent } from './domain/trail.ts'

/** Any string: a malformed id returns the same 404 as an unknown id. */
const orderId = z.object({ orderId: z.string() })
const example = { parameters: { orderId: 'ord_01M2P7Q8R9S0T1V2W3X4Y5Z6A7' } }
const query = z.object(pageQuery)

export const placeOrderProblems = {
  ...idempotencyProblems,
  ...rateLimitProblems,
  ...quoteProblems,
  'total-changed': {
    status: 409,
    title: 'The order costs something else than expected',
    extension: z.object({ quote: Quote.describe('What the order costs now; with the code total-changed') }),
  },
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
  example: {
    headers: { 'idempotency-key': 'f3b2c1d0-5a4e-4c6b-9d8e-7f6a5b4c3d2e' },
    body: {
      items: [{ sku: 'MUG-STONE-350', quantity: 2 }],
      shippingAddress: {
        name: 'Ada Buyer',
        line1: '1 Main Street',
        city: 'Cork',
        postalCode: 'T12 AB34',
        country: 'IE',
      },
      paymentToken: 'tok_ok',
    },
  },
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
  example,
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
  example,
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
  example,
  answers: { 200: { description: 'The order', schema: StaffOrder } },
})

export const routes = [placeOrder, listOrders, getOrder, listOrderEvents, adminListOrders, adminGetOrder]

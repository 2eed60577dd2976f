import * as z from 'zod'
import { quoteProblems } from '#services/pricing/problems.ts'
import { Quote } from '#services/pricing/totals.ts'
import { idempotencyHeaders, idempotencyKeyProblem, idempotencyProblems } from '#shared/http/idempotency.ts'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { rateLimitProblems } from '#shared/http/rate-limit.ts'
import { defineRoute } from '#shared/http/route.ts'
import { RequestedLines } from '#services/pricing/totals.ts'
import { Money } from '#shared/money.ts'
import { multiLine, singleLine } from '#shared/text.ts'
import { orderStatuses } from './events.ts'
import { CustomerOrder, OrderRequest, Receipt, StaffOrder } from './domain/order.ts'
import { StaffTrailEvent, TrailEvent } from './domain/trail.ts'

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
    title: 'The total differs from expectedTotal',
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
  responses: { 201: { description: 'The order is stored; Location is its path', schema: Receipt } },
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
  responses: { 200: { description: 'A page of your orders', schema: pageOf(CustomerOrder) } },
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
  responses: { 200: { description: 'The order', schema: CustomerOrder } },
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
  responses: { 200: { description: 'A page of the audit trail', schema: pageOf(TrailEvent) } },
})

export const adminListOrders = defineRoute({
  operationId: 'adminListOrders',
  method: 'GET',
  path: '/admin/orders',
  access: 'staff',
  summary: "All customers' orders, newest first",
  entry: 'admin-list-orders',
  query: query.extend({
    status: z.enum(orderStatuses).optional(),
    email: singleLine(254).optional().describe("The customer's email address"),
  }),
  responses: { 200: { description: 'A page of orders', schema: pageOf(StaffOrder) } },
})

const StaffOrderDetail = StaffOrder.extend({
  customerEmail: z.string().optional().describe('Absent when the customer deleted their account'),
  refundable: Money.optional().describe('What a refund would give back now; absent when none is possible'),
  chargedBack: Money.describe('What the customer’s bank has taken back, beyond refunds'),
  trail: z.array(StaffTrailEvent).describe('The audit trail, oldest first'),
})

export const adminGetOrder = defineRoute({
  operationId: 'adminGetOrder',
  method: 'GET',
  path: '/admin/orders/{orderId}',
  access: 'staff',
  summary: 'Any order, with its customer and audit trail',
  entry: 'admin-get-order',
  parameters: orderId,
  example,
  responses: { 200: { description: 'The order', schema: StaffOrderDetail } },
})

export const changeProblems = {
  'order-not-cancellable': { status: 409, title: 'The order can no longer be cancelled' },
  'order-not-returnable': { status: 409, title: 'Only a shipped order can be returned' },
  'return-period-over': { status: 409, title: 'The return period is over' },
  'order-not-refundable': { status: 409, title: 'Only a paid, unshipped order or a requested return can be refunded' },
  'refund-pending': { status: 409, title: 'The refund was already requested' },
  'return-not-requested': { status: 409, title: 'No return was requested' },
  'order-not-shipped': { status: 409, title: 'The order is not on its way' },
} as const

const only = <Code extends keyof typeof changeProblems>(...codes: readonly Code[]) =>
  Object.fromEntries(codes.map((code) => [code, changeProblems[code]])) as Pick<typeof changeProblems, Code>

export const cancelOrder = defineRoute({
  operationId: 'cancelOrder',
  method: 'POST',
  path: '/orders/{orderId}/cancel',
  access: 'customer',
  summary: 'Cancel one of your orders before it is shipped',
  entry: 'cancel-order',
  headers: idempotencyHeaders,
  headersProblem: idempotencyKeyProblem,
  parameters: orderId,
  example: { ...example, headers: { 'idempotency-key': '7f1c2b9e-2f4a-4a63-9a52-0d9a4c1be3aa' } },
  responses: { 200: { description: 'The order, CANCELLED; what was paid is refunded', schema: CustomerOrder } },
  problems: { ...idempotencyProblems, ...only('order-not-cancellable') },
})

export const ReturnRequest = z.strictObject({
  items: RequestedLines.describe('Pieces to send back; equal SKUs are merged'),
  reason: multiLine(500).describe('Shown to staff'),
})

export const requestReturn = defineRoute({
  operationId: 'requestReturn',
  method: 'POST',
  path: '/orders/{orderId}/returns',
  access: 'customer',
  summary: 'Send pieces of one of your orders back, once it is shipped and within 30 days of delivery',
  entry: 'request-return',
  headers: idempotencyHeaders,
  headersProblem: idempotencyKeyProblem,
  parameters: orderId,
  example: {
    ...example,
    headers: { 'idempotency-key': '7f1c2b9e-2f4a-4a63-9a52-0d9a4c1be3aa' },
    body: { items: [{ sku: 'MUG-STONE-350', quantity: 1 }], reason: 'The mug is too small' },
  },
  body: ReturnRequest,
  responses: { 201: { description: 'The order, RETURN_REQUESTED; staff decide', schema: CustomerOrder } },
  problems: { ...idempotencyProblems, ...only('order-not-returnable', 'return-period-over') },
})

export const adminRefundOrder = defineRoute({
  operationId: 'adminRefundOrder',
  method: 'POST',
  path: '/admin/orders/{orderId}/refund',
  access: 'staff',
  summary: 'Refund what a customer asked to send back, or cancel a paid order',
  entry: 'admin-refund-order',
  headers: idempotencyHeaders,
  headersProblem: idempotencyKeyProblem,
  parameters: orderId,
  example: { ...example, headers: { 'idempotency-key': '7f1c2b9e-2f4a-4a63-9a52-0d9a4c1be3aa' } },
  responses: { 202: { description: 'The order; the refund follows', schema: StaffOrder } },
  problems: { ...idempotencyProblems, ...only('order-not-refundable', 'refund-pending') },
})

export const adminDeliverOrder = defineRoute({
  operationId: 'adminDeliverOrder',
  method: 'POST',
  path: '/admin/orders/{orderId}/delivery',
  access: 'staff',
  summary: 'Mark a shipped order as delivered',
  entry: 'admin-deliver-order',
  parameters: orderId,
  example,
  responses: {
    200: {
      description: 'The order, DELIVERED, or RETURN_REQUESTED if a return was requested before',
      schema: StaffOrder,
    },
  },
  problems: only('order-not-shipped'),
})

export const adminRejectReturn = defineRoute({
  operationId: 'adminRejectReturn',
  method: 'POST',
  path: '/admin/orders/{orderId}/return-rejection',
  access: 'staff',
  summary: 'Reject a return',
  entry: 'admin-reject-return',
  parameters: orderId,
  example: { ...example, body: { reason: 'The mug was used' } },
  body: z.strictObject({ reason: multiLine(500).describe('Shown to the customer') }),
  responses: { 200: { description: 'The order, DELIVERED', schema: StaffOrder } },
  problems: only('return-not-requested', 'refund-pending'),
})

export const routes = [
  placeOrder,
  listOrders,
  getOrder,
  listOrderEvents,
  cancelOrder,
  requestReturn,
  adminListOrders,
  adminGetOrder,
  adminRefundOrder,
  adminDeliverOrder,
  adminRejectReturn,
]

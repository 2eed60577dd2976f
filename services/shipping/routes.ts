import * as z from 'zod'
import { defineRoute } from '#shared/http/route.ts'
import { webhookProblems } from '#shared/http/webhook.ts'

export const carrierSignatureHeader = 'carrier-signature'

/** A carrier may add members at any time, so unlike in other bodies unknown members are accepted. */
const Report = z.looseObject({
  id: z.string().min(1).max(255).describe('The same each time the carrier reports the same'),
  type: z.string().min(1).max(100).describe('`parcel.delivered`; any other type is accepted and has no effect'),
  data: z.looseObject({
    reference: z.string().min(1).max(100).describe('The id of the order, under which the parcel was created'),
  }),
})

export const receiveCarrierWebhook = defineRoute({
  operationId: 'receiveCarrierWebhook',
  method: 'POST',
  path: '/webhooks/carrier',
  access: 'public',
  summary: 'For the carrier: reports the delivery of a parcel, with a signature no older than five minutes',
  entry: 'receive-webhook',
  headers: z.object({
    [carrierSignatureHeader]: z
      .string()
      .describe('`t=<unix seconds>,v1=<hex>`: the HMAC-SHA256 of `<t>.<body>`')
      .optional(),
  }),
  body: Report,
  example: {
    body: { id: 'rep_1', type: 'parcel.delivered', data: { reference: 'ord_01KAHZ3V8G5WQ2N7R4X6T9B0CD' } },
  },
  responses: {
    200: {
      description: 'Received, even if it is repeated or has no effect',
      schema: z.object({ received: z.literal(true) }),
    },
  },
  problems: webhookProblems,
})

/** Any string: a malformed id returns the same 404 as an unknown id. */
const parameters = z.object({ orderId: z.string() })
const example = { parameters: { orderId: 'ord_01M2P7Q8R9S0T1V2W3X4Y5Z6A7' } }

const responses = {
  200: {
    description: 'The presigned URL of the PDF',
    schema: z.object({ url: z.string().describe('Valid for five minutes') }),
  },
}

export const labelProblems = {
  'no-shipment': { status: 409, title: 'The order has no parcel' },
} as const

export const adminGetLabel = defineRoute({
  operationId: 'adminGetLabel',
  method: 'GET',
  path: '/admin/orders/{orderId}/label',
  access: 'staff',
  summary: "The shipping label of an order's parcel, as PDF",
  entry: 'admin-get-label',
  parameters,
  example,
  responses,
  problems: labelProblems,
})

export const invoiceProblems = {
  'no-invoice': { status: 409, title: 'The order is not paid, or was cancelled' },
} as const

export const adminGetInvoice = defineRoute({
  operationId: 'adminGetInvoice',
  method: 'GET',
  path: '/admin/orders/{orderId}/invoice',
  access: 'staff',
  summary: 'The invoice of an order, as PDF',
  entry: 'admin-get-invoice',
  parameters,
  example,
  responses,
  problems: invoiceProblems,
})

export const getInvoice = defineRoute({
  operationId: 'getInvoice',
  method: 'GET',
  path: '/orders/{orderId}/invoice',
  access: 'customer',
  summary: 'The invoice of one of your orders, as PDF',
  entry: 'get-invoice',
  parameters,
  example,
  responses,
  problems: invoiceProblems,
})

export const routes = [receiveCarrierWebhook, adminGetLabel, adminGetInvoice, getInvoice]

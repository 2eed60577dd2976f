import * as z from 'zod'
import { defineRoute } from '#shared/http/route.ts'
import { webhookProblems } from '#shared/http/webhook.ts'

const signature = z.string().describe('`t=<unix seconds>,v1=<hex>`: the HMAC-SHA256 of `<t>.<body>`').optional()

/** A provider may add members at any time, so unlike in other bodies unknown members are accepted. */
const Notification = z.looseObject({
  id: z.string().min(1).max(255).describe('The same each time the provider reports the same'),
  type: z.string().min(1).max(100),
  data: z.looseObject({}),
})

export const receivePaymentWebhook = defineRoute({
  operationId: 'receivePaymentWebhook',
  method: 'POST',
  path: '/webhooks/payments',
  access: 'public',
  summary:
    'For the payment provider: reports a charge, a refund or a dispute, with a signature no older than five minutes',
  entry: 'receive-webhook',
  headers: z.object({ 'sandbox-signature': signature, 'stripe-signature': signature }),
  body: Notification,
  example: {
    body: {
      id: 'evt_1',
      type: 'charge.disputed',
      data: { reference: 'ord_01KAHZ3V8G5WQ2N7R4X6T9B0CD', amount: { amount: 1990, currency: 'EUR' } },
    },
  },
  responses: {
    200: {
      description: 'Received, even if it is repeated or has no effect',
      schema: z.object({ received: z.literal(true) }),
    },
  },
  problems: webhookProblems,
})

export const routes = [receivePaymentWebhook]

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { OrderCancelled } from '#services/orders/events.ts'
import { signatureOf } from '#shared/http/webhook.ts'
import { euros } from '#shared/money.ts'
import { orderEvent } from '#test/support/order-event.ts'
import { orderBody } from '#test/support/shop.ts'
import type { Flow, Visit } from '#test/least-privilege/flow.ts'
import { paymentKey, sandboxChargeKey, unfinishedIndexKeys } from '../keys.ts'

/** Reads and writes items as an administrator. */
function tableOf({ aws, output }: Visit) {
  const table = DynamoDBDocumentClient.from(aws.dynamodb)
  const TableName = output('TableName')
  return {
    put: (Item: object) => table.send(new PutCommand({ TableName, Item })),
    payment: async (orderId: string) =>
      (await table.send(new GetCommand({ TableName, Key: paymentKey(orderId), ConsistentRead: true }))).Item,
  }
}

/** Waits for an order that is paid with a token to have one of some statuses. */
async function orderWith({ shop, awaited }: Visit, paymentToken: string, ...statuses: string[]): Promise<string> {
  const { token } = await shop.newCustomer()
  const sku = await shop.skuOf(5)
  await shop.setStock(sku, 10)
  const headers = { 'idempotency-key': randomUUID() }
  const body = { ...orderBody([{ sku, quantity: 1 }]), paymentToken }
  const { orderId } = (await shop.api('POST', '/orders', { token, headers, body })).body
  await awaited(`order ${orderId} to be ${statuses.join(' or ')}`, async () =>
    statuses.includes((await shop.orderOf(token, orderId)).status),
  )
  return orderId
}

async function report({ shop, aws, output }: Visit, body: object): Promise<number> {
  const SecretId = `${output('EventBusName')}-payments-webhook`
  const { SecretString } = await aws.secrets.send(new GetSecretValueCommand({ SecretId }))
  const text = JSON.stringify(body)
  const headers = { 'sandbox-signature': signatureOf(text, { secret: SecretString!, time: new Date() }) }
  return (await shop.api('POST', '/webhooks/payments', { headers, body })).status
}

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()

/** Services beyond payments that bring an order to its payment. */
const needs = ['inventory']

export const flows: readonly Flow[] = [
  {
    name: 'an order is paid, cancelled and refunded',
    needs,
    async run(visit) {
      const { payment } = tableOf(visit)
      const orderId = await orderWith(visit, 'tok_timeout_after_charge', 'PAID', 'SHIPPED', 'DELIVERED')
      const { amount } = (await payment(orderId))!
      const fields = { orderId, status: 'CANCELLED', reason: 'customer' } as const
      const { source, type, metadata, data } = orderEvent(OrderCancelled, fields, { version: 9 })
      await visit.redeliver('payments-settle-orders', { source, 'detail-type': type, detail: { metadata, data } })
      assert.deepEqual((await payment(orderId))!['refunds'], [{ refundId: `${orderId}/9`, amount }])
    },
  },
  {
    name: 'the payment provider reports a charge that came too late',
    needs,
    async run(visit) {
      const { put } = tableOf(visit)
      const orderId = await orderWith(visit, 'tok_declined', 'PAYMENT_FAILED')
      await put({ ...sandboxChargeKey(orderId), charged: true, amount: euros(700), refunded: 0, refunds: [] })
      const data = { reference: orderId, amount: euros(700) }
      assert.equal(await report(visit, { id: `evt_${randomUUID()}`, type: 'charge.captured', data }), 200)
    },
  },
  {
    name: 'the payment provider reports a dispute',
    needs,
    async run(visit) {
      const { payment } = tableOf(visit)
      const orderId = await orderWith(visit, 'tok_ok', 'PAID', 'SHIPPED', 'DELIVERED')
      const data = { reference: orderId, amount: euros(1) }
      assert.equal(await report(visit, { id: `evt_${randomUUID()}`, type: 'charge.disputed', data }), 200)
      assert.deepEqual((await payment(orderId))!['chargedBack'], euros(1))
    },
  },
  {
    name: 'a stuck payment is resolved',
    needs,
    leavesWork: true,
    async run(visit) {
      const { put, payment } = tableOf(visit)
      const orderId = await orderWith(visit, 'tok_declined', 'PAYMENT_FAILED')
      const since = inMinutes(-20)
      await put({
        ...paymentKey(orderId),
        ...unfinishedIndexKeys({ orderId, since }),
        orderId,
        version: 7,
        status: 'capturing',
        token: 'tok_declined',
        amount: euros(700),
        reservedUntil: inMinutes(-5),
        since,
        cause: { correlationId: 'a', causationId: 'b' },
        unfinished: true,
      })
      await visit.runSchedule('payments-find-stuck-payments')
      assert.equal((await payment(orderId))!['status'], 'declined')
    },
  },
  {
    name: 'a refund that got no response is made',
    needs,
    leavesWork: true,
    async run(visit) {
      const { put, payment } = tableOf(visit)
      const orderId = await orderWith(visit, 'tok_ok', 'PAID', 'SHIPPED', 'DELIVERED')
      const before = (await payment(orderId))!
      const [refundsUnfinishedSince, refund] = [inMinutes(-20), { refundId: `${orderId}/9`, amount: euros(1) }]
      await put({
        ...before,
        ...unfinishedIndexKeys({ orderId, since: refundsUnfinishedSince }),
        refunds: [{ ...refund, pending: { correlationId: 'a', causationId: 'b' } }],
        refundsUnfinishedSince,
      })
      await visit.runSchedule('payments-find-stuck-payments')
      assert.deepEqual((await payment(orderId))!['refunds'], [refund])
    },
  },
]

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { OrderCancelled, OrderPaid } from '#services/orders/events.ts'
import { signatureOf } from '#shared/http/webhook.ts'
import { newId } from '#shared/ids.ts'
import type { Flow, Visit } from '#test/least-privilege/flow.ts'
import { orderEvent } from '#test/support/order-event.ts'
import { orderBody } from '#test/support/shop.ts'
import { sandboxParcelKey, shipmentKey } from '../keys.ts'

const tableOf = ({ aws, output }: Visit) => {
  const client = DynamoDBDocumentClient.from(aws.dynamodb)
  const TableName = output('TableName')
  return {
    put: (Item: Record<string, unknown>) => client.send(new PutCommand({ TableName, Item })),
    find: async (Key: Record<string, unknown>) => (await client.send(new GetCommand({ TableName, Key }))).Item,
  }
}

/** As the relay does, for an order that no other service knows. */
async function publish(
  { aws, output }: Visit,
  { source, type, metadata, data }: Pick<ReturnType<typeof orderEvent>, 'source' | 'type' | 'metadata' | 'data'>,
): Promise<void> {
  const entry = { EventBusName: output('EventBusName'), Source: source, DetailType: type }
  const Detail = JSON.stringify({ metadata, data })
  const { FailedEntryCount } = await aws.events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail }] }))
  assert.equal(FailedEntryCount, 0)
}

/** Places an order, which is paid and sent. @returns its id, once it is delivered, and its customer's token */
async function deliveredOrder({ shop, awaited }: Visit, orderType: 'standard' | 'express') {
  const sku = await shop.skuOf(11)
  await shop.setStock(sku, 10)
  const { token } = await shop.newCustomer()
  const headers = { 'idempotency-key': randomUUID() }
  const body = { ...orderBody([{ sku, quantity: 1 }]), orderType }
  const placed = await shop.api('POST', '/orders', { token, headers, body })
  assert.equal(placed.status, 201)
  const orderId: string = placed.body.orderId
  await awaited(`${orderId} to be delivered`, async () => (await shop.orderOf(token, orderId)).status === 'DELIVERED')
  return { orderId, token }
}

const needs = ['inventory', 'payments']

export const flows: readonly Flow[] = [
  {
    name: 'a paid standard order is sent and delivered, with a label and invoices',
    needs,
    async run(visit) {
      const { orderId, token } = await deliveredOrder(visit, 'standard')
      const staffToken = await visit.shop.staffToken()
      for (const [path, caller] of [
        [`/admin/orders/${orderId}/label`, staffToken],
        [`/admin/orders/${orderId}/invoice`, staffToken],
        [`/orders/${orderId}/invoice`, token],
      ] as const) {
        const { status, body } = await visit.shop.api('GET', path, { token: caller })
        assert.equal(status, 200)
        assert.match(await (await fetch(body.url)).text(), /^%PDF/)
      }
    },
  },
  {
    name: 'an express order is sent, and the carrier reports its delivery',
    needs,
    async run(visit) {
      const { put, find } = tableOf(visit)
      const { orderId } = await deliveredOrder(visit, 'express')
      const shipment = (await find(shipmentKey(orderId)))!
      // As it was before the sandbox's delivery; the order ignores a second one.
      await put({ ...shipment, status: 'created' })
      const body = { id: 'rep_1', type: 'parcel.delivered', data: { reference: orderId } }
      const SecretId = `${visit.output('EventBusName')}-carrier-webhook`
      const { SecretString } = await visit.aws.secrets.send(new GetSecretValueCommand({ SecretId }))
      const signature = signatureOf(JSON.stringify(body), { secret: SecretString!, time: new Date() })
      const headers = { 'carrier-signature': signature }
      assert.equal((await visit.shop.api('POST', '/webhooks/carrier', { headers, body })).status, 200)
      assert.equal((await find(shipmentKey(orderId)))!['status'], 'delivered')
    },
  },
  {
    name: 'the parcel of a cancelled order is void, whichever comes first',
    async run(visit) {
      const { put, find } = tableOf(visit)
      const orderId = newId('ord', new Date())
      const parcel = sandboxParcelKey(orderId)
      const isVoid = async () => (await find(parcel))?.['isVoid'] === true
      for (const event of [
        orderEvent(OrderCancelled, { orderId, status: 'CANCELLED', reason: 'customer' }, { version: 4 }),
        orderEvent(OrderPaid, { orderId, orderType: 'express', status: 'PAID' }, { version: 3 }),
      ]) {
        // As an attempt leaves it that was interrupted after the carrier had created the parcel.
        await put({ ...parcel, createdAt: new Date().toISOString(), isVoid: false })
        await publish(visit, event)
        await visit.awaited(`the parcel of ${orderId} to be void after ${event.type}`, isVoid)
      }
    },
  },
]

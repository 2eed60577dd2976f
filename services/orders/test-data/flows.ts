import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { signIn } from '#scripts/lib/sign-in.ts'
import { dayMs } from '#shared/days.ts'
import { newId } from '#shared/ids.ts'
import type { Flow, Visit } from '#test/least-privilege/flow.ts'
import type { Shop } from '#test/support/shop.ts'
import { indexKeys, orderKey } from '../keys.ts'

/** The same request twice: the second one returns the stored response. */
async function repeated(
  shop: Shop,
  method: string,
  path: string,
  { status, ...call }: { token: string; status: number; body?: object },
): Promise<void> {
  const headers = { 'idempotency-key': randomUUID() }
  for (const replayed of [null, 'true']) {
    const response = await shop.api(method, path, { ...call, headers })
    assert.equal(response.status, status)
    assert.equal(response.headers.get('idempotent-replayed'), replayed)
  }
}

/** The same order in the status SHIPPED, under another id, so that no other service reacts to it. */
async function copyAsShipped({ aws, output }: Visit, orderId: string, time = new Date()): Promise<string> {
  const table = DynamoDBDocumentClient.from(aws.dynamodb)
  const TableName = output('TableName')
  const { Item } = await table.send(new GetCommand({ TableName, Key: orderKey(orderId), ConsistentRead: true }))
  const { events: _events, eventId: _eventId, ...order } = Item as Record<string, any> & { customerId: string }
  const copy = { ...order, orderId: newId('ord', time), placedAt: time.toISOString(), status: 'SHIPPED' }
  const keys = { ...orderKey(copy.orderId), ...indexKeys(copy) }
  await table.send(new PutCommand({ TableName, Item: { ...copy, ...keys } }))
  return copy.orderId
}

export const flows: readonly Flow[] = [
  {
    name: 'customer and staff read orders',
    async run({ shop }) {
      const { token, email } = await shop.newCustomer()
      const { status: placedStatus, body: placed } = await shop.placeOrder(token, [
        { sku: await shop.skuOf(8), quantity: 1 },
      ])
      assert.equal(placedStatus, 201)
      const asStaff = { token: await shop.staffToken() }
      for (const { path, call } of [
        { path: '/orders', call: { token } },
        { path: '/admin/orders', call: asStaff },
      ]) {
        const { status, body } = await shop.api('GET', path, call)
        assert.equal(status, 200)
        assert.ok(body.items.some(({ orderId }: { orderId: string }) => orderId === placed.orderId))
      }
      assert.equal((await shop.api('GET', `/orders/${placed.orderId}`, { token })).status, 200)
      assert.equal((await shop.api('GET', `/orders/${placed.orderId}/events`, { token })).status, 200)
      const { body: detail } = await shop.api('GET', `/admin/orders/${placed.orderId}`, asStaff)
      assert.equal(detail.customerEmail, email)
    },
  },
  {
    name: 'staff look up the orders of a customer by email address',
    async run({ shop }) {
      const { token, email } = await shop.newCustomer()
      const { body: placed } = await shop.placeOrder(token, [{ sku: await shop.skuOf(8), quantity: 1 }])
      const path = `/admin/orders?email=${encodeURIComponent(email)}`
      const { status, body } = await shop.api('GET', path, { token: await shop.staffToken() })
      assert.equal(status, 200)
      assert.deepEqual(
        body.items.map(({ orderId }: { orderId: string }) => orderId),
        [placed.orderId],
      )
    },
  },
  {
    name: 'a customer cancels an order, and deletes the account',
    async run({ shop, awaited }) {
      const { token } = await shop.newCustomer()
      const { body: placed } = await shop.placeOrder(
        token,
        [{ sku: await shop.skuOf(8), quantity: 1 }],
        {},
        { paymentToken: 'tok_ok' },
      )
      await repeated(shop, 'POST', `/orders/${placed.orderId}/cancel`, { token, status: 200 })
      assert.equal((await shop.api('DELETE', '/me', { token })).status, 202)
      const asStaff = { token: await shop.staffToken() }
      await awaited('the order to be anonymised', async () => {
        const { body } = await shop.api('GET', `/admin/orders/${placed.orderId}`, asStaff)
        return body.shippingAddress.name === 'Deleted'
      })
    },
  },
  {
    name: 'staff mark an order as delivered, and reject its return',
    async run(visit) {
      const { shop } = visit
      const { token } = await shop.newCustomer()
      const staff = await shop.staffToken()
      const items = [{ sku: await shop.skuOf(8), quantity: 1 }]
      const { body: placed } = await shop.placeOrder(token, items)
      const orderId = await copyAsShipped(visit, placed.orderId)
      const asStaff = { token: staff, body: { reason: 'test' } }
      assert.equal((await shop.api('POST', `/admin/orders/${orderId}/delivery`, { token: staff })).status, 200)
      const body = { items, reason: 'test' }
      await repeated(shop, 'POST', `/orders/${orderId}/returns`, { token, status: 201, body })
      assert.equal((await shop.api('POST', `/admin/orders/${orderId}/return-rejection`, asStaff)).status, 200)
    },
  },
  {
    name: 'an order is sent back and refunded',
    needs: ['inventory', 'payments', 'shipping'],
    async run({ shop, awaited }) {
      const { token } = await shop.newCustomer()
      const sku = await shop.skuOf(4)
      await shop.setStock(sku, 5)
      const items = [{ sku, quantity: 1 }]
      const { body: placed } = await shop.placeOrder(token, items, {}, { paymentToken: 'tok_ok' })
      const { orderId } = placed
      const reached = (status: string) =>
        awaited(`the order to be ${status}`, async () => (await shop.orderOf(token, orderId)).status === status)
      await reached('DELIVERED')
      const body = { items, reason: 'test' }
      await repeated(shop, 'POST', `/orders/${orderId}/returns`, { token, status: 201, body })
      const refund = { token: await shop.staffToken(), status: 202 }
      await repeated(shop, 'POST', `/admin/orders/${orderId}/refund`, refund)
      await reached('REFUNDED')
    },
  },
  {
    name: 'orders are checked for waiting',
    needs: ['shipping'],
    async run(visit) {
      const { token } = await visit.shop.newCustomer()
      const { body } = await visit.shop.placeOrder(token, [{ sku: await visit.shop.skuOf(8), quantity: 1 }])
      await copyAsShipped(visit, body.orderId, new Date(Date.now() - 7 * dayMs - 30 * 60_000))
      await visit.runSchedule('orders-find-waiting-orders')
    },
  },
  {
    name: 'a customer whom no sign-up registered places an order',
    async run({ shop }) {
      const email = `buyer.${randomUUID()}@example.com`
      const token = await signIn(shop.deployment, { email, isCreatedByAdministrator: true })
      const { status } = await shop.placeOrder(token, [{ sku: await shop.skuOf(8), quantity: 1 }])
      assert.equal(status, 201)
    },
  },
  {
    name: 'an order with an unknown SKU is rejected',
    async run({ shop }) {
      const { token } = await shop.newCustomer()
      assert.equal((await shop.placeOrder(token, [{ sku: 'NO-SUCH-THING', quantity: 1 }])).status, 422)
    },
  },
]

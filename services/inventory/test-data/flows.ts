import { hasReached } from '#scripts/lib/api-client.ts'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { indexKeys, orderKey } from '#services/orders/keys.ts'
import { newId } from '#shared/ids.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'staff adjust the stock',
    async run({ shop }) {
      const sku = await shop.skuOf(9)
      await shop.setStock(sku, 20)
      const token = await shop.staffToken()
      const headers = { 'idempotency-key': randomUUID() }
      for (const replayed of [null, 'true']) {
        const added = await shop.api('PUT', `/admin/inventory/${sku}`, { token, headers, body: { add: 2 } })
        assert.equal(added.status, 200)
        assert.equal(added.headers.get('idempotent-replayed'), replayed)
      }
      assert.equal((await shop.stockOf(sku)).available, 22)
    },
  },
  {
    name: 'an order is reserved',
    async run({ shop, decided }) {
      const sku = await shop.skuOf(6)
      await shop.setStock(sku, 10)
      const { token } = await shop.newCustomer()
      const placed = await shop.placeOrder(token, [{ sku, quantity: 2 }])
      assert.equal(placed.status, 201)
      const order = await decided(token, placed.body.orderId)
      assert.ok(hasReached(order.status, 'RESERVED'))
      const trail = await shop.api('GET', `/orders/${order.orderId}/events`, { token })
      assert.ok(trail.body.items.length >= 3)
    },
  },
  {
    name: 'an order that exceeds the stock is rejected',
    async run({ shop, decided }) {
      const sku = await shop.skuOf(7)
      await shop.setStock(sku, 2)
      const { token } = await shop.newCustomer()
      const { body } = await shop.placeOrder(token, [{ sku, quantity: 3 }])
      assert.equal((await decided(token, body.orderId)).status, 'REJECTED')
    },
  },
  {
    name: 'orders are checked for being stuck',
    leavesWork: true,
    async run({ shop, aws, output, runSchedule }) {
      const { token } = await shop.newCustomer()
      const { body } = await shop.placeOrder(token, [{ sku: await shop.skuOf(8), quantity: 1 }])
      const table = DynamoDBDocumentClient.from(aws.dynamodb)
      const TableName = output('TableName')
      const { Item: order } = await table.send(new GetCommand({ TableName, Key: orderKey(body.orderId) }))
      // The same order, placed 20 minutes ago.
      const time = new Date(Date.now() - 20 * 60_000)
      const old = { ...(order as { customerId: string }), orderId: newId('ord', time), placedAt: time.toISOString() }
      await table.send(new PutCommand({ TableName, Item: { ...old, ...orderKey(old.orderId), ...indexKeys(old) } }))
      await runSchedule('orders-find-stuck-orders')
    },
  },
]

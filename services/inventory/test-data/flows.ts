import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { indexKeys, orderKey } from '#services/orders/keys.ts'
import { createDocumentClient } from '#shared/dynamodb/table.ts'
import { newId } from '#shared/ids.ts'
import type { Flow } from '#test/least-privilege/flow.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { allocate } from '../domain/allocate.ts'
import { cancellationOf } from '../domain/stock.fixture.ts'

export const flows: readonly Flow[] = [
  {
    name: 'staff adjust the stock',
    async run({ shop, awaited }) {
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
      for (const path of ['/admin/inventory', '/admin/inventory?low=true']) {
        assert.equal((await shop.api('GET', path, { token })).status, 200)
      }
      await awaited('the adjustment to be in the ledger', async () => {
        const { body } = await shop.api('GET', `/admin/inventory/${sku}/movements`, { token })
        return body.items[0]?.available === 2
      })
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
      assert.notEqual(order.status, 'REJECTED')
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
    name: 'the pieces of a cancelled order are released',
    async run({ shop, awaited, decided }) {
      const sku = await shop.skuOf(6)
      await shop.setStock(sku, 10)
      const { token } = await shop.newCustomer()
      const { body } = await shop.placeOrder(token, [{ sku, quantity: 2 }], {}, { paymentToken: 'tok_ok' })
      await decided(token, body.orderId)
      const headers = { 'idempotency-key': randomUUID() }
      const cancelled = await shop.api('POST', `/orders/${body.orderId}/cancel`, { token, headers })
      assert.equal(cancelled.status, 200)
      await awaited('the pieces to be available', async () => (await shop.stockOf(sku)).available === 10)
    },
  },
  {
    name: 'the pieces of an order that is never paid are released',
    needs: ['payments'],
    leavesWork: true,
    async run({ shop, aws, output, runSchedule }) {
      const sku = await shop.skuOf(6)
      await shop.setStock(sku, 10)
      const table = { client: createDocumentClient(aws.dynamodb), name: output('TableName') }
      const { token } = await shop.newCustomer()
      const { body } = await shop.placeOrder(token, [{ sku, quantity: 11 }])
      const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: orderKey(body.orderId) }))
      const { events: _, eventId: _id, ...order } = Item as Record<string, unknown> & { customerId: string }
      // The same order, as one that is still to be paid, and as one that is paid; both were reserved an hour ago.
      const time = new Date(Date.now() - 60 * 60_000)
      for (const status of ['RESERVED', 'PAID']) {
        const orderId = newId('ord', time)
        const old = { ...order, orderId, status, placedAt: time.toISOString() }
        const request = { ...cancellationOf(orderId), lines: [{ sku, quantity: 1 }] }
        const { stocks } = await stockTable(table).read({ skus: [sku], orderIds: [] })
        const context = { time, lowStockThreshold: 1, holdMs: 1 }
        const held = allocate(stocks, [request], context)
        // Without StockReserved, for which orders would look for the order before it is there.
        const reservations = held.reservations.map(({ reservation }) => ({ reservation, events: [] }))
        await stockTable(table).commit({ ...held, reservations })
        await table.client.send(
          new PutCommand({ TableName: table.name, Item: { ...old, ...orderKey(orderId), ...indexKeys(old) } }),
        )
      }
      // Its schedule may have run it in between.
      await runSchedule('inventory-release-expired')
      assert.equal((await shop.stockOf(sku)).available, 9)
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

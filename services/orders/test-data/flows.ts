import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { signIn } from '#scripts/lib/sign-in.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'customer and staff read orders',
    async run({ shop }) {
      const { token } = await shop.newCustomer()
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
      assert.equal((await shop.api('GET', `/admin/orders/${placed.orderId}`, asStaff)).status, 200)
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

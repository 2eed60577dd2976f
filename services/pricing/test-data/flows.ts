import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { orderBody, type Shop } from '#test/support/shop.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

/** A new code with one use. */
async function singleUse(shop: Shop): Promise<string> {
  const code = `FLOW-${randomUUID().slice(0, 8)}`
  const body = { percentage: 10, maximumUses: 1 }
  const { status } = await shop.api('PUT', `/admin/discounts/${code}`, { token: await shop.staffToken(), body })
  assert.equal(status, 200)
  return code
}

async function usesOf(shop: Shop, code: string): Promise<number | undefined> {
  const { body } = await shop.api('GET', '/admin/discounts?limit=100', { token: await shop.staffToken() })
  return body.items.find((discount) => discount.code === code)?.uses
}

const order = async (shop: Shop, token: string, discountCode: string, quantity = 1) =>
  shop.api('POST', '/orders', {
    token,
    headers: { 'idempotency-key': randomUUID() },
    body: { ...orderBody([{ sku: await shop.skuOf(12), quantity }]), discountCode },
  })

export const flows: readonly Flow[] = [
  {
    name: 'an order takes the only use of a discount after a quote',
    async run({ shop, awaited }) {
      const code = await singleUse(shop)
      const body = { items: [{ sku: await shop.skuOf(12), quantity: 1 }], country: 'IE', discountCode: code }
      const quote = await shop.api('POST', '/quotes', { body })
      assert.equal(quote.status, 200)
      const { token } = await shop.newCustomer()
      const placed = await order(shop, token, code)
      assert.deepEqual([placed.status, placed.body.total], [201, quote.body.total])
      assert.equal((await order(shop, token, code)).status, 422)
      await awaited('the discount in the list', async () => (await usesOf(shop, code)) === 1)
    },
  },
  {
    name: 'a rejected order gives the use of its discount back',
    needs: ['inventory'],
    async run({ shop, decided, awaited }) {
      const code = await singleUse(shop)
      const { token } = await shop.newCustomer()
      await shop.setStock(await shop.skuOf(12), 10)
      const { body } = await order(shop, token, code, 99)
      assert.equal((await decided(token, body.orderId)).status, 'REJECTED')
      await awaited('the use that is given back', async () => (await usesOf(shop, code)) === 0)
    },
  },
]

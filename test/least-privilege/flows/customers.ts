import assert from 'node:assert/strict'
import { mailsTo } from '#scripts/lib/api-client.ts'
import type { Flow } from '../flow.ts'

export const customerFlows: readonly Flow[] = [
  {
    name: 'a customer signs up and is welcomed',
    async run({ shop, awaited }) {
      const { email, token } = await shop.newCustomer()
      const { status, body } = await shop.api('GET', '/me', { token })
      assert.equal(status, 200)
      assert.equal(body.email, email)
      await awaited(`the mail that welcomes ${email}`, async () => (await mailsTo(shop.deployment, email)).length > 0)
    },
  },
  {
    name: 'anybody asks what is public',
    async run({ shop }) {
      assert.equal((await shop.api('GET', '/health')).status, 200)
      assert.equal((await shop.api('GET', '/openapi.json')).status, 200)
      assert.equal((await shop.api('GET', '/no/such/path')).status, 404)
    },
  },
  {
    name: 'anybody looks through the catalogue',
    async run({ shop }) {
      const list = async (query: string) => {
        const { status, body } = await shop.api('GET', `/products?limit=3${query}`)
        assert.equal(status, 200)
        assert.equal(body.items.length, 3)
        return body.items[0]
      }
      const { category, productId } = await list('')
      await list('&sort=price')
      assert.equal((await shop.api('GET', `/products?category=${category}&sort=-price`)).status, 200)
      assert.equal((await shop.api('GET', `/products/${productId}`)).status, 200)
    },
  },
  {
    name: 'staff count the stock',
    async run({ shop }) {
      const sku = await shop.skuOf(9)
      await shop.setStock(sku, 20)
      const token = await shop.staffToken()
      const added = await shop.api('PUT', `/admin/inventory/${sku}`, { token, body: { add: 2 } })
      assert.equal(added.status, 200)
      assert.equal((await shop.stockOf(sku)).available, 22)
    },
  },
]

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Flow } from '#test/least-privilege/flow.ts'

/** The most expensive product, so that the order of the others by price stays. */
const newProduct = () => ({
  sku: `FLOW-${randomUUID().slice(0, 8).toUpperCase()}`,
  name: 'Sample',
  description: 'Added by a test.',
  category: 'home',
  price: { amount: 10_000_000, currency: 'EUR' },
})

export const flows: readonly Flow[] = [
  {
    name: 'staff add a product, and change it',
    async run({ shop }) {
      const token = await shop.staffToken()
      const plain = await shop.api('POST', '/admin/products', { token, body: newProduct() })
      assert.equal(plain.status, 201)
      const once = { token, headers: { 'idempotency-key': randomUUID() }, body: newProduct() }
      for (const replayed of [null, 'true']) {
        const added = await shop.api('POST', '/admin/products', once)
        assert.equal(added.status, 201)
        assert.equal(added.headers.get('idempotent-replayed'), replayed)
      }
      const path = `/admin/products/${plain.body.productId}`
      const read = await shop.api('GET', path, { token })
      const headers = { 'if-match': read.headers.get('etag')! }
      const archived = await shop.api('PATCH', path, { token, headers, body: { status: 'archived' } })
      assert.equal(archived.status, 200)
      const list = await shop.api('GET', '/admin/products?status=archived', { token })
      assert.ok(list.body.items.some(({ sku }) => sku === plain.body.sku))
    },
  },
  {
    name: 'a product shows whether it is in stock',
    needs: ['inventory'],
    async run({ shop, awaited }) {
      const sku = await shop.skuOf(10)
      const shows = (availability: string) =>
        awaited(`${sku} to be ${availability}`, async () => {
          const { body } = await shop.api('GET', `/products/${sku.toLowerCase()}`)
          return body.availability === availability
        })
      await shop.setStock(sku, 0)
      await shows('out-of-stock')
      await shop.setStock(sku, 30)
      await shows('in-stock')
      // Leads to no other availability, so what is stored is only read.
      const { token } = await shop.newCustomer()
      assert.equal((await shop.placeOrder(token, [{ sku, quantity: 1 }])).status, 201)
    },
  },
  {
    name: 'a client browses the catalog',
    async run({ shop }) {
      const list = async (query: string) => {
        const { status, body } = await shop.api('GET', `/products?limit=3${query}`)
        assert.equal(status, 200)
        assert.equal(body.items.length, 3)
        return body.items[0]!
      }
      const { category, productId } = await list('')
      await list('&sort=price')
      assert.equal((await shop.api('GET', `/products?category=${category}&sort=-price`)).status, 200)
      assert.equal((await shop.api('GET', `/products/${productId}`)).status, 200)
    },
  },
]

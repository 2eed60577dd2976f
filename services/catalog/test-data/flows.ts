import assert from 'node:assert/strict'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'a client browses the catalog',
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
]

import assert from 'node:assert/strict'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { cartKey } from '#services/cart/keys.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'ordered pieces leave the cart',
    async run({ shop, awaited }) {
      const { token } = await shop.newCustomer()
      const sku = await shop.skuOf(8)
      const put = await shop.api('PUT', '/cart', { token, body: { items: [{ sku, quantity: 3 }] } })
      assert.equal(put.status, 200)
      assert.equal((await shop.placeOrder(token, [{ sku, quantity: 2 }])).status, 201)
      await awaited('the cart without the ordered pieces', async () => {
        const { body } = await shop.api('GET', '/cart', { token })
        return body.items[0]?.quantity === 1
      })
    },
  },
  {
    name: 'a customer who deletes the account leaves no cart',
    async run({ shop, aws, output, awaited }) {
      const { token } = await shop.newCustomer()
      const { body: me } = await shop.api('GET', '/me', { token })
      const body = { items: [{ sku: await shop.skuOf(8), quantity: 1 }] }
      assert.equal((await shop.api('PUT', '/cart', { token, body })).status, 200)
      const table = DynamoDBDocumentClient.from(aws.dynamodb)
      const read = new GetCommand({ TableName: output('TableName'), Key: cartKey(me.userId) })
      assert.ok((await table.send(read)).Item)
      assert.equal((await shop.api('DELETE', '/me', { token })).status, 202)
      await awaited('the removal of the cart', async () => (await table.send(read)).Item?.['items'] === undefined)
      assert.equal((await shop.api('GET', '/cart', { token })).body.code, 'account-deleted')
    },
  },
]

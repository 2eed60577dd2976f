import { SendMessageCommand } from '@aws-sdk/client-sqs'
import assert from 'node:assert/strict'
import { mailsTo } from '#scripts/lib/api-client.ts'
import type { Flow, Visit } from '../flow.ts'
import { messagesIn, queueUrl } from '../queues.ts'

/** Waits until the stock has answered. */
const decided = ({ shop, awaited }: Visit, token: string, orderId: string) =>
  awaited(`order ${orderId} to be reserved or rejected`, async () => {
    const order = await shop.orderOf(token, orderId)
    return order.status !== 'PLACED' && order
  })

/** Places an order and waits for the stock's answer and the mail about it. */
async function orderedBy(visit: Visit, { sku, quantity, stock }: { sku: string; quantity: number; stock: number }) {
  const { shop, awaited } = visit
  await shop.setStock(sku, stock)
  const { email, token } = await shop.newCustomer()
  const placed = await shop.placeOrder(token, [{ sku, quantity }])
  assert.equal(placed.status, 201)
  const order = await decided(visit, token, placed.body.orderId)
  await awaited(`the mail about ${order.orderId}`, async () =>
    (await mailsTo(shop.deployment, email)).some((mail) => mail.body.text?.includes(order.orderId)),
  )
  return { token, order }
}

export const orderFlows: readonly Flow[] = [
  {
    name: 'an order is reserved',
    async run(visit) {
      const sku = await visit.shop.skuOf(6)
      const { order, token } = await orderedBy(visit, { sku, quantity: 2, stock: 10 })
      assert.equal(order.status, 'RESERVED')
      const trail = await visit.shop.api('GET', `/orders/${order.orderId}/events`, { token })
      assert.equal(trail.body.items.length, 3)
    },
  },
  {
    name: 'an order of more than there is is rejected',
    async run(visit) {
      const sku = await visit.shop.skuOf(7)
      const { order } = await orderedBy(visit, { sku, quantity: 3, stock: 2 })
      assert.equal(order.status, 'REJECTED')
    },
  },
  {
    name: 'customer and staff read orders',
    async run(visit) {
      const { shop } = visit
      const { token } = await shop.newCustomer()
      const { body: placed } = await shop.placeOrder(token, [{ sku: await shop.skuOf(8), quantity: 1 }])
      await decided(visit, token, placed.orderId)
      const asStaff = { token: await shop.staffToken() }
      for (const { path, call } of [
        { path: '/orders', call: { token } },
        { path: '/admin/orders', call: asStaff },
      ]) {
        const { status, body } = await shop.api('GET', path, call)
        assert.equal(status, 200)
        assert.ok(body.items.some(({ orderId }: { orderId: string }) => orderId === placed.orderId))
      }
      assert.equal((await shop.api('GET', `/admin/orders/${placed.orderId}`, asStaff)).status, 200)
    },
  },
  {
    name: 'an order is looked at again',
    async run({ shop, aws, awaited, output }) {
      const { token } = await shop.newCustomer()
      const { body: placed } = await shop.placeOrder(token, [{ sku: await shop.skuOf(8), quantity: 1 }])
      const { body: trail } = await shop.api('GET', `/orders/${placed.orderId}/events`, { token })
      const [{ id, type, source, time, data }] = trail.items
      const metadata = { id, version: 1, time, correlationId: id, causationId: id }
      const MessageBody = JSON.stringify({ id, source, 'detail-type': type, time, detail: { metadata, data } })
      const QueueUrl = await queueUrl(aws.sqs, `${output('EventBusName')}-orders-watch-order`)
      // Its queue hands events over a quarter of an hour late; this one comes at once.
      await aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: 0 }))
      await awaited('the order to be looked at', async () => (await messagesIn(aws.sqs, QueueUrl)) === 0)
    },
  },
  {
    name: 'an order of what nobody sells is refused',
    async run({ shop }) {
      const { token } = await shop.newCustomer()
      assert.equal((await shop.placeOrder(token, [{ sku: 'NO-SUCH-THING', quantity: 1 }])).status, 422)
    },
  },
]

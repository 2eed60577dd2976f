import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { randomUUID } from 'node:crypto'
import { testWith } from './installed.ts'
import { handledBy } from './logs.ts'
import { api, decided, deployment, placeOrder, setStock, sharedCustomer, skuOf } from './shop.ts'

const sqs = new SQSClient(deployment.clientConfiguration)
afterAll(() => sqs.destroy())

const watch = 'orders-watch-order'

testWith('inventory')('watch-order reads an order that is no longer PLACED and logs no warning', async () => {
  const sku = await skuOf(5)
  await setStock(sku, 5)
  const { token } = await sharedCustomer()
  const { orderId } = await decided(token, (await placeOrder(token, [{ sku, quantity: 1 }])).body.orderId)
  const [{ id, time, type, source, data }] = (await api('GET', `/orders/${orderId}/events`, { token })).body.items

  const correlationId = `watch-${randomUUID()}`
  const metadata = { id, version: 1, time, correlationId, causationId: 'test' }
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${deployment.eventBusName}-${watch}` }))
  const MessageBody = JSON.stringify({ source, 'detail-type': type, detail: { metadata, data } })
  // The queue delays messages by 15 minutes; the delay of a message overrides that.
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: 0 }))

  const lines = await handledBy(watch, correlationId)
  expect(lines.map(({ level, message }) => [level, message])).toEqual([['INFO', 'OrderPlaced handled']])
})

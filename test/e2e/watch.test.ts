import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { randomUUID } from 'node:crypto'
import { eventually } from '#scripts/lib/api-client.ts'
import { api, decided, deployment, newCustomer, placeOrder, setStock, skuOf } from './shop.ts'

const sqs = new SQSClient(deployment.clientConfiguration)
const logs = new CloudWatchLogsClient(deployment.clientConfiguration)
afterAll(() => {
  sqs.destroy()
  logs.destroy()
})

/** Names of queues, functions and bus have the same stage prefix. */
const watch = `${deployment.eventBusName}-orders-watch-order`

/** The log lines of watch-order with one correlation id. */
async function linesAbout(correlationId: string): Promise<Record<string, unknown>[]> {
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({
      logGroupName: `/aws/lambda/${watch}`,
      filterPattern: `{ $.correlation_id = "${correlationId}" }`,
    }),
  )
  return events.filter(({ message }) => message!.includes(correlationId)).map(({ message }) => JSON.parse(message!))
}

test('watch-order reads an order that is no longer PLACED and logs no warning', async () => {
  const sku = await skuOf(5)
  await setStock(sku, 5)
  const { token } = await newCustomer()
  const { orderId } = await decided(token, (await placeOrder(token, [{ sku, quantity: 1 }])).body.orderId)
  const [{ id, time, type, source, data }] = (await api('GET', `/orders/${orderId}/events`, { token })).body.items

  const correlationId = `watch-${randomUUID()}`
  const metadata = { id, version: 1, time, correlationId, causationId: 'test' }
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: watch }))
  const MessageBody = JSON.stringify({ source, 'detail-type': type, detail: { metadata, data } })
  // The queue delays messages by 15 minutes; the delay of a message overrides that.
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: 0 }))

  const lines = await eventually('a line of the watch', async () => {
    const written = await linesAbout(correlationId)
    return written.length > 0 && written
  })
  expect(lines.map(({ level, message }) => [level, message])).toEqual([['INFO', 'OrderPlaced handled']])
})

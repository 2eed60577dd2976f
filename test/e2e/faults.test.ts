import {
  ReceiveMessageCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { randomUUID } from 'node:crypto'
import { eventually, hasReached } from '#scripts/lib/api-client.ts'
import { consumerQueues } from './queues.ts'
import { isInstalled } from './installed.ts'
import { decided, deployment, placeOrder, setStock, sharedCustomer, skuOf } from './shop.ts'

const sqs = new SQSClient(deployment.clientConfiguration)
afterAll(() => sqs.destroy())

test('a message that cannot be handled reaches the dead-letter queue with its payload, and the next order is processed', async () => {
  const queues = await consumerQueues(sqs)
  expect(queues.length).toBeGreaterThanOrEqual(1)
  await Promise.all(
    queues.map(async ({ url, deadLetterUrl, visibilityTimeout }) => {
      const poison = JSON.stringify({ poison: randomUUID() })
      const setVisibility = (seconds: string) =>
        sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: seconds } }))
      // Retries wait for the visibility timeout, which the test shortens. SQS applies the change within a minute.
      await setVisibility('1')
      try {
        // The test overrides the queue's own delay.
        await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: poison, DelaySeconds: 0 }))
        const dead = await eventually(
          `the poison message of ${url} in its dead-letter queue`,
          async () => {
            const { Messages = [] } = await sqs.send(
              new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
            )
            return Messages.find((message) => message.Body === poison)
          },
          280_000,
        )
        await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle: dead.ReceiptHandle }))
      } finally {
        await setVisibility(visibilityTimeout)
      }
    }),
  )

  if (!isInstalled('inventory')) return
  const sku = await skuOf(8)
  await setStock(sku, 5)
  const { token } = await sharedCustomer()
  const { body } = await placeOrder(token, [{ sku, quantity: 1 }])
  expect(hasReached((await decided(token, body.orderId)).status, 'RESERVED')).toBe(true)
})

import { startQueues, type Queues } from '@cartwheel/local/testing'
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { deadLetterQueuesOf, queueNamed, withMessages } from './dead-letter-queues.ts'

let sqs: Queues
beforeEach(async () => (sqs = await startQueues()))
afterEach(() => sqs.stop())

const create = (name: string) => sqs.queue(name)

async function consumer(name: string) {
  const dead = create(`${name}-dlq`)
  const { url } = create(name)
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 })
  await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { RedrivePolicy } }))
  return dead
}

test('finds the dead-letter queues of a stage with their messages and sources, and excludes other stages', async () => {
  const dead = await consumer('shop-dev-orders')
  await consumer('shop-dev2-orders')
  create('shop-dev-alarms-dlq')
  sqs.service.send(dead.arn, { body: 'a' })
  expect(await deadLetterQueuesOf(sqs.client, 'shop-dev')).toMatchObject([
    { name: 'shop-dev-alarms-dlq', messages: 0, sources: [] },
    { name: 'shop-dev-orders-dlq', arn: dead.arn, messages: 1, hidden: 0, sources: ['shop-dev-orders'] },
  ])
})

test.each(['orders', 'orders-dlq', 'shop-orders', 'shop-orders-dlq'])('a queue is found by the name %s', (name) => {
  const queue = { name: 'shop-orders-dlq' }
  expect(queueNamed([{ name: 'shop-other-orders-dlq' }, queue], name, 'shop')).toBe(queue)
})

test('an unknown queue is reported with the existing ones', () => {
  expect(() => queueNamed([{ name: 'shop-a-dlq' }, { name: 'shop-b-dlq' }], 'c', 'shop')).toThrow(
    'shop has no queue c. Available: shop-a-dlq, shop-b-dlq.',
  )
})

describe('receiving messages to show', () => {
  const look = { limit: 25, hiddenSeconds: 30 }
  const visible = () => sqs.service.depths()[0]!.visible

  test('receives up to the limit, each once, and makes all visible again', async () => {
    const { arn, url } = create('q')
    for (let index = 0; index < 40; index += 1) sqs.service.send(arn, { body: String(index) })
    const bodies = await withMessages(sqs.client, url, look, (messages) => {
      expect(visible()).toBe(15)
      return messages.map(({ Body }) => Body)
    })
    expect(new Set(bodies).size).toBe(25)
    expect(visible()).toBe(40)
  })

  test('makes them visible again when the callback throws', async () => {
    const { arn, url } = create('q')
    sqs.service.send(arn, { body: 'a' })
    const failing = withMessages(sqs.client, url, { ...look, limit: 1 }, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(visible()).toBe(1)
  })
})

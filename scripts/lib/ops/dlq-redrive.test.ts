import { startQueues, type Queues } from '@cartwheel/local/testing'
import type { Deployment } from '../deployment.ts'
import { redrive } from './dlq-redrive.ts'
import { startTask } from './move-messages.ts'
import { interrupted, type Session } from './session.ts'

let sqs: Queues
let said: string[]
beforeEach(async () => {
  sqs = await startQueues()
  said = []
})
afterEach(() => sqs.stop())

/** Of a user who has pressed Ctrl-C. */
const session = (): Session => ({
  deployment: {
    eventBusName: 'shop-dev',
    clientConfiguration: {
      endpoint: sqs.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
  } as Deployment,
  place: 'shop-dev',
  signal: AbortSignal.abort(),
  now: () => new Date(),
  print: (line) => void said.push(line),
  say: (line) => void said.push(line),
  confirm: async () => true,
})
const all = { messageIds: [], messagesPerSecond: undefined }

test('a redrive that another program started is followed, with its own destination', async () => {
  const dead = sqs.queue('shop-dev-orders-dlq')
  sqs.queue('shop-dev-orders', { RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 5 } })
  const elsewhere = sqs.queue('shop-dev-quarantine')
  for (let count = 0; count < 100; count += 1) sqs.service.send(dead.arn, { body: 'a' })
  await startTask(sqs.client, { sourceArn: dead.arn, destinationArn: elsewhere.arn, messagesPerSecond: 1 })
  expect(await redrive(session(), { ...all, queue: 'orders' })).toBe(interrupted)
  expect(said).toContain('shop-dev-orders-dlq is already being redriven to shop-dev-quarantine; following it.')
})

test('the dead-letter queue of a rule has no consumer to redrive to', async () => {
  const { arn } = sqs.queue('shop-dev-alarms-dlq')
  sqs.service.send(arn, { body: 'a' })
  await expect(redrive(session(), { ...all, queue: 'alarms' })).rejects.toThrow(
    'shop-dev-alarms-dlq is the dead-letter queue of no queue, so its messages are not redriven.',
  )
})

import {
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { queueSettings, startSqs } from './testing.ts'

let sqs: Awaited<ReturnType<typeof startSqs>>
let queue: { arn: string; url: string }
let dead: { arn: string; url: string }

beforeEach(async () => {
  sqs = await startSqs()
  dead = sqs.service.createQueue({ ...queueSettings, name: 'loans-dead' })
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }
  queue = sqs.service.createQueue({ ...queueSettings, name: 'loans', redrive })
})
afterEach(() => sqs.stop())

const receive = (arn: string) => sqs.service.receive(arn, { max: 10, waitMs: 0 })

async function fail(times: number) {
  for (let attempt = 0; attempt < times; attempt++) {
    expect(await receive(queue.arn)).toHaveLength(1)
    await sqs.clock.advance(30_000)
  }
}

test('a message goes to the dead-letter queue when it would be received once more than allowed, with its payload', async () => {
  const attributes = { shelf: { DataType: 'Number', StringValue: '7' } }
  const sentMs = sqs.clock.now()
  const { messageId } = sqs.service.send(queue.arn, { body: 'a book', attributes })
  await fail(2)
  expect(sqs.service.depths()).toMatchObject([
    { name: 'loans', visible: 1 },
    { name: 'loans-dead', visible: 0, deadLetterOf: [queue.arn] },
  ])
  expect(await receive(queue.arn)).toEqual([])
  const [message] = await receive(dead.arn)
  expect(message).toMatchObject({ messageId, body: 'a book', messageAttributes: attributes })
  expect(message?.attributes).toMatchObject({
    ApproximateReceiveCount: '1',
    SentTimestamp: String(sentMs),
    DeadLetterQueueSourceArn: queue.arn,
  })
})

test('a receive that finds exhausted messages first still hands out the ones behind them', async () => {
  sqs.service.send(queue.arn, { body: 'bad' })
  await fail(2)
  sqs.service.send(queue.arn, { body: 'good' })
  const received = await sqs.service.receive(queue.arn, { max: 1, waitMs: 0 })
  expect(received.map((message) => message.body)).toEqual(['good'])
})

test('whoever waits at the dead-letter queue is woken by the move', async () => {
  sqs.service.send(queue.arn, { body: 'a' })
  await fail(2)
  const waiting = sqs.service.receive(dead.arn, { max: 1, waitMs: 20_000 })
  await receive(queue.arn)
  expect(await waiting).toHaveLength(1)
})

test('with the dead-letter queue deleted the message stays and goes on being received', async () => {
  sqs.service.send(queue.arn, { body: 'a' })
  sqs.service.deleteQueue(dead.arn)
  await fail(4)
})

test('a move task brings messages back to their source, where they count as new', async () => {
  sqs.service.send(queue.arn, { body: 'a' })
  await fail(2)
  await receive(queue.arn)
  await sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }))
  const { Results } = await sqs.client.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))
  expect(Results).toMatchObject([{ Status: 'COMPLETED', SourceArn: dead.arn, ApproximateNumberOfMessagesMoved: 1 }])
  const [message] = await receive(queue.arn)
  expect(message).toMatchObject({
    body: 'a',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(sqs.clock.now()) },
  })
  expect(await receive(dead.arn)).toEqual([])
})

test('a move task takes a destination, and fails on messages that have no source', async () => {
  const other = sqs.service.createQueue({ ...queueSettings, name: 'other' })
  sqs.service.send(dead.arn, { body: 'sent here' })
  await sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }))
  await sqs.clock.advance(1)
  await sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn, DestinationArn: other.arn }))
  const { Results } = await sqs.client.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn, MaxResults: 10 }))
  expect(Results).toMatchObject([
    { Status: 'COMPLETED', DestinationArn: other.arn },
    { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource', ApproximateNumberOfMessagesMoved: 0 },
  ])
  expect(await receive(other.arn)).toMatchObject([{ body: 'sent here' }])
})

test('a queue that is nobody’s dead-letter queue starts no move task', async () => {
  const start = sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: queue.arn }))
  await expect(start).rejects.toMatchObject({ name: 'InvalidParameterValue' })
})

test('the sources of a dead-letter queue are listed', async () => {
  const { queueUrls } = await sqs.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url }))
  expect(queueUrls).toEqual([queue.url])
})

test('a hand-over that fails sends nothing', async () => {
  const handOver = () =>
    sqs.state.transaction(() => {
      sqs.service.send(queue.arn, { body: 'a' })
      throw new Error('no')
    })
  const waiting = sqs.service.receive(queue.arn, { max: 1, waitMs: 1000 })
  expect(handOver).toThrow('no')
  await sqs.clock.advance(1000)
  expect(await waiting).toEqual([])
})

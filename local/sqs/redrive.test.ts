import { startSqs } from './testing.ts'

let sqs: Awaited<ReturnType<typeof startSqs>>
let queue: { arn: string; url: string }
let dead: { arn: string; url: string }

beforeEach(async () => {
  sqs = await startSqs()
  dead = sqs.queue('loans-dead')
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }
  queue = sqs.queue('loans', { RedrivePolicy: redrive })
})
afterEach(() => sqs.stop())

const receive = (arn: string) => sqs.service.receive(arn, { max: 10, waitMs: 0 })

async function fail(times: number) {
  for (let attempt = 0; attempt < times; attempt++) {
    expect(await receive(queue.arn)).toHaveLength(1)
    await sqs.clock.advance(30_000)
  }
}

test('a message moves to the dead-letter queue with its payload when its receive count would exceed the maximum', async () => {
  const attributes = { shelf: { DataType: 'Number', StringValue: '7' } }
  const sentMs = sqs.clock.now()
  const { messageId } = sqs.service.send(queue.arn, { body: 'a book', attributes })
  await fail(2)
  expect(sqs.service.depths()).toMatchObject([
    { name: 'loans', visible: 1 },
    { name: 'loans-dead', visible: 0 },
  ])
  expect(sqs.service.sourcesOf('loans-dead')).toEqual(['loans'])
  expect(await receive(queue.arn)).toEqual([])
  const [message] = await receive(dead.arn)
  expect(message).toMatchObject({ messageId, body: 'a book', messageAttributes: attributes })
  expect(message?.attributes).toMatchObject({
    ApproximateReceiveCount: '3',
    SentTimestamp: String(sentMs),
    DeadLetterQueueSourceArn: queue.arn,
  })
})

test('a receive that moves messages to the dead-letter queue still returns the ones behind them', async () => {
  sqs.service.send(queue.arn, { body: 'bad' })
  await fail(2)
  sqs.service.send(queue.arn, { body: 'good' })
  const received = await sqs.service.receive(queue.arn, { max: 1, waitMs: 0 })
  expect(received.map((message) => message.body)).toEqual(['good'])
})

test('the move to a dead-letter queue ends a long poll on it', async () => {
  sqs.service.send(queue.arn, { body: 'a' })
  await fail(2)
  const waiting = sqs.service.receive(dead.arn, { max: 1, waitMs: 20_000 })
  await receive(queue.arn)
  expect(await waiting).toHaveLength(1)
})

test('a move task moves messages to another queue, where they count as new', async () => {
  sqs.service.send(queue.arn, { body: 'a' })
  await fail(2)
  await receive(queue.arn)
  await sqs.client.startMessageMoveTask({ SourceArn: dead.arn, DestinationArn: queue.arn })
  const { Results } = await sqs.client.listMessageMoveTasks({ SourceArn: dead.arn })
  expect(Results).toMatchObject([{ Status: 'COMPLETED', SourceArn: dead.arn, ApproximateNumberOfMessagesMoved: 1 }])
  const [message] = await receive(queue.arn)
  expect(message).toMatchObject({
    body: 'a',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(sqs.clock.now()) },
  })
  expect(await receive(dead.arn)).toEqual([])
})

describe('a move task with a rate', () => {
  const depthOf = (name: string) => sqs.service.depths().find((each) => each.name === name)!.visible
  const start = () =>
    sqs.client.startMessageMoveTask({
      SourceArn: dead.arn,
      DestinationArn: queue.arn,
      MaxNumberOfMessagesPerSecond: 2,
    })
  const latest = async () => (await sqs.client.listMessageMoveTasks({ SourceArn: dead.arn })).Results![0]!
  const cancel = (TaskHandle: string) => sqs.client.cancelMessageMoveTask({ TaskHandle })

  beforeEach(() => {
    for (const body of ['a', 'b', 'c', 'd', 'e']) sqs.service.send(dead.arn, { body })
  })

  test('moves that many messages a second and reports its progress', async () => {
    const { TaskHandle } = await start()
    expect(await latest()).toMatchObject({
      TaskHandle,
      Status: 'RUNNING',
      MaxNumberOfMessagesPerSecond: 2,
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 5,
    })
    await sqs.clock.advance(1000)
    expect([depthOf('loans'), depthOf('loans-dead')]).toEqual([4, 1])
    await sqs.clock.advance(1000)
    const { TaskHandle: none, ...completed } = await latest()
    expect(completed).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 5 })
    expect(none).toBeUndefined()
  })

  test('excludes a second task of the same queue while it runs', async () => {
    await start()
    await expect(start()).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await sqs.clock.advance(2000)
    await start()
  })

  test('leaves the remaining messages in place when it is cancelled', async () => {
    const { TaskHandle } = await start()
    expect(await cancel(TaskHandle!)).toMatchObject({ ApproximateNumberOfMessagesMoved: 2 })
    await sqs.clock.advance(5000)
    expect([depthOf('loans'), depthOf('loans-dead')]).toEqual([2, 3])
    expect(await latest()).toMatchObject({ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 2 })
    await expect(cancel(TaskHandle!)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

test('a move task is rejected without a destination, and for a queue that is not a dead-letter queue', async () => {
  for (const input of [{ SourceArn: queue.arn, DestinationArn: dead.arn }, { SourceArn: dead.arn }]) {
    const start = sqs.client.startMessageMoveTask(input)
    await expect(start).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  }
})

test('ListDeadLetterSourceQueues returns the source queues', async () => {
  const { queueUrls } = await sqs.client.listDeadLetterSourceQueues({ QueueUrl: dead.url })
  expect(queueUrls).toEqual([queue.url])
})

test('a send in a transaction that rolls back sends nothing', async () => {
  const failingSend = () =>
    sqs.state.transaction(() => {
      sqs.service.send(queue.arn, { body: 'a' })
      throw new Error('no')
    })
  const waiting = sqs.service.receive(queue.arn, { max: 1, waitMs: 1000 })
  expect(failingSend).toThrow('no')
  await sqs.clock.advance(1000)
  expect(await waiting).toEqual([])
})

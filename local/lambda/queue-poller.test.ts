import { ManualClock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { Bakery, until } from './testing.ts'

let shop: Bakery
afterEach(() => shop.stop())

const seen = () => shop.logLines.filter((line) => line.startsWith('seen ')).map((line) => line.slice(5))

async function consumer(
  mapping: Record<string, unknown> = {},
  functionProperties: Record<string, unknown> = {},
  { visibilityTimeoutSeconds = 30, maxReceiveCount = 3 } = {},
) {
  const dead = shop.queue('dead')
  const queue = shop.queue('dough', visibilityTimeoutSeconds, { deadLetterTargetArn: dead, maxReceiveCount })
  const name = await shop.deploy({ Handler: 'consumer.handler', ...functionProperties })
  await shop.create('AWS::Lambda::EventSourceMapping', {
    FunctionName: name,
    EventSourceArn: queue,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...mapping,
  })
  return { queue, dead }
}

const send = (queue: string, ...bodies: string[]) =>
  shop.state.transaction(() => bodies.map((body) => shop.sqs.send(queue, { body }).messageId))

test('a message reaches the function at once, and leaves the queue when it succeeds', async () => {
  // A clock that stands still: nothing here may wait for a poll to come round.
  shop = new Bakery({ clock: new ManualClock() })
  const { queue } = await consumer()
  shop.lambda.start()
  send(queue, 'bread')
  await until(() => shop.hops.length === 1)
  await until(() => shop.depth(queue).inFlight === 0)
  expect(shop.depth(queue)).toEqual({ visible: 0, inFlight: 0 })
})

test("the event has the shape of SQS's", async () => {
  shop = new Bakery()
  const { queue } = await consumer({}, { Handler: 'consumer.printing' })
  const attributes = { kind: { DataType: 'String', StringValue: 'rye' } }
  const { messageId } = shop.sqs.send(queue, { body: 'bread', attributes })
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  const line = shop.logLines.find((each) => each.startsWith('event '))!
  expect(JSON.parse(line.slice(6))).toEqual({
    Records: [
      {
        messageId,
        receiptHandle: expect.any(String),
        body: 'bread',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          kind: { stringValue: 'rye', stringListValues: [], binaryListValues: [], dataType: 'String' },
        },
        md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: queue,
        awsRegion: 'us-east-1',
      },
    ],
  })
})

test('of a batch only the failed message comes back, and ends in the dead-letter queue with its body', async () => {
  const clock = new ManualClock()
  shop = new Bakery({ clock })
  const { queue, dead } = await consumer()
  send(queue, 'bread', 'poison', 'cake')
  shop.lambda.start()
  for (const receives of [1, 2, 3]) {
    await until(() => shop.hops.length === receives)
    await until(() => shop.depth(queue).inFlight === 1)
    await clock.advance(31_000)
  }
  await until(() => shop.depth(dead).visible === 1)
  expect(seen()).toEqual(['bread poison cake', 'poison', 'poison'])
  expect((await shop.messages(dead)).map((message) => message.body)).toEqual(['poison'])
  expect(shop.depth(queue)).toEqual({ visible: 0, inFlight: 0 })
})

test.each(['throw', 'hoard'])(
  'a message whose handler would %s is retried, and ends in the dead-letter queue with its body',
  async (manner) => {
    const clock = new ManualClock()
    shop = new Bakery({ clock })
    const { queue, dead } = await consumer({}, { Timeout: 5, MemorySize: 128 })
    send(queue, manner)
    shop.lambda.start()
    for (const receives of [1, 2, 3]) {
      await until(() => shop.hops.length === receives)
      await clock.advance(31_000)
    }
    await until(() => shop.depth(dead).visible === 1)
    expect(shop.hops.every((hop) => hop.error !== undefined)).toBe(true)
    expect((await shop.messages(dead)).map((message) => message.body)).toEqual([manner])
    send(queue, 'bread')
    await until(() => seen().at(-1) === 'bread')
  },
)

test('a message whose handler never ends is cut off each time, and ends in the dead-letter queue with its body', async () => {
  shop = new Bakery()
  const limits = { visibilityTimeoutSeconds: 2, maxReceiveCount: 2 }
  const { queue, dead } = await consumer({ BatchSize: 1 }, { Timeout: 2 }, limits)
  shop.lambda.start()
  send(queue, 'hang')
  await until(() => seen().includes('hang'))
  await until(() => shop.depth(dead).visible === 1)
  // The visibility timeout may pass a moment before the cold start's handler is cut off.
  const errors = () => shop.hops.flatMap((hop) => hop.error ?? [])
  await until(() => errors().length === 2)
  expect(errors()).toEqual([expect.stringMatching(/timed out/i), expect.stringMatching(/timed out/i)])
  expect((await shop.messages(dead)).map((message) => message.body)).toEqual(['hang'])
  send(queue, 'cake')
  await until(() => seen().at(-1) === 'cake')
  await until(() => shop.depth(queue).inFlight === 0)
  expect(shop.depth(queue)).toEqual({ visible: 0, inFlight: 0 })
})

test('while a handler hangs, others are served', async () => {
  shop = new Bakery()
  const { queue } = await consumer({ BatchSize: 1 }, { Timeout: 200 }, { visibilityTimeoutSeconds: 200 })
  shop.lambda.start()
  send(queue, 'hang')
  await until(() => seen().includes('hang'))
  send(queue, 'bread')
  await until(() => seen().includes('bread'))
  expect(shop.depth(queue).inFlight).toBeGreaterThan(0)
})

test.each(['throw', 'malformed'])('a batch with "%s" stays whole', async (poison) => {
  const clock = new ManualClock()
  shop = new Bakery({ clock })
  const { queue } = await consumer()
  send(queue, 'bread', poison)
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  await clock.advance(1000)
  expect(shop.depth(queue)).toEqual({ visible: 0, inFlight: 2 })
})

test('without ReportBatchItemFailures an answer counts as success, whatever it says', async () => {
  shop = new Bakery()
  const { queue } = await consumer({ FunctionResponseTypes: [] })
  send(queue, 'poison')
  shop.lambda.start()
  await until(() => shop.hops.length === 1 && shop.depth(queue).inFlight === 0)
  expect(shop.depth(queue).visible).toBe(0)
})

test('a batching window gathers, up to the batch size', async () => {
  const clock = new ManualClock()
  shop = new Bakery({ clock })
  const { queue } = await consumer({ BatchSize: 3, MaximumBatchingWindowInSeconds: 5 })
  shop.lambda.start()
  await clock.advance(0)
  send(queue, 'a')
  await clock.advance(1000)
  send(queue, 'b')
  await clock.advance(1000)
  expect(shop.hops).toEqual([])
  await clock.advance(3000)
  await until(() => shop.hops.length === 1)
  send(queue, 'c', 'd', 'e')
  await until(() => shop.hops.length === 2)
  expect(seen()).toEqual(['a b', 'c d e'])
})

test('never more batches at once than the maximum concurrency', async () => {
  shop = new Bakery({ startsAtOnce: 4 })
  const { queue } = await consumer({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } })
  send(queue, ...Array.from({ length: 6 }, (_, index) => `slow-${index}`))
  shop.lambda.start()
  await until(() => shop.hops.length === 6)
  expect(shop.lambda.environments).toBe(2)
})

test('a throttled batch is tried again and loses nothing', async () => {
  shop = new Bakery()
  const { queue } = await consumer({ BatchSize: 1 }, { ReservedConcurrentExecutions: 1 })
  send(queue, 'slow-1', 'slow-2', 'slow-3')
  shop.lambda.start()
  await until(() => shop.hops.length === 3 && shop.depth(queue).inFlight === 0)
  expect(seen().toSorted()).toEqual(['slow-1', 'slow-2', 'slow-3'])
})

test('a filter keeps others from the function, and they leave the queue', async () => {
  shop = new Bakery()
  const { queue } = await consumer(
    { FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["rye"]}}' }] } },
    { Handler: 'consumer.printing' },
  )
  send(queue, '{"kind":"wheat"}', '{"kind":"rye"}', 'plain')
  shop.lambda.start()
  await until(() => shop.hops.length === 1 && shop.depth(queue).inFlight === 0)
  const event = JSON.parse(shop.logLines.find((line) => line.startsWith('event '))!.slice(6))
  expect(event.Records.map((record: { body: string }) => record.body)).toEqual(['{"kind":"rye"}'])
  expect(shop.depth(queue)).toEqual({ visible: 0, inFlight: 0 })
})

test('a poller whose role may not read says so once, waits, and goes on when it may', async () => {
  const clock = new ManualClock()
  let allowed = false
  const access: AccessControl = {
    ...allowAll,
    require: (principal, requests) => {
      const denied = requests.find((request) => request.action === 'sqs:ReceiveMessage')
      if (allowed || !denied || principal.kind !== 'role') return
      throw new AwsError('AccessDeniedException', `${principal.roleArn} may not ${denied.action} on ${denied.resource}`)
    },
  }
  shop = new Bakery({ clock, access })
  const { queue } = await consumer()
  send(queue, 'bread')
  shop.lambda.start()
  await clock.advance(10_000)
  expect(shop.warnings).toEqual([
    expect.stringMatching(
      /^The poller of .*:dough for .* waits: .*role\/baker may not sqs:ReceiveMessage on .*:dough$/,
    ),
  ])
  expect(shop.depth(queue)).toEqual({ visible: 1, inFlight: 0 })
  allowed = true
  await clock.advance(6000)
  await until(() => shop.hops.length === 1)
})

test('what a role may not delete was handled, is told, and comes back', async () => {
  const clock = new ManualClock()
  let allowed = false
  const access: AccessControl = {
    ...allowAll,
    require: (_principal, requests) => {
      if (allowed || requests.every((request) => request.action !== 'sqs:DeleteMessage')) return
      throw new AwsError('AccessDeniedException', 'the baker may not sqs:DeleteMessage')
    },
  }
  shop = new Bakery({ clock, access })
  const { queue } = await consumer()
  send(queue, 'bread')
  shop.lambda.start()
  await until(() => shop.warnings.length === 1)
  expect(shop.warnings[0]).toMatch(/^A batch of .*:dough failed: the baker may not sqs:DeleteMessage$/)
  expect(seen()).toEqual(['bread'])
  expect(shop.depth(queue)).toEqual({ visible: 0, inFlight: 1 })
  allowed = true
  await clock.advance(31_000)
  await until(() => seen().length === 2 && shop.depth(queue).inFlight === 0)
  expect(seen()).toEqual(['bread', 'bread'])
})

test.each([
  [{ BatchSize: 11 }, /BatchSize over 10/],
  [{ BatchSize: 'many' }, /BatchSize many/],
  [{ ScalingConfig: { MaximumConcurrency: 1 } }, /MaximumConcurrency 1/],
  [{ EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/x' }, /reads from arn:aws:kinesis/],
  [{ FilterCriteria: { Filters: [{ Pattern: '{"body":' }] } }, /has the filter/],
])('refuses %j', async (mapping, message) => {
  shop = new Bakery()
  await expect(consumer(mapping)).rejects.toThrow(message)
})

test('what an earlier process held when it was killed comes at once, and that receive does not count', async () => {
  shop = new Bakery()
  const { queue } = await consumer({}, { Handler: 'consumer.printing' })
  send(queue, 'bread')
  expect(await shop.sqs.receive(queue, { max: 1, waitMs: 0 })).toHaveLength(1)
  expect(shop.depth(queue)).toEqual({ visible: 0, inFlight: 1 })
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  expect(shop.logLines.find((each) => each.startsWith('event '))).toContain('"ApproximateReceiveCount":"1"')
})

test('refuses a function that outlasts the visibility timeout', async () => {
  shop = new Bakery()
  await expect(consumer({}, { Timeout: 31 })).rejects.toThrow(/visibility timeout: 30 seconds is less than/)
})

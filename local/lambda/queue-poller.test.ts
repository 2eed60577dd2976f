import { availableParallelism } from 'node:os'
import { ManualClock } from '../clock.ts'
import { RecordedAccess } from '../iam/testing.ts'
import { Bakery, until } from './testing.ts'

let bakery: Bakery
beforeEach(() => (bakery = new Bakery()))
/** Of a test whose functions hang, so that the system's grace for them ends. */
let hungClock: ManualClock | undefined
afterEach(async () => {
  const stopped = bakery.stop()
  await hungClock?.advance(5000)
  hungClock = undefined
  await stopped
})

const seen = () => bakery.logLines.filter((line) => line.startsWith('seen ')).map((line) => line.slice(5))

async function consumer(
  mapping: Record<string, unknown> = {},
  functionProperties: Record<string, unknown> = {},
  { visibilityTimeoutSeconds = 30, maxReceiveCount = 3 } = {},
) {
  const dead = bakery.queue('dead')
  const queue = bakery.queue('dough', visibilityTimeoutSeconds, { deadLetterTargetArn: dead, maxReceiveCount })
  const name = await bakery.deploy({ Handler: 'consumer.handler', ...functionProperties })
  await bakery.create('AWS::Lambda::EventSourceMapping', {
    FunctionName: name,
    EventSourceArn: queue,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...mapping,
  })
  return { queue, dead }
}

const send = (queue: string, ...bodies: string[]) =>
  bakery.state.transaction(() => bodies.map((body) => bakery.sqs.send(queue, { body }).messageId))

test('a message is passed to the function immediately and deleted on success', async () => {
  // The clock does not advance: nothing here may wait for a poll interval.
  bakery = new Bakery({ clock: new ManualClock() })
  const { queue } = await consumer()
  bakery.lambda.start()
  send(queue, 'bread')
  await until(() => bakery.invocations.length === 1)
  await until(() => bakery.depth(queue).inFlight === 0)
  expect(bakery.depth(queue)).toEqual({ visible: 0, inFlight: 0 })
})

test('messages that exceed an event together are passed in several', async () => {
  const { queue } = await consumer()
  send(queue, ...Array.from({ length: 8 }, () => 'x'.repeat(1_000_000)))
  bakery.lambda.start()
  await until(() => bakery.depth(queue).visible + bakery.depth(queue).inFlight === 0)
  expect(seen().map((texts) => texts.split(' ').length)).toEqual([4, 4])
})

test('the event has the shape of an SQS event', async () => {
  const { queue } = await consumer({}, { Handler: 'consumer.printing' })
  const attributes = { kind: { DataType: 'String', StringValue: 'rye' } }
  const { messageId } = bakery.sqs.send(queue, { body: 'bread', attributes })
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  const line = bakery.logLines.find((each) => each.startsWith('event '))!
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

test('only the failed message of a batch is retried, and ends in the dead-letter queue with its body', async () => {
  const clock = new ManualClock()
  bakery = new Bakery({ clock })
  const { queue, dead } = await consumer()
  send(queue, 'bread', 'poison', 'cake')
  bakery.lambda.start()
  for (const receives of [1, 2, 3]) {
    await until(() => bakery.invocations.length === receives)
    await until(() => bakery.depth(queue).inFlight === 1)
    await clock.advance(31_000)
  }
  await until(() => bakery.depth(dead).visible === 1)
  expect(seen()).toEqual(['bread poison cake', 'poison', 'poison'])
  expect((await bakery.messages(dead)).map((message) => message.body)).toEqual(['poison'])
  expect(bakery.depth(queue)).toEqual({ visible: 0, inFlight: 0 })
})

test.each(['throw', 'leak'])(
  'a message whose handler would %s is retried, and ends in the dead-letter queue with its body',
  async (behavior) => {
    const clock = new ManualClock()
    bakery = new Bakery({ clock })
    const { queue, dead } = await consumer({}, { Timeout: 5, MemorySize: 128 })
    send(queue, behavior)
    bakery.lambda.start()
    for (const receives of [1, 2, 3]) {
      await until(() => bakery.invocations.length === receives)
      await clock.advance(31_000)
    }
    await until(() => bakery.depth(dead).visible === 1)
    expect(bakery.invocations.every((invocation) => invocation.error !== undefined)).toBe(true)
    expect((await bakery.messages(dead)).map((message) => message.body)).toEqual([behavior])
    send(queue, 'bread')
    await until(() => seen().at(-1) === 'bread')
  },
)

test('a message whose handler never returns times out each time, and ends in the dead-letter queue with its body', async () => {
  const limits = { visibilityTimeoutSeconds: 1, maxReceiveCount: 2 }
  const { queue, dead } = await consumer({ BatchSize: 1 }, { Timeout: 1 }, limits)
  bakery.lambda.start()
  send(queue, 'hang')
  await until(() => seen().includes('hang'))
  await until(() => bakery.depth(dead).visible === 1)
  // The visibility timeout may end before the handler of the cold start times out.
  const errors = () => bakery.invocations.flatMap((invocation) => invocation.error ?? [])
  await until(() => errors().length === 2)
  expect(errors()).toEqual([expect.stringMatching(/timed out/i), expect.stringMatching(/timed out/i)])
  expect((await bakery.messages(dead)).map((message) => message.body)).toEqual(['hang'])
  send(queue, 'cake')
  await until(() => seen().at(-1) === 'cake')
  await until(() => bakery.depth(queue).inFlight === 0)
  expect(bakery.depth(queue)).toEqual({ visible: 0, inFlight: 0 })
})

test('other messages are processed while a handler hangs', async () => {
  const { queue } = await consumer({ BatchSize: 1 }, { Timeout: 200 }, { visibilityTimeoutSeconds: 200 })
  bakery.lambda.start()
  send(queue, 'hang')
  await until(() => seen().includes('hang'))
  send(queue, 'bread')
  await until(() => seen().includes('bread'))
  expect(bakery.depth(queue).inFlight).toBeGreaterThan(0)
})

test('once a slow batch has run alone for a second, others follow one another beside it', async () => {
  const clock = (hungClock = new ManualClock())
  bakery = new Bakery({ clock })
  const { queue } = await consumer({ BatchSize: 1 }, { Timeout: 200 }, { visibilityTimeoutSeconds: 200 })
  bakery.lambda.start()
  send(queue, 'hang', 'rye', 'wheat', 'bread')
  await until(() => bakery.depth(queue).inFlight === 1)
  await clock.advance(1000)
  await until(() => seen().length === 3)
  expect(seen()).toEqual(['rye', 'wheat', 'bread'])
})

test('a batch that began beside a slow one runs alone for a second, too, when that one ends first', async () => {
  const clock = (hungClock = new ManualClock())
  bakery = new Bakery({ clock })
  const { queue } = await consumer({ BatchSize: 1 }, { Timeout: 200 }, { visibilityTimeoutSeconds: 200 })
  bakery.lambda.start()
  send(queue, 'slow', 'hang', 'rye')
  await until(() => bakery.depth(queue).inFlight === 1)
  await clock.advance(1000)
  await until(() => seen().includes('slow') && bakery.depth(queue).inFlight === 1)
  await clock.advance(999)
  expect(bakery.depth(queue)).toEqual({ visible: 1, inFlight: 1 })
  await clock.advance(1)
  await until(() => seen().includes('rye'))
})

test.each(['throw', 'malformed'])('a batch with "%s" fails as a whole', async (poison) => {
  const clock = new ManualClock()
  bakery = new Bakery({ clock })
  const { queue } = await consumer()
  send(queue, 'bread', poison)
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  await clock.advance(1000)
  expect(bakery.depth(queue)).toEqual({ visible: 0, inFlight: 2 })
})

test('without ReportBatchItemFailures every response counts as success', async () => {
  const { queue } = await consumer({ FunctionResponseTypes: [] })
  send(queue, 'poison')
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1 && bakery.depth(queue).inFlight === 0)
  expect(bakery.depth(queue).visible).toBe(0)
})

test('a batching window collects messages up to the batch size', async () => {
  const clock = new ManualClock()
  bakery = new Bakery({ clock })
  const { queue } = await consumer({ BatchSize: 3, MaximumBatchingWindowInSeconds: 5 })
  bakery.lambda.start()
  await clock.advance(0)
  send(queue, 'a')
  await clock.advance(1000)
  send(queue, 'b')
  await clock.advance(1000)
  expect(bakery.invocations).toEqual([])
  await clock.advance(3000)
  await until(() => bakery.invocations.length === 1)
  send(queue, 'c', 'd', 'e')
  await until(() => bakery.invocations.length === 2)
  expect(seen()).toEqual(['a b', 'c d e'])
})

test.each([
  ['the maximum concurrency', { MaximumConcurrency: 2 }, 2],
  ['the number of cores', {}, Math.max(2, availableParallelism())],
])('%s limits concurrent batches', async (_, ScalingConfig, limit) => {
  const clock = (hungClock = new ManualClock())
  bakery = new Bakery({ clock })
  const { queue } = await consumer({ BatchSize: 1, ScalingConfig }, { Timeout: 200 }, { visibilityTimeoutSeconds: 200 })
  send(queue, ...Array.from({ length: limit + 1 }, (_each, index) => `hang-${index}`))
  bakery.lambda.start()
  for (let running = 1; running <= limit; running += 1) {
    await until(() => bakery.depth(queue).inFlight === running)
    await clock.advance(1000)
  }
  await clock.advance(5000)
  expect(bakery.depth(queue)).toEqual({ visible: 1, inFlight: limit })
})

test('a poller without permission to read warns once, and continues once it has the permission', async () => {
  const clock = new ManualClock()
  let allowed = false
  const access = new RecordedAccess(
    ({ action }, { kind }) => !allowed && kind === 'role' && action === 'sqs:ReceiveMessage',
  )
  bakery = new Bakery({ clock, access })
  const { queue } = await consumer()
  send(queue, 'bread')
  bakery.lambda.start()
  await clock.advance(10_000)
  expect(bakery.warnings).toEqual([
    expect.stringMatching(
      /^The poller of .*:dough for .* failed and is retried: The test denies sqs:ReceiveMessage on .*:dough\.$/,
    ),
  ])
  expect(bakery.depth(queue)).toEqual({ visible: 1, inFlight: 0 })
  allowed = true
  await clock.advance(6000)
  await until(() => bakery.invocations.length === 1)
})

test('a processed message that the role may not delete is reported and received again', async () => {
  const clock = new ManualClock()
  let allowed = false
  const access = new RecordedAccess(({ action }) => !allowed && action === 'sqs:DeleteMessage')
  bakery = new Bakery({ clock, access })
  const { queue } = await consumer()
  send(queue, 'bread')
  bakery.lambda.start()
  await until(() => bakery.warnings.length === 1)
  expect(bakery.warnings[0]).toMatch(/^A batch of .*:dough failed: The test denies sqs:DeleteMessage on .*:dough\.$/)
  expect(seen()).toEqual(['bread'])
  expect(bakery.depth(queue)).toEqual({ visible: 0, inFlight: 1 })
  allowed = true
  await clock.advance(31_000)
  await until(() => seen().length === 2 && bakery.depth(queue).inFlight === 0)
  expect(seen()).toEqual(['bread', 'bread'])
})

// "For streams and Amazon SQS event sources, when you set BatchSize to a value greater than 10, you must set
// MaximumBatchingWindowInSeconds to at least 1" (Lambda API Reference, CreateEventSourceMapping), where the default batch of a
// stream has 100 records without a window.
test.each([
  [{ BatchSize: 'many' }, /BatchSize many/],
  [{ BatchSize: 11 }, /BatchSize above 10, which needs a MaximumBatchingWindowInSeconds/],
  [{ ScalingConfig: { MaximumConcurrency: 1 } }, /MaximumConcurrency 1; it must be a whole number from 2 to 1000/],
  [{ EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/x' }, /reads from arn:aws:kinesis/],
  [{ FilterCriteria: { Filters: [{ Pattern: '{}' }] } }, /for streams only/],
  [
    {
      EventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/loaves/stream/x',
      StartingPosition: 'LATEST',
      FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":' }] },
    },
    /has the filter/,
  ],
])('a mapping with %j is rejected', async (mapping, message) => {
  await expect(consumer(mapping)).rejects.toThrow(message)
})

test('a mapping may have a batch above 10 with a window of a second, and a concurrency of 2', async () => {
  await consumer({ BatchSize: 11, MaximumBatchingWindowInSeconds: 1, ScalingConfig: { MaximumConcurrency: 2 } })
})

test('messages in flight when the process was killed are received immediately, and that receive is counted', async () => {
  const { queue } = await consumer({}, { Handler: 'consumer.printing' })
  send(queue, 'bread')
  expect(await bakery.sqs.receive(queue, { max: 1, waitMs: 0 })).toHaveLength(1)
  expect(bakery.depth(queue)).toEqual({ visible: 0, inFlight: 1 })
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  expect(bakery.logLines.find((each) => each.startsWith('event '))).toContain('"ApproximateReceiveCount":"2"')
})

test('a function timeout above the visibility timeout is rejected', async () => {
  await expect(consumer({}, { Timeout: 31 })).rejects.toThrow(/visibility timeout: 30 seconds is less than/)
})

test('messages that come while a batch runs wait in the queue and form the next batch', async () => {
  const { queue } = await consumer()
  bakery.lambda.start()
  send(queue, 'slow')
  await until(() => bakery.depth(queue).inFlight === 1)
  send(queue, 'rye')
  send(queue, 'wheat')
  await until(() => bakery.invocations.length === 2)
  expect(seen()).toEqual(['slow', 'rye wheat'])
})

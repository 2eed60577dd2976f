import { ManualClock } from '../clock.ts'
import { RecordedAccess } from '../iam/testing.ts'
import { State } from '../state/state.ts'
import { newStateFile } from '../test/folders.ts'
import { Bakery, until } from './testing.ts'

let bakery: Bakery
beforeEach(() => (bakery = new Bakery()))
afterEach(() => bakery.stop())

const seen = () => bakery.logLines.filter((line) => line.startsWith('seen ')).map((line) => line.slice(5))

async function consumer(mapping: Record<string, unknown> = {}, properties: Record<string, unknown> = {}) {
  const stream = await bakery.table()
  const name = await bakery.deploy({ Handler: 'consumer.handler', ...properties })
  const created = await bakery.create('AWS::Lambda::EventSourceMapping', {
    FunctionName: name,
    EventSourceArn: stream,
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 2,
    ...mapping,
  })
  return { stream, uuid: created.ref }
}

test('records are passed on in order, immediately and in the shape of a stream event', async () => {
  // The clock does not advance: nothing here may wait for a poll interval.
  bakery = new Bakery({ clock: new ManualClock() })
  const { stream } = await consumer({}, { Handler: 'consumer.printing' })
  await bakery.putItems('rye', 'wheat')
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  const event = JSON.parse(bakery.logLines.find((line) => line.startsWith('event '))!.slice(6))
  expect(event.Records.map((record: any) => record.dynamodb.Keys.id.S)).toEqual(['rye', 'wheat'])
  expect(event.Records[0]).toEqual({
    eventID: expect.any(String),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { id: { S: 'rye' } },
      NewImage: { id: { S: 'rye' } },
      SequenceNumber: expect.stringMatching(/^\d+$/),
      SizeBytes: expect.any(Number),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: stream,
  })
  await bakery.putItems('oats')
  await until(() => bakery.invocations.length === 2)
})

test('LATEST starts with records written after the start of the mapping, in batches of the batch size', async () => {
  await consumer({ StartingPosition: 'LATEST', BatchSize: 2 })
  await bakery.putItems('old')
  bakery.lambda.start()
  await bakery.putItems('a', 'b', 'c')
  await until(() => seen().join(' ') !== '' && seen().join(' ').endsWith('c'))
  expect(seen().join(' ')).toBe('a b c')
  expect(seen().every((batch) => batch.split(' ').length <= 2)).toBe(true)
})

test('records that exceed an event together are passed in several, in order', async () => {
  await consumer()
  const ids = Array.from({ length: 20 }, (_, index) => `r${index}`)
  for (const id of ids) await bakery.putItem({ id: { S: id }, dough: { S: 'x'.repeat(390_000) } })
  bakery.lambda.start()
  await until(() => seen().length === 2)
  expect(seen()).toEqual([ids.slice(0, 10).join(' '), ids.slice(10).join(' ')])
})

test('a partial failure continues at the lowest failed record', async () => {
  await consumer()
  await bakery.putItems('a', 'flaky-1', 'b', 'c')
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 2)
  expect(seen()).toEqual(['a flaky-1 b c', 'flaky-1 b c'])
})

test('after all retries a queue destination gets pointers to the rest of the batch, and the shard continues', async () => {
  const failures = bakery.queue('failures')
  const { stream } = await consumer({ DestinationConfig: { OnFailure: { Destination: failures } } })
  await bakery.putItems('a', 'poison', 'b')
  bakery.lambda.start()
  await until(() => bakery.depth(failures).visible === 1)
  await bakery.putItems('c')
  await until(() => seen().at(-1) === 'c')
  expect(seen()).toEqual(['a poison b', 'poison b', 'poison b', 'c'])
  const [message] = await bakery.messages(failures)
  const record = JSON.parse(message!.body)
  expect(record).toEqual({
    requestContext: {
      requestId: bakery.invocations[2]!.requestId,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bakery',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: null },
    version: '1.0',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    DDBStreamBatchInfo: {
      shardId: expect.stringMatching(/^shardId-/),
      startSequenceNumber: expect.stringMatching(/^\d+$/),
      endSequenceNumber: expect.stringMatching(/^\d+$/),
      approximateArrivalOfFirstRecord: expect.stringMatching(/:\d\dZ$/),
      approximateArrivalOfLastRecord: expect.stringMatching(/:\d\dZ$/),
      batchSize: 2,
      streamArn: stream,
    },
  })
  expect(bakery.warnings).toEqual([expect.stringMatching(/^2 stream record\(s\) .* were sent to .*:failures\.$/)])
})

test('a bucket destination gets the complete records', async () => {
  const { uuid } = await consumer({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
  })
  await bakery.putItems('a', 'throw', 'b')
  bakery.lambda.start()
  await until(() => bakery.puts.length === 1)
  await until(() => seen().at(-1) === 'b')
  const { bucket, key, body } = bakery.puts[0]!
  expect(bucket).toBe('failures')
  expect(key).toMatch(
    new RegExp(
      `^aws/lambda/${uuid}/shardId-[\\d-]+/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
    ),
  )
  expect(body).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted' },
    responseContext: { functionError: 'Unhandled' },
    DDBStreamBatchInfo: { batchSize: 1 },
  })
  const payload = JSON.parse(body.payload)
  expect(payload.Records.map((record: any) => record.dynamodb.NewImage.id.S)).toEqual(['throw'])
})

test('bisecting isolates the failing record, and all others are accepted in order', async () => {
  const failures = bakery.queue('failures')
  await consumer({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    FunctionResponseTypes: [],
    DestinationConfig: { OnFailure: { Destination: failures } },
  })
  await bakery.putItems('a', 'b', 'throw', 'c')
  bakery.lambda.start()
  await until(() => seen().at(-1) === 'c')
  expect(seen()).toEqual(['a b throw c', 'a b', 'throw c', 'throw', 'throw', 'c'])
  expect(JSON.parse((await bakery.messages(failures))[0]!.body).DDBStreamBatchInfo.batchSize).toBe(1)
})

test('bisecting does not isolate a reported record: the batch is split there, and the rest is retried as one', async () => {
  const failures = bakery.queue('failures')
  await consumer({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: failures } },
  })
  await bakery.putItems('a', 'b', 'poison', 'c', 'd')
  bakery.lambda.start()
  await until(() => bakery.depth(failures).visible === 1)
  expect(seen()).toEqual(['a b poison c d', 'poison c d', 'poison c d'])
  expect(JSON.parse((await bakery.messages(failures))[0]!.body).DDBStreamBatchInfo.batchSize).toBe(3)
})

test('bisecting halves a batch whose response is an invalid report', async () => {
  await consumer({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 })
  await bakery.putItems('a', 'malformed', 'b', 'c')
  bakery.lambda.start()
  await until(() => seen().at(-1) === 'b c')
  expect(seen()).toEqual(['a malformed b c', 'a malformed', 'a', 'malformed', 'b c'])
})

test('records beyond the maximum age are discarded without an invocation', async () => {
  const clock = new ManualClock()
  bakery = new Bakery({ clock })
  const failures = bakery.queue('failures')
  await consumer({
    MaximumRecordAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: failures } },
  })
  await bakery.putItems('stale')
  await clock.advance(61_000)
  await bakery.putItems('fresh')
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  expect(seen()).toEqual(['fresh'])
  expect(JSON.parse((await bakery.messages(failures))[0]!.body)).toMatchObject({
    requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
  })
})

// "-1 means infinite: failed records are retried until the record expires. The data retention limit for DynamoDB Streams is 24
// hours" (Lambda Developer Guide, Lambda parameters for Amazon DynamoDB event source mappings).
test.each([-1, 604_800])(
  'a record that fails for 24 hours is lost with a warning, with MaximumRecordAgeInSeconds %i',
  async (MaximumRecordAgeInSeconds) => {
    const clock = new ManualClock()
    bakery = new Bakery({ clock })
    const failures = bakery.queue('failures')
    await consumer({
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds,
      DestinationConfig: { OnFailure: { Destination: failures } },
    })
    await bakery.putItems('poison')
    await clock.advance(86_399_000)
    bakery.lambda.start()
    await until(() => bakery.invocations.length === 1)
    await bakery.putItems('fresh')
    await until(async () => {
      await clock.advance(1000)
      return seen().at(-1) === 'fresh'
    })
    expect(new Set(seen())).toEqual(new Set(['poison', 'fresh']))
    expect(bakery.warnings).toEqual([expect.stringMatching(/^1 stream record\(s\) .* are lost: a MaximumRecordAge/)])
    expect(await bakery.messages(failures)).toEqual([])
  },
)

test('a batching window collects records', async () => {
  const clock = new ManualClock()
  bakery = new Bakery({ clock })
  await consumer({ MaximumBatchingWindowInSeconds: 5 })
  bakery.lambda.start()
  await bakery.putItems('a')
  await clock.advance(2000)
  await bakery.putItems('b')
  await clock.advance(2000)
  expect(bakery.invocations).toEqual([])
  await clock.advance(1000)
  await until(() => bakery.invocations.length === 1)
  expect(seen()).toEqual(['a b'])
})

test('a filter on a typed attribute is matched with the stream record, and its exists only with a leaf', async () => {
  const pattern = (NewImage: object) => JSON.stringify({ eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage } })
  const Filters = [
    { Pattern: pattern({ bakedBy: { S: [{ exists: true }] } }) },
    // `exists` on an attribute and not on its value never matches: it is an intermediate node.
    { Pattern: pattern({ loaves: [{ exists: true }] }) },
    // A number is a text in a stream record, which no numeric condition matches.
    { Pattern: pattern({ bakedBy: { N: [{ numeric: ['>', 0] }] } }) },
  ]
  await consumer({ FilterCriteria: { Filters } })
  await bakery.putItem({ id: { S: 'plain' } })
  await bakery.putItem({ id: { S: 'numbered' }, bakedBy: { N: '7' }, loaves: { L: [{ S: 'rye' }] } })
  await bakery.putItem({ id: { S: 'baked' }, bakedBy: { S: 'Ann' } })
  await bakery.deleteItem({ id: { S: 'baked' } })
  await bakery.putItem({ id: { S: 'plain' }, bakedBy: { S: 'Bo' } })
  bakery.lambda.start()
  await until(() => seen().length > 0)
  expect(seen()).toEqual(['baked plain'])
})

test('records that do not match the filter are skipped', async () => {
  const pattern = '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"id":{"S":[{"prefix":"rye"}]}}}}'
  await consumer({ FilterCriteria: { Filters: [{ Pattern: pattern }] } })
  await bakery.putItems('wheat', 'rye-1', 'oats')
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  await bakery.putItems('rye-2')
  await until(() => bakery.invocations.length === 2)
  expect(seen()).toEqual(['rye-1', 'rye-2'])
})

test('a restart continues after the last accepted record', async () => {
  const stateFile = newStateFile()
  const open = () => new Bakery({ state: new State(stateFile) })
  bakery = open()
  await consumer()
  await bakery.putItems('a', 'b')
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  await bakery.putItems('c')
  await until(() => bakery.invocations.length === 2)
  await bakery.stop()
  await bakery.putItems('while stopped')
  bakery.state.close()

  bakery = open()
  await consumer()
  bakery.lambda.start()
  await bakery.putItems('after')
  await until(() => seen().join(' ').endsWith('after'))
  expect(seen().join(' ')).toBe('while stopped after')
  await bakery.stop()
  bakery.state.close()
})

test('a restart in the middle of a batch continues after the records accepted so far', async () => {
  const stateFile = newStateFile()
  const open = () => new Bakery({ state: new State(stateFile) })
  bakery = open()
  await consumer({ MaximumRetryAttempts: 100 })
  await bakery.putItems('wheat', 'poison', 'rye')
  bakery.lambda.start()
  await until(() => seen().includes('poison rye'))
  await bakery.stop()
  bakery.state.close()

  bakery = open()
  await consumer({ MaximumRetryAttempts: 100 })
  bakery.lambda.start()
  await until(() => seen().length > 0)
  expect(seen()[0]).toBe('poison rye')
  await bakery.stop()
  bakery.state.close()
})

test('without permission on the destination bucket records are retried with a warning and not discarded', async () => {
  const clock = new ManualClock()
  let allowed = false
  const access = new RecordedAccess(({ action }) => !allowed && action === 's3:PutObject')
  bakery = new Bakery({ clock, access })
  const destination = { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } } }
  await consumer({ MaximumRetryAttempts: 0, ...destination })
  await bakery.putItems('poison')
  bakery.lambda.start()
  await until(() => bakery.warnings.length === 1)
  expect(bakery.warnings[0]).toMatch(/failed and is retried: The test denies s3:PutObject on .*\.$/)
  expect(bakery.puts).toEqual([])
  allowed = true
  await clock.advance(1000)
  await until(() => bakery.puts.length === 1)
})

test('a mapping that is disabled and immediately enabled again never reads a shard twice concurrently', async () => {
  const { uuid } = await consumer({ BatchSize: 1 })
  const setEnabled = (enabled: boolean) =>
    bakery.lambda.wire.operations['PUT /2015-03-31/event-source-mappings/{UUID}']!.handle(
      { UUID: uuid, request: { headers: {}, body: Buffer.from(JSON.stringify({ Enabled: enabled })) } },
      { principal: { kind: 'administrator' }, requestId: 'r' },
    )
  bakery.lambda.start()
  await bakery.putItems('slow-1', 'b')
  // The first batch is under way.
  await until(() => bakery.lambda.environments === 1)
  await setEnabled(false)
  await setEnabled(true)
  await until(() => seen().at(-1) === 'b')
  expect(seen()).toEqual(['slow-1', 'b'])
})

// "The minimum valid value for maximum record age is 60s. Although values less than 60 and greater than -1 fall within the
// parameter's absolute range, they are not allowed" (Lambda API Reference, CreateEventSourceMapping).
test.each([
  [{ MaximumRecordAgeInSeconds: 59 }, /MaximumRecordAgeInSeconds 59; it must be -1 or at least 60/],
  [{ EventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/y' }, /Stream: .* not found/],
  [{ StartingPosition: 'AT_TIMESTAMP' }, /StartingPosition AT_TIMESTAMP/],
  [{ MaximumRetryAttempts: -2 }, /MaximumRetryAttempts -2/],
  [
    { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:us-east-1:000000000000:x' } } },
    /destination arn:aws:sns/,
  ],
])('a mapping with %j is rejected', async (mapping, message) => {
  await expect(consumer(mapping)).rejects.toThrow(message)
})

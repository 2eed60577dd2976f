import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '../clock.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { Bakery, until } from './testing.ts'

let shop: Bakery
afterEach(() => shop.stop())

const seen = (of = shop) => of.logLines.filter((line) => line.startsWith('seen ')).map((line) => line.slice(5))

async function consumer(mapping: Record<string, unknown> = {}, properties: Record<string, unknown> = {}, of = shop) {
  const stream = await of.table()
  const name = await of.deploy({ Handler: 'consumer.handler', ...properties })
  const created = await of.create('AWS::Lambda::EventSourceMapping', {
    FunctionName: name,
    EventSourceArn: stream,
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 2,
    ...mapping,
  })
  return { stream, uuid: created.ref }
}

test('records arrive in order, at once, and in the shape of a stream event', async () => {
  shop = new Bakery()
  const { stream } = await consumer({}, { Handler: 'consumer.printing' })
  await shop.bake('rye', 'wheat')
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  const event = JSON.parse(shop.logLines.find((line) => line.startsWith('event '))!.slice(6))
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
  const writtenAt = performance.now()
  await shop.bake('oats')
  await until(() => shop.hops.length === 2)
  expect(performance.now() - writtenAt).toBeLessThan(100)
})

test('LATEST begins with what is written after the mapping was started, in batches of the batch size', async () => {
  shop = new Bakery()
  await consumer({ StartingPosition: 'LATEST', BatchSize: 2 })
  await shop.bake('old')
  shop.lambda.start()
  await shop.bake('a', 'b', 'c')
  await until(() => seen().join(' ') !== '' && seen().join(' ').endsWith('c'))
  expect(seen().join(' ')).toBe('a b c')
  expect(seen().every((batch) => batch.split(' ').length <= 2)).toBe(true)
})

test('a partial failure goes on at the lowest failed record', async () => {
  shop = new Bakery()
  await consumer()
  await shop.bake('a', 'flaky-1', 'b', 'c')
  shop.lambda.start()
  await until(() => shop.hops.length === 2)
  expect(seen()).toEqual(['a flaky-1 b c', 'flaky-1 b c'])
})

test('after its retries the rest of a batch goes to the queue as pointers, and the shard goes on', async () => {
  shop = new Bakery()
  const failures = shop.queue('failures')
  const { stream } = await consumer({ DestinationConfig: { OnFailure: { Destination: failures } } })
  await shop.bake('a', 'poison', 'b')
  shop.lambda.start()
  await until(() => shop.depth(failures).visible === 1)
  await shop.bake('c')
  await until(() => seen().at(-1) === 'c')
  expect(seen()).toEqual(['a poison b', 'poison b', 'poison b', 'c'])
  const [message] = await shop.messages(failures)
  const record = JSON.parse(message!.body)
  expect(record).toEqual({
    requestContext: {
      requestId: shop.hops[2]!.requestId,
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
  expect(shop.warnings).toEqual([expect.stringMatching(/^2 stream record\(s\) .* were sent to .*:failures\.$/)])
})

test('a bucket keeps the records whole', async () => {
  shop = new Bakery()
  const { uuid } = await consumer({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::crumbs' } },
  })
  await shop.bake('a', 'throw', 'b')
  shop.lambda.start()
  await until(() => shop.puts.length === 1)
  await until(() => seen().at(-1) === 'b')
  const { bucket, key, body } = shop.puts[0]!
  expect(bucket).toBe('crumbs')
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

test('bisecting isolates the record that fails: all others are accepted, in order', async () => {
  shop = new Bakery()
  const failures = shop.queue('failures')
  await consumer({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    FunctionResponseTypes: [],
    DestinationConfig: { OnFailure: { Destination: failures } },
  })
  await shop.bake('a', 'b', 'throw', 'c')
  shop.lambda.start()
  await until(() => seen().at(-1) === 'c')
  expect(seen()).toEqual(['a b throw c', 'a b', 'throw c', 'throw', 'throw', 'c'])
  expect(JSON.parse((await shop.messages(failures))[0]!.body).DDBStreamBatchInfo.batchSize).toBe(1)
})

test('records beyond the maximum age are discarded without a try', async () => {
  const clock = new ManualClock()
  shop = new Bakery({ clock })
  const failures = shop.queue('failures')
  await consumer({
    MaximumRecordAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: failures } },
  })
  await shop.bake('stale')
  await clock.advance(61_000)
  await shop.bake('fresh')
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  expect(seen()).toEqual(['fresh'])
  expect(JSON.parse((await shop.messages(failures))[0]!.body)).toMatchObject({
    requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
  })
})

test('a batching window gathers records', async () => {
  const clock = new ManualClock()
  shop = new Bakery({ clock })
  await consumer({ MaximumBatchingWindowInSeconds: 5 })
  shop.lambda.start()
  await shop.bake('a')
  await clock.advance(2000)
  await shop.bake('b')
  await clock.advance(2000)
  expect(shop.hops).toEqual([])
  await clock.advance(1000)
  await until(() => shop.hops.length === 1)
  expect(seen()).toEqual(['a b'])
})

test('a filter keeps other records from the function, and the position passes them', async () => {
  shop = new Bakery()
  const pattern = '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"id":{"S":[{"prefix":"rye"}]}}}}'
  await consumer({ FilterCriteria: { Filters: [{ Pattern: pattern }] } })
  await shop.bake('wheat', 'rye-1', 'oats')
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  await shop.bake('rye-2')
  await until(() => shop.hops.length === 2)
  expect(seen()).toEqual(['rye-1', 'rye-2'])
})

test('a restart goes on behind the last record that was accepted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stream-'))
  const open = () => new Bakery({ state: new State(join(folder, 'state.db')) })
  shop = open()
  await consumer()
  await shop.bake('a', 'b')
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  await shop.bake('c')
  await until(() => shop.hops.length === 2)
  await shop.stop()
  await shop.bake('while stopped')
  shop.state.close()

  shop = open()
  await consumer()
  shop.lambda.start()
  await shop.bake('after')
  await until(() => seen().join(' ').endsWith('after'))
  expect(seen().join(' ')).toBe('while stopped after')
  await shop.stop()
  shop.state.close()
  rmSync(folder, { recursive: true })
})

test('a restart in the middle of a batch goes on behind the records that were accepted one by one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stream-'))
  const open = () => new Bakery({ state: new State(join(folder, 'state.db')) })
  shop = open()
  await consumer({ MaximumRetryAttempts: 100 })
  await shop.bake('wheat', 'poison', 'rye')
  shop.lambda.start()
  await until(() => seen().includes('poison rye'))
  await shop.stop()
  shop.state.close()

  shop = open()
  await consumer({ MaximumRetryAttempts: 100 })
  shop.lambda.start()
  await until(() => seen().length > 0)
  expect(seen()[0]).toBe('poison rye')
  await shop.stop()
  shop.state.close()
  rmSync(folder, { recursive: true })
})

test('without permission on the bucket nothing is given up: the shard waits, and says why', async () => {
  const clock = new ManualClock()
  let allowed = false
  const access: AccessControl = {
    ...allowAll,
    require: (_principal, requests) => {
      if (allowed || requests.every((request) => request.action !== 's3:PutObject')) return
      throw new AwsError('AccessDeniedException', 'the baker may not s3:PutObject')
    },
  }
  shop = new Bakery({ clock, access })
  const destination = { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::crumbs' } } }
  await consumer({ MaximumRetryAttempts: 0, ...destination })
  await shop.bake('poison')
  shop.lambda.start()
  await until(() => shop.warnings.length === 1)
  expect(shop.warnings[0]).toMatch(/waits: the baker may not s3:PutObject$/)
  expect(shop.puts).toEqual([])
  allowed = true
  await clock.advance(1000)
  await until(() => shop.puts.length === 1)
})

test('a mapping that is held and let go at once never works on a shard twice at a time', async () => {
  shop = new Bakery()
  const { uuid } = await consumer({ BatchSize: 1 })
  const hold = (enabled: boolean) =>
    shop.lambda.wire.handle(
      {
        method: 'PUT',
        path: `/2015-03-31/event-source-mappings/${uuid}`,
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.from(JSON.stringify({ Enabled: enabled })),
      },
      { principal: { kind: 'administrator' }, requestId: 'r' },
      () => {},
    )
  shop.lambda.start()
  await shop.bake('slow-1', 'b')
  await until(() => seen().length === 1)
  await hold(false)
  await hold(true)
  await until(() => seen().at(-1) === 'b')
  expect(seen()).toEqual(['slow-1', 'b'])
})

test.each([
  [{ EventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/y' }, /Stream: .* not found/],
  [{ StartingPosition: 'AT_TIMESTAMP' }, /StartingPosition AT_TIMESTAMP/],
  [{ MaximumRetryAttempts: -2 }, /MaximumRetryAttempts -2/],
  [
    { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:us-east-1:000000000000:x' } } },
    /destination arn:aws:sns/,
  ],
])('refuses %j', async (mapping, message) => {
  shop = new Bakery()
  await expect(consumer(mapping)).rejects.toThrow(message)
})

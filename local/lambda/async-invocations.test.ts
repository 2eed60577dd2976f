import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '../clock.ts'
import { State } from '../state/state.ts'
import { administrator, Bakery, until } from './testing.ts'

let shop: Bakery
let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
})
afterEach(() => shop.stop())

const configure = (properties: Record<string, unknown>) =>
  shop.create('AWS::Lambda::EventInvokeConfig', { FunctionName: 'bakery', Qualifier: '$LATEST', ...properties })

/** Moves on to the next retry and waits for it. */
async function retryAfter(ms: number, hops: number): Promise<void> {
  await clock.advance(ms - 1)
  expect(shop.hops).toHaveLength(hops - 1)
  await clock.advance(1)
  await until(() => shop.hops.length === hops)
  await clock.advance(0)
}

test('an event that fails is retried after one minute and after two more, and then goes to the dead-letter queue', async () => {
  shop = new Bakery({ clock })
  const dead = shop.queue('dead')
  const arn = await shop.deploy({ DeadLetterConfig: { TargetArn: dead } })
  shop.lambda.start()
  shop.lambda.invokeAsync(arn, { manner: 'throw' }, administrator)
  await until(() => shop.hops.length === 1)
  await retryAfter(60_000, 2)
  await retryAfter(120_000, 3)
  await until(() => shop.depth(dead).visible === 1)
  await clock.advance(3_600_000)
  expect(shop.hops).toHaveLength(3)
  expect(new Set(shop.hops.map((hop) => hop.requestId)).size).toBe(1)
  const [message] = await shop.messages(dead)
  expect(JSON.parse(message!.body)).toEqual({ manner: 'throw' })
  expect(message!.messageAttributes).toEqual({
    RequestID: { DataType: 'String', StringValue: shop.hops[0]!.requestId },
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: { DataType: 'String', StringValue: 'the oven is too hot' },
  })
})

test("the function's configuration decides about retries and destination", async () => {
  shop = new Bakery({ clock })
  const failures = shop.queue('failures')
  const successes = shop.queue('successes')
  const arn = await shop.deploy()
  await configure({
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: failures }, OnSuccess: { Destination: successes } },
  })
  shop.lambda.start()
  shop.lambda.invokeAsync(arn, { manner: 'throw' }, administrator)
  await until(() => shop.depth(failures).visible === 1)
  expect(JSON.parse((await shop.messages(failures))[0]!.body)).toMatchObject({
    version: '1.0',
    requestContext: {
      requestId: shop.hops[0]!.requestId,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bakery:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    },
    requestPayload: { manner: 'throw' },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'RangeError', errorMessage: 'the oven is too hot' },
  })
  shop.lambda.invokeAsync(arn, { manner: 'echo' }, administrator)
  await until(() => shop.depth(successes).visible === 1)
  expect(JSON.parse((await shop.messages(successes))[0]!.body)).toMatchObject({
    requestContext: { condition: 'Success' },
    responsePayload: { manner: 'echo' },
  })
})

test('an event that grows too old is given up', async () => {
  shop = new Bakery({ clock })
  const failures = shop.queue('failures')
  const arn = await shop.deploy()
  await configure({
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: failures } },
  })
  shop.lambda.invokeAsync(arn, { manner: 'echo' }, administrator)
  await clock.advance(61_000)
  shop.lambda.start()
  await until(() => shop.depth(failures).visible === 1)
  expect(shop.hops).toEqual([])
  expect(JSON.parse((await shop.messages(failures))[0]!.body).requestContext.condition).toBe('EventAgeExceeded')
})

test('an event without destination is dropped with a word', async () => {
  shop = new Bakery({ clock })
  const arn = await shop.deploy()
  await configure({ MaximumRetryAttempts: 0 })
  shop.lambda.start()
  shop.lambda.invokeAsync(arn, { manner: 'throw' }, administrator)
  await until(() => shop.warnings.length === 1)
  expect(shop.warnings[0]).toMatch(/^An event of bakery .* is dropped: RetriesExhausted/)
})

test('throttling costs no retry', async () => {
  shop = new Bakery({ clock })
  const arn = await shop.deploy({ ReservedConcurrentExecutions: 1 })
  await configure({ MaximumRetryAttempts: 0 })
  shop.lambda.start()
  const busy = shop.lambda.invoke(arn, { manner: 'sleep', ms: 300 }, administrator)
  shop.lambda.invokeAsync(arn, { manner: 'echo' }, administrator)
  await clock.advance(0)
  await busy
  expect(shop.hops).toHaveLength(1)
  await clock.advance(1000)
  await until(() => shop.hops.length === 2)
  expect(shop.warnings).toEqual([])
})

test('an accepted event survives a restart, and is part of the transaction that accepts it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'async-'))
  const open = () => new Bakery({ clock, state: new State(join(folder, 'state.db')) })
  shop = open()
  const arn = await shop.deploy()
  shop.lambda.invokeAsync(arn, { manner: 'echo', number: 1 }, administrator)
  expect(() =>
    shop.state.transaction(() => {
      shop.lambda.invokeAsync(arn, { manner: 'echo', number: 2 }, administrator)
      throw new Error('no')
    }),
  ).toThrow('no')
  await shop.stop()
  shop.state.close()

  shop = open()
  await shop.deploy()
  shop.lambda.start()
  await until(() => shop.hops.length === 1)
  await shop.stop()
  expect(shop.state.all('SELECT * FROM lambda_async')).toEqual([])
  shop.state.close()
  rmSync(folder, { recursive: true })
})

test('an event of a function that is no longer deployed is dropped with a word', async () => {
  shop = new Bakery({ clock })
  const arn = await shop.deploy()
  shop.lambda.invokeAsync(arn, {}, administrator)
  const { state } = shop
  shop = new Bakery({ clock, state })
  shop.lambda.start()
  await until(() => shop.warnings.length === 1)
  expect(shop.warnings[0]).toMatch(/no longer deployed/)
})

import { ManualClock } from '../clock.ts'
import { State } from '../state/state.ts'
import { newStateFile } from '../test/folders.ts'
import { administrator, Bakery, until } from './testing.ts'

let bakery: Bakery
let clock: ManualClock
beforeEach(() => (clock = new ManualClock()))
afterEach(() => bakery.stop())

const configure = (properties: Record<string, unknown>) =>
  bakery.create('AWS::Lambda::EventInvokeConfig', { FunctionName: 'bakery', Qualifier: '$LATEST', ...properties })

/** Advances the clock to the next retry and waits for it. */
async function retryAfter(ms: number, invocations: number): Promise<void> {
  await clock.advance(ms - 1)
  expect(bakery.invocations).toHaveLength(invocations - 1)
  await clock.advance(1)
  await until(() => bakery.invocations.length === invocations)
  await clock.advance(0)
}

test('a failed event is retried after one and two more minutes, then sent to its destination', async () => {
  bakery = new Bakery({ clock })
  const dead = bakery.queue('dead')
  const arn = await bakery.deploy()
  await configure({ DestinationConfig: { OnFailure: { Destination: dead } } })
  bakery.lambda.start()
  bakery.lambda.invokeAsync(arn, { behavior: 'throw' }, administrator)
  await until(() => bakery.invocations.length === 1)
  await retryAfter(60_000, 2)
  await retryAfter(120_000, 3)
  await until(() => bakery.depth(dead).visible === 1)
  await clock.advance(3_600_000)
  expect(bakery.invocations).toHaveLength(3)
  expect(new Set(bakery.invocations.map((invocation) => invocation.requestId)).size).toBe(1)
  const [message] = await bakery.messages(dead)
  expect(JSON.parse(message!.body)).toMatchObject({
    version: '1.0',
    requestContext: {
      requestId: bakery.invocations[0]!.requestId,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bakery:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { behavior: 'throw' },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'RangeError', errorMessage: 'the oven is too hot' },
  })
})

test('an event that exceeds the maximum age is sent to the destination without an invocation', async () => {
  bakery = new Bakery({ clock })
  const failures = bakery.queue('failures')
  const arn = await bakery.deploy()
  await configure({
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: failures } },
  })
  bakery.lambda.invokeAsync(arn, { behavior: 'echo' }, administrator)
  await clock.advance(61_000)
  bakery.lambda.start()
  await until(() => bakery.depth(failures).visible === 1)
  expect(bakery.invocations).toEqual([])
  expect(JSON.parse((await bakery.messages(failures))[0]!.body).requestContext.condition).toBe('EventAgeExceeded')
})

test('a destination for successful events is rejected', async () => {
  bakery = new Bakery({ clock })
  await bakery.deploy()
  const OnSuccess = { Destination: bakery.queue('successes') }
  await expect(configure({ DestinationConfig: { OnSuccess } })).rejects.toThrow('only OnFailure is emulated')
})

test('a failed event without a destination is dropped with a warning', async () => {
  bakery = new Bakery({ clock })
  const arn = await bakery.deploy()
  await configure({ MaximumRetryAttempts: 0 })
  bakery.lambda.start()
  bakery.lambda.invokeAsync(arn, { behavior: 'throw' }, administrator)
  await until(() => bakery.warnings.length === 1)
  expect(bakery.warnings[0]).toMatch(/^An event for bakery .* was dropped: RetriesExhausted/)
})

test("an accepted event survives a restart and is rolled back with the caller's transaction", async () => {
  const stateFile = newStateFile()
  const open = () => new Bakery({ clock, state: new State(stateFile) })
  bakery = open()
  const arn = await bakery.deploy()
  bakery.lambda.invokeAsync(arn, { behavior: 'echo', number: 1 }, administrator)
  expect(() =>
    bakery.state.transaction(() => {
      bakery.lambda.invokeAsync(arn, { behavior: 'echo', number: 2 }, administrator)
      throw new Error('no')
    }),
  ).toThrow('no')
  await bakery.stop()
  bakery.state.close()

  bakery = open()
  await bakery.deploy()
  bakery.lambda.start()
  await until(() => bakery.invocations.length === 1)
  await bakery.stop()
  expect(bakery.state.all('SELECT * FROM lambda_async')).toEqual([])
  bakery.state.close()
})

test('an event for a function that is no longer deployed is dropped with a warning', async () => {
  bakery = new Bakery({ clock })
  const arn = await bakery.deploy()
  bakery.lambda.invokeAsync(arn, {}, administrator)
  await bakery.stop()
  bakery = new Bakery({ clock, state: bakery.state })
  bakery.lambda.start()
  await until(() => bakery.warnings.length === 1)
  expect(bakery.warnings[0]).toMatch(/no longer deployed/)
})

import { Lambda } from '@aws-sdk/client-lambda'
import { RecordedAccess } from '../iam/testing.ts'
import type { Principal } from '../iam/types.ts'
import { TestEndpoint } from '../wire/testing.ts'
import { Bakery, until } from './testing.ts'

let bakery: Bakery
let endpoint: TestEndpoint
let client: Lambda
let access: RecordedAccess
let denied: string | undefined
const caller: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/customer' }

beforeEach(async () => {
  denied = undefined
  access = new RecordedAccess(({ action }) => action === denied)
  bakery = new Bakery({ access })
  endpoint = new TestEndpoint({ access, authenticate: () => caller })
  endpoint.server.addRestService(bakery.lambda.wire)
  await endpoint.listen()
  client = endpoint.client(Lambda)
  await bakery.deploy()
})
afterEach(async () => {
  await endpoint.stop()
  await bakery.stop()
})

/** Without those of the function's role. */
const requested = () => access.requests.filter((_, at) => access.principals[at] === caller)

const invoke = (event: unknown, input: object = {}) =>
  client.invoke({ FunctionName: 'bakery', Payload: Buffer.from(JSON.stringify(event)), ...input })

test('an event is limited to 6 MB, or 1 MB when it is queued', async () => {
  const event = (bytes: number) => ({ behavior: 'count', text: 'x'.repeat(bytes) })
  const tooLarge = { name: 'RequestEntityTooLargeException', $metadata: { httpStatusCode: 413 } }
  await expect(invoke(event(6 * 1024 * 1024))).rejects.toMatchObject(tooLarge)
  await expect(invoke(event(1024 * 1024), { InvocationType: 'Event' })).rejects.toMatchObject(tooLarge)
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:bakery'
  // A request of an HTTP API: JSON escapes some of its characters.
  const fromApi = bakery.lambda.invoke(arn, { behavior: 'count', text: '\n'.repeat(4 * 1024 * 1024) }, caller)
  await expect(fromApi).rejects.toMatchObject({ name: 'RequestEntityTooLargeException' })
  expect((await invoke(event(6 * 1024 * 1024 - 100))).FunctionError).toBeUndefined()
})

test.each([{ ClientContext: Buffer.from('{}').toString('base64') }, { LogType: 'Tail' }, { InvocationType: 'DryRun' }])(
  'Invoke with %j is rejected',
  async (input) => {
    const rejected = invoke({ behavior: 'count' }, input)
    await expect(rejected).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  },
)

const parse = (payload?: Uint8Array) => JSON.parse(Buffer.from(payload ?? []).toString())

test('Invoke returns the payload and the version', async () => {
  const response = await invoke({ behavior: 'log', lines: [] })
  expect(response).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
  expect(response.FunctionError).toBeUndefined()
  expect(parse(response.Payload)).toBe('logged')
  expect(requested()).toEqual([
    { action: 'lambda:InvokeFunction', resource: 'arn:aws:lambda:us-east-1:000000000000:function:bakery' },
  ])
})

test("a function's error is returned with FunctionError", async () => {
  const response = await invoke({ behavior: 'throw' })
  expect(response.FunctionError).toBe('Unhandled')
  expect(parse(response.Payload)).toMatchObject({ errorType: 'RangeError' })
})

test('an Event invocation is accepted and runs later', async () => {
  bakery.lambda.start()
  expect(await invoke({ behavior: 'echo' }, { InvocationType: 'Event' })).toMatchObject({ StatusCode: 202 })
  await until(() => bakery.invocations.length === 1)
})

test('a qualified ARN is a separate resource for permissions', async () => {
  await bakery.create('AWS::Lambda::Alias', { FunctionName: 'bakery', Name: 'live', FunctionVersion: '1' })
  const response = await invoke({ behavior: 'context' }, { Qualifier: 'live' })
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:bakery:live'
  expect(parse(response.Payload).invokedFunctionArn).toBe(arn)
  expect(requested()).toEqual([{ action: 'lambda:InvokeFunction', resource: arn }])
  await expect(invoke({}, { Qualifier: 'absent' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('errors have the format that the SDK reads', async () => {
  await expect(invoke({}, { FunctionName: 'absent' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  })
  await expect(invoke({}, { Payload: Buffer.from('{') })).rejects.toMatchObject({
    name: 'InvalidRequestContentException',
  })
  denied = 'lambda:InvokeFunction'
  await expect(invoke({})).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await expect(invoke({}, { InvocationType: 'Event' })).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('GetFunctionConfiguration describes a function', async () => {
  const configuration = await client.getFunctionConfiguration({ FunctionName: 'bakery' })
  expect(configuration).toMatchObject({
    Handler: 'bakery.handler',
    Timeout: 10,
    MemorySize: 256,
    Runtime: 'nodejs24.x',
  })
  expect(configuration.FunctionArn).toBe('arn:aws:lambda:us-east-1:000000000000:function:bakery')
})

test('a mapping can be enabled and disabled', async () => {
  const queue = bakery.queue('dough')
  const mapping = { FunctionName: 'bakery', EventSourceArn: queue, Enabled: false }
  const { ref: UUID } = await bakery.create('AWS::Lambda::EventSourceMapping', mapping)
  bakery.lambda.start()
  const list = await client.listEventSourceMappings({ FunctionName: 'bakery' })
  expect(list.EventSourceMappings).toMatchObject([{ UUID, State: 'Disabled', EventSourceArn: queue }])
  bakery.sqs.send(queue, { body: 'bread' })
  // A running poller would have the message in flight after one turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve))
  expect(bakery.depth(queue)).toEqual({ visible: 1, inFlight: 0 })
  const enabled = await client.updateEventSourceMapping({ UUID, Enabled: true })
  expect(enabled.State).toBe('Enabled')
  await until(() => bakery.invocations.length === 1)
  expect((await client.updateEventSourceMapping({ UUID, Enabled: false })).State).toBe('Disabled')
  await expect(client.updateEventSourceMapping({ UUID, BatchSize: 5 })).rejects.toMatchObject({
    name: 'ValidationError',
  })
  await expect(client.updateEventSourceMapping({ UUID: 'absent', Enabled: true })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

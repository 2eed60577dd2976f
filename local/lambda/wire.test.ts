import {
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { allowAll, type AccessRequest, type AccessControl, type Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { WireServer } from '../wire/server.ts'
import { Bakery, until } from './testing.ts'

let shop: Bakery
let server: WireServer
let client: LambdaClient
let asked: AccessRequest[]
let denied: string | undefined
const caller: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/customer' }

beforeEach(async () => {
  asked = []
  denied = undefined
  const access: AccessControl = {
    ...allowAll,
    require(principal, requests) {
      // What Lambda itself asks for in the name of the function's role is another test's matter.
      if (principal === caller) asked.push(...requests)
      if (requests.some((request) => request.action === denied)) {
        throw new AwsError('AccessDeniedException', `not allowed: ${denied}`, { statusCode: 403 })
      }
    },
  }
  shop = new Bakery({ access })
  server = new WireServer({ access, authenticate: () => caller })
  server.addRestService(shop.lambda.wire)
  client = new LambdaClient({
    endpoint: await server.listen(0),
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  await shop.deploy()
})
afterEach(async () => {
  client.destroy()
  await server.close()
  await shop.stop()
})

const invoke = (event: unknown, input: object = {}) =>
  client.send(new InvokeCommand({ FunctionName: 'bakery', Payload: Buffer.from(JSON.stringify(event)), ...input }))

const parse = (payload?: Uint8Array) => JSON.parse(Buffer.from(payload ?? []).toString())

test('Invoke answers the payload, the version and the end of the log', async () => {
  const answer = await invoke({ manner: 'log', lines: ['kneading'] }, { LogType: 'Tail' })
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
  expect(answer.FunctionError).toBeUndefined()
  expect(parse(answer.Payload)).toBe('logged')
  const log = Buffer.from(answer.LogResult!, 'base64').toString()
  expect(log).toMatch(/^START RequestId: .*\n(.*\n)*kneading\n(.*\n)*REPORT RequestId: /)
  expect(asked).toEqual([
    { action: 'lambda:InvokeFunction', resource: 'arn:aws:lambda:us-east-1:000000000000:function:bakery' },
  ])
})

test("a function's error is an answer", async () => {
  const answer = await invoke({ manner: 'throw' })
  expect(answer.FunctionError).toBe('Unhandled')
  expect(parse(answer.Payload)).toMatchObject({ errorType: 'RangeError' })
})

test('an event is accepted, and invoked later', async () => {
  shop.lambda.start()
  expect(await invoke({ manner: 'echo' }, { InvocationType: 'Event' })).toMatchObject({ StatusCode: 202 })
  await until(() => shop.hops.length === 1)
  expect(await invoke({}, { InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 })
})

test('a qualified name is another resource for permissions', async () => {
  await shop.create('AWS::Lambda::Alias', { FunctionName: 'bakery', Name: 'live', FunctionVersion: '1' })
  const answer = await invoke({ manner: 'context' }, { Qualifier: 'live' })
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:bakery:live'
  expect(parse(answer.Payload).invokedFunctionArn).toBe(arn)
  expect(asked).toEqual([{ action: 'lambda:InvokeFunction', resource: arn }])
  await expect(invoke({}, { Qualifier: 'absent' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('errors have the form that the SDK reads', async () => {
  await expect(invoke({}, { FunctionName: 'absent' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  })
  await expect(invoke({}, { Payload: Buffer.from('{') })).rejects.toMatchObject({
    name: 'InvalidRequestContentException',
  })
  await shop.deploy({ ReservedConcurrentExecutions: 0 })
  await expect(invoke({})).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
  denied = 'lambda:InvokeFunction'
  await expect(invoke({})).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await expect(invoke({}, { InvocationType: 'Event' })).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await expect(invoke({}, { InvocationType: 'DryRun' })).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('functions are described', async () => {
  const { Functions } = await client.send(new ListFunctionsCommand({}))
  expect(Functions).toMatchObject([{ FunctionName: 'bakery', Timeout: 10, MemorySize: 256, Runtime: 'nodejs24.x' }])
  const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: 'bakery' }))
  expect(Configuration?.FunctionArn).toBe('arn:aws:lambda:us-east-1:000000000000:function:bakery')
  const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'bakery' }))
  expect(configuration.Handler).toBe('bakery.handler')
})

test('a mapping can be held and let go', async () => {
  const queue = shop.queue('dough')
  const mapping = { FunctionName: 'bakery', EventSourceArn: queue, Enabled: false }
  const { ref: UUID } = await shop.create('AWS::Lambda::EventSourceMapping', mapping)
  shop.lambda.start()
  const list = await client.send(new ListEventSourceMappingsCommand({ FunctionName: 'bakery' }))
  expect(list.EventSourceMappings).toMatchObject([{ UUID, State: 'Disabled', EventSourceArn: queue }])
  shop.sqs.send(queue, { body: 'bread' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(shop.hops).toEqual([])
  const enabled = await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }))
  expect(enabled.State).toBe('Enabled')
  await until(() => shop.hops.length === 1)
  await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
  expect((await client.send(new GetEventSourceMappingCommand({ UUID }))).State).toBe('Disabled')
  await expect(client.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 5 }))).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
  })
  await expect(client.send(new GetEventSourceMappingCommand({ UUID: 'absent' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

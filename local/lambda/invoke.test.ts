import { ManualClock } from '../clock.ts'
import { administrator, Bakery, isAlive, until } from './testing.ts'

let shop: Bakery
afterEach(() => shop.stop())

const invoke = (arn: string, event: unknown) => shop.lambda.invoke(arn, event, administrator)

test('a function answers, and the second invocation meets the warm environment of the first', async () => {
  shop = new Bakery()
  const arn = await shop.deploy()
  const first = await invoke(arn, { manner: 'count' })
  const second = await invoke(arn, { manner: 'count' })
  expect(first.payload).toMatchObject({ served: 1 })
  expect(second.payload).toEqual({ served: 2, pid: (first.payload as any).pid })
  expect(shop.hops.map((hop) => hop.cold)).toEqual([true, false])
})

test("a function sees Lambda's variables, its own and nothing of the host's", async () => {
  process.env.SECRET_OF_THE_HOST = 'leak'
  shop = new Bakery()
  const arn = await shop.deploy({ Environment: { Variables: { FLOUR: 'rye' } } })
  const { payload } = await invoke(arn, { manner: 'environment' })
  delete process.env.SECRET_OF_THE_HOST
  expect(payload).toEqual({
    FLOUR: 'rye',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/home/sbx_user1051',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key-of-bakery',
    AWS_SECRET_ACCESS_KEY: 'secret-of-arn:aws:iam::000000000000:role/baker',
    AWS_SESSION_TOKEN: 'token',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'bakery',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'Text',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/bakery',
    AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    LAMBDA_TASK_ROOT: expect.stringMatching(/fixtures$/),
    _HANDLER: 'bakery.handler',
    _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
  })
})

test('the context tells who is invoked, and how long it may take', async () => {
  shop = new Bakery()
  const { payload } = await invoke(await shop.deploy(), { manner: 'context' })
  expect(payload).toMatchObject({
    functionName: 'bakery',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bakery',
    memoryLimitInMB: '256',
    awsRequestId: shop.hops[0]!.requestId,
    logGroupName: '/aws/lambda/bakery',
  })
  const { remainingMs } = payload as { remainingMs: number }
  expect(remainingMs).toBeGreaterThan(9000)
  expect(remainingMs).toBeLessThanOrEqual(10_000)
})

test('what a handler throws is the answer, and the environment serves on', async () => {
  shop = new Bakery()
  const arn = await shop.deploy()
  const { payload, functionError } = await invoke(arn, { manner: 'throw' })
  expect(functionError).toBe('Unhandled')
  expect(payload).toMatchObject({ errorType: 'RangeError', errorMessage: 'the oven is too hot' })
  expect((payload as any).trace[0]).toBe('RangeError: the oven is too hot')
  expect((await invoke(arn, { manner: 'throwText' })).payload).toEqual({
    errorType: 'string',
    errorMessage: 'burnt',
    trace: [],
  })
  expect(shop.hops.map((hop) => hop.cold)).toEqual([true, false])
  expect(shop.hops[0]!.error).toBe('RangeError: the oven is too hot')
})

test.each([
  [{ manner: 'exit', code: 3 }, 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
  [{ manner: 'exit', code: 0 }, 'Runtime.ExitError', 'Runtime exited without providing a reason'],
  [{ manner: 'kill' }, 'Runtime.ExitError', 'Runtime exited with error: signal: term'],
])('%j ends the environment, and the next invocation gets a new one', async (event, errorType, reason) => {
  shop = new Bakery()
  const arn = await shop.deploy()
  const { payload, functionError } = await invoke(arn, event)
  expect(functionError).toBe('Unhandled')
  expect(payload).toEqual({ errorType, errorMessage: `RequestId: ${shop.hops[0]!.requestId} Error: ${reason}` })
  expect((await invoke(arn, { manner: 'count' })).payload).toMatchObject({ served: 1 })
})

test('an unhandled rejection ends the environment with its reason', async () => {
  shop = new Bakery()
  const { payload } = await invoke(await shop.deploy(), { manner: 'unhandled' })
  expect(payload).toMatchObject({
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: 'Error: nobody waits for this',
  })
})

test.each(['hang', 'spin'])('a function that would %s for ever is killed at its timeout', async (manner) => {
  shop = new Bakery()
  const arn = await shop.deploy({ Timeout: 1 })
  const { pid } = (await invoke(arn, { manner: 'count' })).payload as { pid: number }
  const { payload } = await invoke(arn, { manner })
  const { requestId, durationMs } = shop.hops[1]!
  expect(payload).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
  })
  expect(durationMs).toBeGreaterThanOrEqual(990)
  expect(durationMs).toBeLessThan(3000)
  expect(isAlive(pid)).toBe(false)
  expect(shop.logLines.some((line) => line.endsWith(`${requestId} Task timed out after 1.00 seconds`))).toBe(true)
})

test('a function that allocates native memory beyond its size is killed', async () => {
  shop = new Bakery()
  const { payload } = await invoke(await shop.deploy({ MemorySize: 128 }), { manner: 'hoardNative' })
  expect(payload).toEqual({
    errorType: 'Runtime.OutOfMemory',
    errorMessage: `RequestId: ${shop.hops[0]!.requestId} Error: Runtime exited with error: signal: killed`,
  })
  expect(shop.hops[0]!.maxMemoryMb).toBeGreaterThanOrEqual(128)
})

test('a large function keeps little room for new objects, so that idle environments stay small', async () => {
  shop = new Bakery()
  const { payload } = await invoke(await shop.deploy({ MemorySize: 1024 }), { manner: 'litter' })
  // Two halves of 8 MB each, and a page or two.
  expect((payload as { newSpaceMb: number }).newSpaceMb).toBeLessThan(30)
})

test('the smallest memory size is enough for a function that needs none', async () => {
  shop = new Bakery()
  const arn = await shop.deploy({ MemorySize: 128 })
  for (let time = 1; time <= 20; time++) await invoke(arn, { manner: 'sleep', ms: 5 })
  expect(shop.hops.filter((hop) => hop.error)).toEqual([])
  expect(shop.hops[19]!.maxMemoryMb).toBeLessThan(100)
})

test('an answer over 6 MB is an error', async () => {
  shop = new Bakery()
  const { payload } = await invoke(await shop.deploy(), { manner: 'huge' })
  expect(payload).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' })
})

describe('initialisation', () => {
  test('of code that is gone fails, and says so', async () => {
    shop = new Bakery({ assetDirectory: () => '/nowhere/at/all' })
    const { payload } = await invoke(await shop.deploy(), {})
    expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' })
    expect(shop.logLines.join()).toMatch(/The execution environment failed: spawn .* ENOENT/)
  })

  test('that throws is the answer of the invocation that needed it', async () => {
    shop = new Bakery()
    const { payload } = await invoke(await shop.deploy({ Handler: 'broken.handler' }), {})
    expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'no flour' })
  })

  test.each([
    ['absent.handler', 'Runtime.ImportModuleError'],
    ['bakery.absent', 'Runtime.HandlerNotFound'],
    ['bakery', 'Runtime.MalformedHandlerName'],
    ['common.handler', 'Runtime.CallbackHandlerDeprecated'],
  ])('of %s fails with %s', async (Handler, errorType) => {
    shop = new Bakery()
    const { payload } = await invoke(await shop.deploy({ Handler }), {})
    expect(payload).toMatchObject({ errorType })
  })

  test('that takes more than 10 seconds is killed', async () => {
    const clock = new ManualClock()
    shop = new Bakery({ clock })
    const arn = await shop.deploy({ Handler: 'slow-start.handler' })
    const answer = invoke(arn, {})
    await clock.advance(10_000)
    expect((await answer).payload).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Error: Task timed out after 10.00 seconds$/),
    })
  })
})

test('a CommonJS bundle and a handler with a callback work on a runtime that has them', async () => {
  shop = new Bakery()
  const arn = await shop.deploy({ Handler: 'common.handler', Runtime: 'nodejs22.x' })
  expect((await invoke(arn, {})).payload).toEqual({ fresh: true })
  expect((await invoke(arn, { fail: true })).payload).toMatchObject({ errorMessage: 'stale' })
})

test('all that a function prints stands between START and REPORT, and its correlation ids in the hop', async () => {
  shop = new Bakery()
  const lines = [
    '{"level":"INFO","correlation_id":"c-1"}',
    '{"correlation_id":"c-2","message":"baked"}',
    '{"correlation_id":"c-1","message":"sold"}',
    '{"message":"no id yet","error":{"name":"SyntaxError","message":"not an order"}}',
    '{"correlation_id":"c-1","message":"burnt","error":{"name":"Error","message":"too hot"}}',
    '{"message":"about nobody"}',
    '{"broken"',
  ]
  const arn = await shop.deploy()
  await invoke(arn, { manner: 'log', lines })
  const { requestId } = shop.hops[0]!
  expect(shop.logLines[0]).toBe(`START RequestId: ${requestId} Version: $LATEST`)
  expect(shop.logLines.slice(1, -2).toSorted()).toEqual(
    [...lines, 'to stderr', 'no end of line', expect.stringMatching(`Z\t${requestId}\tINFO\tbaked 3 loaves$`)].toSorted(
      (a, b) => (String(a) < String(b) ? -1 : 1),
    ),
  )
  expect(shop.logLines.at(-2)).toBe(`END RequestId: ${requestId}`)
  expect(shop.logLines.at(-1)).toMatch(
    new RegExp(
      `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms$`,
    ),
  )
  expect(shop.hops[0]!.correlationIds).toEqual(['c-1', 'c-2'])
  expect(shop.hops[0]!.messages).toEqual([
    'baked',
    'sold',
    'no id yet: SyntaxError: not an order',
    'burnt: Error: too hot',
  ])
  await invoke(arn, { manner: 'echo' })
  expect(shop.hops[1]!.correlationIds).toEqual([])
})

test('what a function started ends with its environment', async () => {
  shop = new Bakery()
  const arn = await shop.deploy()
  const { pid } = (await invoke(arn, { manner: 'startChild' })).payload as { pid: number }
  expect(isAlive(pid)).toBe(true)
  await shop.lambda.stop()
  await until(() => !isAlive(pid))
})

test('stop leaves no process, not even of an invocation that runs', async () => {
  shop = new Bakery()
  const arn = await shop.deploy()
  const { pid } = (await invoke(arn, { manner: 'count' })).payload as { pid: number }
  const running = invoke(arn, { manner: 'hang' })
  const refused = expect(running).rejects.toMatchObject({ name: 'ServiceException' })
  await until(() => shop.logLines.length > 0)
  await shop.lambda.stop()
  await refused
  expect(isAlive(pid)).toBe(false)
})

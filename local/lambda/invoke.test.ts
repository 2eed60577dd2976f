import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '../clock.ts'
import { newFolder } from '../test/folders.ts'
import { administrator, Bakery, isAlive, isStopped, until } from './testing.ts'

let bakery: Bakery
beforeEach(() => (bakery = new Bakery()))
afterEach(() => bakery.stop())

const invoke = (arn: string, event: unknown) => bakery.lambda.invoke(arn, event, administrator)

test('a function returns its response, and the second invocation reuses the warm environment', async () => {
  const arn = await bakery.deploy()
  const first = await invoke(arn, { behavior: 'count' })
  const second = await invoke(arn, { behavior: 'count' })
  expect(first.payload).toMatchObject({ served: 1 })
  expect(second.payload).toEqual({ served: 2, pid: (first.payload as any).pid })
  expect(bakery.invocations.map((invocation) => invocation.cold)).toEqual([true, false])
})

test('a function runs with a lower priority than the host, also where Linux groups processes by session', async () => {
  const arn = await bakery.deploy()
  const { pid } = (await invoke(arn, { behavior: 'count' })).payload as { pid: number }
  expect(getPriority(pid)).toBe(Math.min(getPriority() + 3, 19))
  const group = `/proc/${pid}/autogroup`
  // For users without privileges the change can take a moment.
  if (existsSync(group)) await until(() => readFileSync(group, 'utf8').trim().endsWith(' nice 3'))
})

test("a function sees Lambda's environment variables and its own, none of the host's", async () => {
  process.env.SECRET_OF_THE_HOST = 'secret'
  const arn = await bakery.deploy({ Environment: { Variables: { FLOUR: 'rye' } } })
  const { payload } = await invoke(arn, { behavior: 'environment' })
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

test('the context describes the function, the request and the remaining time', async () => {
  const { payload } = await invoke(await bakery.deploy({ Timeout: 900 }), { behavior: 'context' })
  expect(payload).toMatchObject({
    functionName: 'bakery',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bakery',
    memoryLimitInMB: '256',
    awsRequestId: bakery.invocations[0]!.requestId,
    logGroupName: '/aws/lambda/bakery',
  })
  const { remainingMs } = payload as { remainingMs: number }
  // A margin that no slow machine exceeds, and that still excludes the default timeout.
  expect(remainingMs).toBeGreaterThan(600_000)
  expect(remainingMs).toBeLessThanOrEqual(900_000)
})

test('an error of the handler is returned, and the environment stays in use', async () => {
  const arn = await bakery.deploy()
  const { payload, functionError } = await invoke(arn, { behavior: 'throw' })
  expect(functionError).toBe('Unhandled')
  expect(payload).toMatchObject({ errorType: 'RangeError', errorMessage: 'the oven is too hot' })
  expect((payload as any).trace[0]).toBe('RangeError: the oven is too hot')
  expect((await invoke(arn, { behavior: 'throwText' })).payload).toEqual({
    errorType: 'string',
    errorMessage: 'burnt',
    trace: [],
  })
  expect(bakery.invocations.map((invocation) => invocation.cold)).toEqual([true, false])
  expect(bakery.invocations[0]!.error).toBe('RangeError: the oven is too hot')
})

test.each([
  [{ behavior: 'exit', code: 3 }, 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
  [{ behavior: 'exit', code: 0 }, 'Runtime.ExitError', 'Runtime exited without providing a reason'],
  [{ behavior: 'kill' }, 'Runtime.ExitError', 'Runtime exited with error: signal: term'],
])('%j ends the environment, and the next invocation starts a new one', async (event, errorType, reason) => {
  const arn = await bakery.deploy()
  const { payload, functionError } = await invoke(arn, event)
  expect(functionError).toBe('Unhandled')
  expect(payload).toEqual({
    errorType,
    errorMessage: `RequestId: ${bakery.invocations[0]!.requestId} Error: ${reason}`,
  })
  expect((await invoke(arn, { behavior: 'count' })).payload).toMatchObject({ served: 1 })
})

test('an unhandled rejection is returned as the error', async () => {
  const { payload } = await invoke(await bakery.deploy(), { behavior: 'unhandled' })
  expect(payload).toMatchObject({
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: 'Error: not handled',
  })
})

test.each(['hang', 'spin'])('a function that would %s forever is killed at its timeout', async (behavior) => {
  const clock = new ManualClock()
  bakery = new Bakery({ clock })
  const arn = await bakery.deploy({ Timeout: 1 })
  const { pid } = (await invoke(arn, { behavior: 'count' })).payload as { pid: number }
  const directory = newFolder()
  const startedFile = join(directory, 'started')
  const running = invoke(arn, { behavior, startedFile })
  await until(() => existsSync(startedFile))
  await clock.advance(999)
  expect(isAlive(pid)).toBe(true)
  await clock.advance(1)
  const { payload } = await running
  const { requestId } = bakery.invocations[1]!
  expect(payload).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
  })
  expect(isAlive(pid)).toBe(false)
  expect(bakery.logLines.some((line) => line.endsWith(`${requestId} Task timed out after 1.00 seconds`))).toBe(true)
})

test('a function that allocates native memory beyond its memory size is killed', async () => {
  const { payload } = await invoke(await bakery.deploy({ MemorySize: 128 }), { behavior: 'leakNative' })
  expect(payload).toEqual({
    errorType: 'Runtime.OutOfMemory',
    errorMessage: `RequestId: ${bakery.invocations[0]!.requestId} Error: Runtime exited with error: signal: killed`,
  })
  expect(bakery.invocations[0]!.maxMemoryMb).toBeGreaterThanOrEqual(128)
})

test('memory that an invocation used only for a moment counts', async () => {
  await invoke(await bakery.deploy(), { behavior: 'peak' })
  // Elsewhere only samples are known.
  if (process.platform === 'linux') expect(bakery.invocations[0]!.maxMemoryMb).toBeGreaterThanOrEqual(110)
})

// Elsewhere only samples are known.
if (process.platform === 'linux') {
  test('a function that exceeds its memory size just before it returns is killed', async () => {
    const { payload } = await invoke(await bakery.deploy({ MemorySize: 128 }), {
      behavior: 'rise',
      totalMb: [122, 131],
    })
    expect(payload).toMatchObject({ errorType: 'Runtime.OutOfMemory' })
  })
}

test('the young generation of a large function is limited, so that idle environments stay small', async () => {
  const { payload } = await invoke(await bakery.deploy({ MemorySize: 1024 }), { behavior: 'churn' })
  const { sizesMb } = payload as { sizesMb: number[] }
  // Two semi-spaces of 2 MB each. V8 may exceed its limit for a moment while it collects.
  expect(Math.min(...sizesMb)).toBeLessThan(10)
})

test('the compiler whose memory stays with a process is off', async () => {
  expect((await invoke(await bakery.deploy(), { behavior: 'flags' })).payload).toContain('--no-maglev')
})

test('the smallest memory size is enough for a small function', async () => {
  const arn = await bakery.deploy({ MemorySize: 128 })
  for (let count = 1; count <= 20; count++) await invoke(arn, { behavior: 'sleep', ms: 5 })
  expect(bakery.invocations.filter((invocation) => invocation.error)).toEqual([])
  expect(bakery.invocations[19]!.maxMemoryMb).toBeLessThan(100)
})

test('a response over 6 MB is an error', async () => {
  const { payload } = await invoke(await bakery.deploy(), { behavior: 'huge' })
  expect(payload).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' })
})

describe('initialization', () => {
  test('fails and logs the reason when the code folder does not exist', async () => {
    bakery = new Bakery({ assetDirectory: () => '/nowhere/at/all' })
    const { payload } = await invoke(await bakery.deploy(), {})
    expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' })
    expect(bakery.logLines.join()).toMatch(/The execution environment failed: spawn .* ENOENT/)
  })

  test('returns an error of the module to the invocation that started it', async () => {
    const { payload } = await invoke(await bakery.deploy({ Handler: 'broken.handler' }), {})
    expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'no flour' })
  })

  test.each([
    ['absent.handler', 'Runtime.ImportModuleError'],
    ['bakery.absent', 'Runtime.HandlerNotFound'],
    ['bakery', 'Runtime.MalformedHandlerName'],
    ['common.handler', 'Runtime.CallbackHandlerDeprecated'],
  ])('of the handler %s fails with %s', async (Handler, errorType) => {
    const { payload } = await invoke(await bakery.deploy({ Handler }), {})
    expect(payload).toMatchObject({ errorType })
  })

  test.each([
    [1, 10],
    [600, 600],
  ])('of a function with a timeout of %i s may take %i s', async (Timeout, limitSeconds) => {
    const clock = new ManualClock()
    bakery = new Bakery({ clock })
    const response = invoke(await bakery.deploy({ Handler: 'slow-start.handler', Timeout }), {})
    await until(() => bakery.lambda.environments === 1)
    await clock.advance(limitSeconds * 1000 - 1)
    expect(bakery.invocations).toEqual([])
    await clock.advance(1)
    expect((await response).payload).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(new RegExp(`Error: Task timed out after ${limitSeconds}.00 seconds$`)),
    })
  })

  test('writes no line any more when the system stops meanwhile', async () => {
    const clock = new ManualClock()
    bakery = new Bakery({ clock })
    const response = invoke(await bakery.deploy({ Handler: 'slow-start.handler', Timeout: 600 }), {})
    const rejected = expect(response).rejects.toThrow('The local system is stopping.')
    await bakery.stop()
    await rejected
    const lines = [...bakery.logLines]
    await clock.advance(1000)
    expect(bakery.logLines).toEqual(lines)
  })
})

test('what a function leaves running is frozen with its processes and continues in the next invocation', async () => {
  const arn = await bakery.deploy()
  const directory = newFolder()
  const file = join(directory, 'late')
  const { pid, child } = (await invoke(arn, { behavior: 'leave', file })).payload as Record<string, number>
  await until(() => [pid!, child!].every(isStopped))
  expect((await invoke(arn, { behavior: 'waitFor', file })).payload).toEqual({ pid })
  await until(() => isStopped(pid!))
})

test('a CommonJS bundle with a callback handler runs on nodejs22.x', async () => {
  const arn = await bakery.deploy({ Handler: 'common.handler', Runtime: 'nodejs22.x' })
  expect((await invoke(arn, {})).payload).toEqual({ fresh: true })
  expect((await invoke(arn, { fail: true })).payload).toMatchObject({ errorMessage: 'stale' })
})

test('output with the byte that ends an invocation is still output', async () => {
  const arn = await bakery.deploy()
  await invoke(arn, { behavior: 'log', lines: ['\0', 'half \0{"type":"response"}'] })
  expect(bakery.logLines).toEqual(expect.arrayContaining(['\0', 'half \0{"type":"response"}', 'no end of line']))
})

test('the output of a function is logged between START and REPORT, and its correlation ids are reported', async () => {
  const lines = [
    '{"level":"INFO","correlation_id":"c-1"}',
    '{"correlation_id":"c-2","message":"baked"}',
    '{"correlation_id":"c-1","message":"sold"}',
    '{"message":"no id yet","error":{"name":"SyntaxError","message":"not an order"}}',
    '{"correlation_id":"c-1","level":"ERROR","message":"burnt","error":{"name":"Error","message":"too hot","stack":"Error: too hot\\n    at bake (/bakery/oven.ts:3:4)"}}',
    '{"correlation_id":"c-1","level":"WARN"}',
    '{"message":"without an id"}',
    '{"broken"',
  ]
  const arn = await bakery.deploy()
  await invoke(arn, { behavior: 'log', lines })
  const { requestId } = bakery.invocations[0]!
  expect(bakery.logLines[0]).toBe(`START RequestId: ${requestId} Version: $LATEST`)
  expect(bakery.logLines.slice(1, -2).toSorted()).toEqual(
    [...lines, 'to stderr', 'no end of line', expect.stringMatching(`Z\t${requestId}\tINFO\tbaked 3 loaves$`)].toSorted(
      (a, b) => (String(a) < String(b) ? -1 : 1),
    ),
  )
  expect(bakery.logLines.at(-2)).toBe(`END RequestId: ${requestId}`)
  expect(bakery.logLines.at(-1)).toMatch(
    new RegExp(
      `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms$`,
    ),
  )
  expect(bakery.invocations[0]!.correlationIds).toEqual(['c-1', 'c-2'])
  expect(bakery.invocations[0]!.messages).toEqual([
    'baked',
    'sold',
    'no id yet: SyntaxError: not an order',
    'burnt: Error: too hot',
  ])
  expect(bakery.invocations[0]).toMatchObject({ level: 'error', place: 'at bake (/bakery/oven.ts:3:4)' })
  await invoke(arn, { behavior: 'echo' })
  expect(bakery.invocations[1]!.correlationIds).toEqual([])
  expect(bakery.invocations[1]).not.toHaveProperty('level')
  await invoke(arn, { behavior: 'throw' })
  expect(bakery.invocations[2]).toMatchObject({
    error: 'RangeError: the oven is too hot',
    place: expect.stringMatching(/^at .*bakery\.mjs:17:\d+/),
  })
})

describe('the JSON log format', () => {
  const logged = async (LoggingConfig: object, event: object = { behavior: 'log', lines: [] }) => {
    await invoke(await bakery.deploy({ LoggingConfig: { LogFormat: 'JSON', ...LoggingConfig } }), event)
    const lines = bakery.logLines.map((line) => (line.startsWith('{') ? JSON.parse(line) : line))
    return { lines, platform: lines.filter(({ type }) => type), requestId: bakery.invocations[0]!.requestId }
  }

  // "With this setting, Lambda automatically sends "start" and "report" log messages" (Lambda Developer Guide,
  // "Log-level filtering"); runtimeDone is DEBUG.
  test.each([
    [{}, ['start', 'report']],
    [{ SystemLogLevel: 'DEBUG' }, ['start', 'runtimeDone', 'report']],
    [{ SystemLogLevel: 'WARN' }, []],
  ])("with %j, an invocation's own lines are %j", async (config, types) => {
    const { platform, requestId } = await logged(config)
    expect(platform.map(({ type }) => type)).toEqual(types.map((type) => `platform.${type}`))
    for (const { record } of platform) expect(record.requestId).toBe(requestId)
    const report = platform.find(({ type }) => type === 'platform.report')
    if (report) expect(report.record).toMatchObject({ status: 'success', metrics: { memorySizeMB: 256 } })
  })

  test('the end of a failed invocation is logged at WARN', async () => {
    const { platform } = await logged({ SystemLogLevel: 'WARN' }, { behavior: 'throw' })
    expect(platform.map(({ type, record }) => [type, record.status])).toEqual([
      ['platform.runtimeDone', 'error'],
      ['platform.report', 'error'],
    ])
  })

  test.each([
    [{}, ['b', 'c', 'baked 3 loaves', 'to stderr', 'no end of line']],
    [{ ApplicationLogLevel: 'DEBUG' }, ['a', 'b', 'c', 'baked 3 loaves', 'to stderr', 'no end of line']],
    [{ ApplicationLogLevel: 'WARN' }, ['b']],
  ])('with %j, the lines of the function are %j: one without a level is INFO', async (config, expected) => {
    const written = ['{"level":"debug","message":"a"}', '{"level":"WARN","message":"b"}', '{"message":"c"}']
    const { lines } = await logged({ SystemLogLevel: 'WARN', ...config }, { behavior: 'log', lines: written })
    expect(lines.map((line) => line.message ?? line).toSorted()).toEqual(expected.toSorted())
  })
})

test.each([
  [{ LogFormat: 'Xml' }, 'it must be Text or JSON'],
  [{ SystemLogLevel: 'WARN' }, 'which requires the LogFormat JSON'],
  [{ LogFormat: 'JSON', SystemLogLevel: 'ERROR' }, 'must be one of DEBUG, INFO, WARN'],
  [{ LogFormat: 'JSON', TenantId: 'a' }, 'sets LoggingConfig.TenantId'],
])('LoggingConfig %j is rejected', async (LoggingConfig, message) => {
  await expect(bakery.deploy({ LoggingConfig })).rejects.toThrow(message)
})

test('child processes of a function end with its environment', async () => {
  const arn = await bakery.deploy()
  const { pid } = (await invoke(arn, { behavior: 'startChild' })).payload as { pid: number }
  expect(isAlive(pid)).toBe(true)
  await bakery.lambda.stop()
  await until(() => !isAlive(pid))
})

test('stop kills all processes, including that of a running invocation', async () => {
  const arn = await bakery.deploy()
  const { pid } = (await invoke(arn, { behavior: 'count' })).payload as { pid: number }
  const running = invoke(arn, { behavior: 'hang', startedFile: '/dev/null' })
  const rejected = expect(running).rejects.toMatchObject({ name: 'ServiceException' })
  await until(() => bakery.logLines.length > 0)
  await bakery.lambda.stop()
  await rejected
  expect(isAlive(pid)).toBe(false)
})

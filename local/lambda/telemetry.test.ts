import { RecordedAccess } from '../iam/testing.ts'
import { invocationTrace } from './invoker.ts'
import { Bakery, administrator } from './testing.ts'

const streams =
  /^arn:aws:logs:us-east-1:000000000000:log-group:\/aws\/lambda\/bakery:log-stream:\d{4}\/\d\d\/\d\d\/\[\$LATEST]\w{32}$/

let bakery: Bakery
let access: RecordedAccess
let denied: string | undefined

beforeEach(() => {
  denied = undefined
  access = new RecordedAccess(({ action }) => action === denied)
  bakery = new Bakery({ access })
})
afterEach(() => bakery.stop())

/** Of the function's role. */
const requests = () => access.requests.filter((_, at) => access.principals[at]!.kind === 'role')
const actions = () => [...new Set(requests().map(({ action }) => action))]

async function invokeEcho(properties: Record<string, unknown> = {}): Promise<unknown> {
  const { payload } = await bakery.lambda.invoke(await bakery.deploy(properties), { behavior: 'echo' }, administrator)
  return payload
}

test("a function's log lines are written with its role's permissions", async () => {
  await invokeEcho()
  expect(actions()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents'])
  for (const { resource } of requests()) expect(resource).toMatch(streams)
  expect(bakery.logLines.at(-1)).toMatch(/^REPORT /)
})

test('an environment creates one log stream for all its invocations', async () => {
  const arn = await bakery.deploy()
  for (let count = 0; count < 3; count += 1) await bakery.lambda.invoke(arn, { behavior: 'echo' }, administrator)
  expect(requests().filter(({ action }) => action === 'logs:CreateLogStream')).toHaveLength(1)
  expect(requests().filter(({ action }) => action === 'logs:PutLogEvents').length).toBeGreaterThanOrEqual(3)
})

test('a log group that no template declares is created first', async () => {
  await bakery.stop()
  bakery = new Bakery({ access, logs: { hasGroup: () => false, append: () => {} } })
  await invokeEcho()
  expect(requests()[0]).toEqual({
    action: 'logs:CreateLogGroup',
    resource: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/bakery',
  })
})

test.each(['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords'])(
  'a function whose role is missing %s still returns its response',
  async (action) => {
    denied = action
    expect(await invokeEcho({ TracingConfig: { Mode: 'Active' } })).toEqual({ behavior: 'echo' })
    expect(actions()).toContain(action)
    expect(bakery.logLines.length > 0).toBe(!action.startsWith('logs:'))
  },
)

test('only a function with active tracing sends trace segments', async () => {
  await invokeEcho()
  expect(actions().filter((action) => action.startsWith('xray:'))).toEqual([])
  await invokeEcho({ TracingConfig: { Mode: 'Active' } })
  expect(requests().filter(({ action }) => action.startsWith('xray:'))).toEqual([
    { action: 'xray:PutTraceSegments', resource: '*' },
    { action: 'xray:PutTelemetryRecords', resource: '*' },
  ])
})

const root = '1-5759e988-bd862e3fe1be46a994272793'
const startMs = Date.parse('2026-05-01T10:00:00Z')
const trace = (callers: string | undefined, activeTracing = true) => invocationTrace(callers, activeTracing, startMs)

test('without a caller’s trace a new one starts, sampled when the function has active tracing', () => {
  const second = (startMs / 1000).toString(16)
  expect(trace(undefined)).toMatch(new RegExp(`^Root=1-${second}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$`))
  expect(trace(undefined, false)).toMatch(/;Sampled=0$/)
  expect(trace(undefined)).not.toBe(trace(undefined))
})

test.each([
  [`Root=${root}`, '1'],
  [`Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`, '0'],
  [`Self=1-x-y;Sampled=1; Root=${root}`, '1'],
])('the trace of %s continues with a new parent', (callers, sampled) => {
  expect(trace(callers)).toMatch(new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=${sampled}$`))
  expect(trace(callers)).not.toContain('53995c3f42cd8ad8')
})

test.each(['', 'Root=1-x', `Root=${root}0`, 'nonsense'])(
  '"%s" is not a trace header, so a new trace starts',
  (callers) => {
    expect(trace(callers)).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/)
    expect(trace(callers)).not.toContain(root)
  },
)

import { allowAll, type AccessControl, type AccessRequest } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { Bakery, administrator } from './testing.ts'

const streams =
  /^arn:aws:logs:us-east-1:000000000000:log-group:\/aws\/lambda\/bakery:log-stream:\d{4}\/\d\d\/\d\d\/\[\$LATEST]\w{32}$/

let shop: Bakery
let asked: AccessRequest[]
const denied = new Set<string>()

beforeEach(() => {
  asked = []
  denied.clear()
  shop = bakery()
})
afterEach(() => shop.stop())

function bakery(hasGroup = true): Bakery {
  const access: AccessControl = {
    ...allowAll,
    require(principal, requests) {
      if (principal.kind !== 'role') return
      for (const request of requests) {
        asked.push(request)
        if (denied.has(request.action)) throw new AwsError('AccessDeniedException', `no ${request.action}`)
      }
    },
  }
  const logs = {
    hasGroup: () => hasGroup,
    append: (_group: string, _stream: string, messages: { message: string }[]) =>
      void shop.logLines.push(...messages.map((each) => each.message)),
  }
  return new Bakery({ access, logs })
}

const actions = () => [...new Set(asked.map(({ action }) => action))]

async function knead(properties: Record<string, unknown> = {}): Promise<unknown> {
  const { payload } = await shop.lambda.invoke(await shop.deploy(properties), { manner: 'echo' }, administrator)
  return payload
}

test("a function's lines are written with its role's permissions", async () => {
  await knead()
  expect(actions()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents'])
  for (const { resource } of asked) expect(resource).toMatch(streams)
  expect(shop.logLines.at(-1)).toMatch(/^REPORT /)
})

test('one stream is made for an environment, however often it is invoked', async () => {
  const arn = await shop.deploy()
  for (let time = 0; time < 3; time += 1) await shop.lambda.invoke(arn, { manner: 'echo' }, administrator)
  expect(asked.filter(({ action }) => action === 'logs:CreateLogStream')).toHaveLength(1)
  expect(asked.filter(({ action }) => action === 'logs:PutLogEvents').length).toBeGreaterThanOrEqual(3)
})

test('a group that no template declares must be made first', async () => {
  await shop.stop()
  shop = bakery(false)
  await knead()
  expect(asked[0]).toEqual({
    action: 'logs:CreateLogGroup',
    resource: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/bakery',
  })
})

test.each(['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords'])(
  'a function whose role lacks %s answers all the same',
  async (action) => {
    denied.add(action)
    expect(await knead({ TracingConfig: { Mode: 'Active' } })).toEqual({ manner: 'echo' })
    expect(actions()).toContain(action)
    expect(shop.logLines.length > 0).toBe(!action.startsWith('logs:'))
  },
)

test('only an actively traced function sends segments', async () => {
  await knead()
  expect(actions().filter((action) => action.startsWith('xray:'))).toEqual([])
  await knead({ TracingConfig: { Mode: 'Active' } })
  expect(asked.filter(({ action }) => action.startsWith('xray:'))).toEqual([
    { action: 'xray:PutTraceSegments', resource: '*' },
    { action: 'xray:PutTelemetryRecords', resource: '*' },
  ])
})

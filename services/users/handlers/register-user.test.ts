import type { PostConfirmationTriggerEvent } from 'aws-lambda'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { countersKey } from '../keys.ts'
import { registerUserHandler } from './register-user.ts'

const logs = capturedLogs()
const now = new Date('2026-05-01T10:00:00.000Z')
const mira = { sub: 'u-1', email: 'mira@example.com', name: 'Mira Novak', email_verified: 'true' }

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
})

const confirmed = (userAttributes: Record<string, string>, triggerSource = 'PostConfirmation_ConfirmSignUp') =>
  ({
    version: '1',
    region: 'us-east-1',
    userPoolId: 'us-east-1_pool',
    userName: 'u-1',
    callerContext: { awsSdkVersion: '3', clientId: 'client' },
    triggerSource,
    request: { userAttributes },
    response: {},
  }) as PostConfirmationTriggerEvent

const handle = (event: PostConfirmationTriggerEvent, at = now) =>
  registerUserHandler(profileTable(table), () => at)(event, { awsRequestId: 'lambda-request' })

test('a confirmed sign-up creates profile, counters, the reference from the address and an item with UserRegistered and no personal data, and returns the event', async () => {
  const event = confirmed(mira)
  expect(await handle(event)).toBe(event)
  expect(table.calls('TransactWriteItems')).toBe(1)
  expect((await table.items()).toSorted((a, b) => (a.SK < b.SK ? -1 : 1))).toEqual([
    { PK: 'USER#u-1', SK: 'COUNTERS', orderCount: 0 },
    {
      PK: 'USER#u-1',
      SK: 'EVENT#UserRegistered/u-1/1',
      eventId: 'UserRegistered/u-1/1',
      events: [
        {
          source: 'users.app',
          type: 'UserRegistered',
          metadata: {
            id: 'UserRegistered/u-1/1',
            version: 1,
            time: now.toISOString(),
            correlationId: 'lambda-request',
            causationId: 'lambda-request',
          },
          data: { userId: 'u-1' },
        },
      ],
    },
    {
      PK: 'USER#u-1',
      SK: 'PROFILE',
      userId: 'u-1',
      email: 'mira@example.com',
      name: 'Mira Novak',
      notifications: { email: true, sms: false },
      addresses: [],
      registeredAt: now.toISOString(),
    },
    { PK: 'USERMAIL#mira@example.com', SK: 'USERMAIL', userId: 'u-1' },
  ])
})

test('UserRegistered carries the trace of the invocation', async () => {
  process.env['_X_AMZN_TRACE_ID'] = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1'
  try {
    await handle(confirmed(mira))
  } finally {
    delete process.env['_X_AMZN_TRACE_ID']
  }
  const [event] = (await table.items()).flatMap((item) => item['events'] ?? [])
  expect(event.metadata.traceparent).toBe('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
})

test('a name is optional', async () => {
  await handle(confirmed({ sub: 'u-2', email: 'ivo@example.com' }))
  expect((await table.items()).filter((item) => 'name' in item)).toEqual([])
})

test('a second call changes nothing, counters included', async () => {
  await handle(confirmed(mira))
  await table.put({ ...countersKey('u-1'), orderCount: 3 })
  const before = await table.items()
  const event = confirmed({ ...mira, email: 'new@example.com' })
  expect(await handle(event, new Date('2026-06-01T10:00:00.000Z'))).toBe(event)
  expect(await table.items()).toEqual(before)
})

test('a password reset registers no user', async () => {
  const event = confirmed(mira, 'PostConfirmation_ConfirmForgotPassword')
  expect(await handle(event)).toBe(event)
  expect(await table.items()).toEqual([])
})

test.each<Record<string, string>>([{ sub: 'u-1' }, { sub: 'u-1', email: '' }])(
  'a sign-up without an email address creates a profile without one: %j',
  async (attributes) => {
    await handle(confirmed(attributes))
    expect((await table.items()).map(({ SK }) => SK).toSorted()).toEqual([
      'COUNTERS',
      'EVENT#UserRegistered/u-1/1',
      'PROFILE',
    ])
    expect((await table.items()).filter((item) => 'email' in item)).toEqual([])
  },
)

test('a write that fails is an error of the trigger, which the alarm counts', async () => {
  const failing = { ...profileTable(table), create: () => Promise.reject(new Error('throttled')) }
  const handler = registerUserHandler(failing, () => now)
  await expect(handler(confirmed(mira), { awsRequestId: 'lambda-request' })).rejects.toThrow('throttled')
})

test.each([' \u200b\u3164', 'two\nlines', 'x'.repeat(201)])(
  'a name that is no line of text is left out: %j',
  async (name) => {
    await handle(confirmed({ ...mira, name }))
    expect((await table.items()).filter(({ SK }) => SK === 'PROFILE')).toHaveLength(1)
    expect((await table.items()).filter((item) => 'name' in item)).toEqual([])
  },
)

test('the log contains the user id and neither address nor name', async () => {
  await handle(confirmed(mira))
  expect(logs.lines()[0]).toMatchObject({ user_id: 'u-1', correlation_id: 'lambda-request' })
  expect(logs.text()).not.toMatch(/mira|novak/i)
})

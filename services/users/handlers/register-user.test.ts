import type { PostConfirmationTriggerEvent } from 'aws-lambda'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
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

test('a confirmed sign-up becomes a profile with UserRegistered on it, and the pool gets its event back', async () => {
  const event = confirmed(mira)
  expect(await handle(event)).toBe(event)
  expect(await table.items()).toEqual([
    {
      PK: 'USER#u-1',
      SK: 'PROFILE',
      userId: 'u-1',
      email: 'mira@example.com',
      name: 'Mira Novak',
      orderCount: 0,
      notifications: { orderMails: true },
      registeredAt: now.toISOString(),
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
  ])
})

test('a name is no condition', async () => {
  await handle(confirmed({ sub: 'u-2', email: 'ivo@example.com' }))
  expect((await table.items())[0]).not.toHaveProperty('name')
})

test('a second call changes nothing, counters included', async () => {
  await handle(confirmed(mira))
  const [profile] = await table.items()
  await table.put({ ...profile!, orderCount: 3 })
  const event = confirmed({ ...mira, email: 'new@example.com' })
  expect(await handle(event, new Date('2026-06-01T10:00:00.000Z'))).toBe(event)
  expect(await table.items()).toEqual([{ ...profile, orderCount: 3 }])
})

test('a forgotten password registers nobody', async () => {
  const event = confirmed(mira, 'PostConfirmation_ConfirmForgotPassword')
  expect(await handle(event)).toBe(event)
  expect(await table.items()).toEqual([])
})

test('a pool that sends no e-mail address fails the confirmation instead of making a broken profile', async () => {
  await expect(handle(confirmed({ sub: 'u-1' }))).rejects.toThrow('email')
  expect(await table.items()).toEqual([])
})

test('the log names the user by id, and neither address nor name', async () => {
  await handle(confirmed(mira))
  expect(logs.lines()[0]).toMatchObject({ user_id: 'u-1', correlation_id: 'lambda-request' })
  expect(logs.text()).not.toMatch(/mira|novak/i)
})

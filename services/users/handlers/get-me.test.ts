import { TooManyRequestsException } from '@aws-sdk/client-cognito-identity-provider'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { startTestUserPool, type TestUserPool } from '#test/support/user-pool.ts'
import { poolAccounts } from '../adapters/pool-accounts.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { register } from '../domain/profile.ts'
import { countersKey, profileKey } from '../keys.ts'
import type { Accounts } from '../ports.ts'
import { getMeHandler } from './get-me.ts'

const logs = capturedLogs()

const now = new Date('2026-05-01T10:00:00.000Z')
const email = 'mira@example.com'

let pool: TestUserPool
let table: TestTable
let user: { userId: string; token: string }
beforeAll(async () => {
  pool = await startTestUserPool()
})
afterAll(() => pool.stop())
beforeEach(async () => {
  table = await createTestTable()
  user = await pool.signUp(email, { name: 'Mira Novak' })
})
afterEach(() => pool.deleteUser(user.userId).catch(() => undefined))

const signUpTrigger = () =>
  profileTable(table).create(
    register({ userId: user.userId, email, name: 'Mira Novak' }, now, { correlationId: 'c', causationId: 'r' }),
  )

const me = (accounts = poolAccounts(pool.client), customer: string | undefined = user.userId) =>
  callApi(getMeHandler({ profiles: profileTable(table), accounts, now: () => now }), {
    path: '/me',
    customer,
    headers: { authorization: `Bearer ${user.token}` },
  })

const ofUser = () => ({
  userId: user.userId,
  email,
  name: 'Mira Novak',
  orderCount: 0,
  notifications: { email: true, sms: false },
})

const registeredEvents = async () => (await table.items()).flatMap((item) => item['events'] ?? [])

test('a customer reads their own profile, and only the fields of the view', async () => {
  await signUpTrigger()
  const { status, headers, body } = await me()
  expect(status).toBe(200)
  expect(body).toEqual(ofUser())
  expect(headers['cache-control']).toBe('private, no-store')
})

test('the order counters are part of the answer', async () => {
  await signUpTrigger()
  await table.put({ ...countersKey(user.userId), orderCount: 2, lastOrderAt: '2026-05-02T10:00:00.000Z' })
  expect((await me()).body).toMatchObject({ orderCount: 2, lastOrderAt: '2026-05-02T10:00:00.000Z' })
})

describe('a user without a profile, whose sign-up trigger failed', () => {
  test('gets one, with UserRegistered, which carries the correlation id', async () => {
    const { status, body, headers } = await me()
    expect([status, body]).toEqual([200, ofUser()])
    expect(await registeredEvents()).toMatchObject([
      {
        type: 'UserRegistered',
        metadata: { id: `UserRegistered/${user.userId}/1`, correlationId: headers['x-correlation-id'] },
      },
    ])
  })

  test('gets one profile and one event from concurrent and repeated requests', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => me()))
    await signUpTrigger()
    answers.push(await me())
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await registeredEvents()).toHaveLength(1)
    expect((await table.items()).filter(({ SK }) => SK === 'PROFILE')).toHaveLength(1)
  })

  test('gets none when the account was deleted: 404', async () => {
    await pool.deleteUser(user.userId)
    const { status, body } = await me()
    expect([status, body.code]).toEqual([404, 'not-found'])
    expect(await table.items()).toEqual([])
  })

  test('is asked to try again while the user pool throttles', async () => {
    const { status, headers } = await me(throttled)
    expect([status, headers['retry-after']]).toEqual([503, '1'])
    expect(await table.items()).toEqual([])
  })
})

const throttled: Accounts = {
  ofToken: () => Promise.reject(new TooManyRequestsException({ $metadata: {}, message: 'Rate exceeded' })),
}

describe('a changed address', () => {
  const changed = 'mira.novak@example.com'
  const stored = async () => (await table.items()).find(({ SK }) => SK === 'PROFILE')!['email']

  test('is taken over when it is verified, and not before', async () => {
    await signUpTrigger()
    const code = await pool.changeEmail(user.token, changed)
    expect((await me()).body.email).toBe(email)
    expect(await stored()).toBe(email)
    await pool.verifyEmail(user.token, code)
    expect((await me()).body).toEqual({ ...ofUser(), email: changed })
    expect(await stored()).toBe(changed)
    expect(table.calls('UpdateItem')).toBe(1)
    await me()
    expect(table.calls('UpdateItem')).toBe(1)
  })

  test('that is not verified is not taken over, in a pool that changes it at once', async () => {
    await signUpTrigger()
    const unverified: Accounts = {
      ofToken: async () => ({ userId: user.userId, email: changed, emailVerified: false }),
    }
    expect((await me(unverified)).body.email).toBe(email)
    expect(await stored()).toBe(email)
  })

  test('waits while the user pool throttles: the profile is answered as stored', async () => {
    await signUpTrigger()
    expect(await me(throttled)).toMatchObject({ status: 200, body: ofUser() })
  })
})

test('an address is not written to a profile that was deleted meanwhile', async () => {
  await expect(profileTable(table).changeEmail('u-2', email)).rejects.toThrow()
  expect(await table.items()).toEqual([])
})

test('a profile without an address is answered without one', async () => {
  const profile = { userId: user.userId, registeredAt: now.toISOString(), notifications: { email: true, sms: false } }
  await table.put({ ...profileKey(user.userId), ...profile })
  await table.put({ ...countersKey(user.userId), orderCount: 0 })
  const none: Accounts = { ofToken: async () => ({ userId: user.userId, emailVerified: false }) }
  expect(await me(none)).toMatchObject({ status: 200, body: { userId: user.userId, orderCount: 0 } })
})

test('a route without its authorizer is an error and returns no profile', async () => {
  await signUpTrigger()
  const { status } = await callApi(
    getMeHandler({ profiles: profileTable(table), accounts: poolAccounts(pool.client), now: () => now }),
    { path: '/me' },
  )
  expect(status).toBe(500)
})

test('the log contains neither address nor name nor token', async () => {
  await me()
  expect(logs.lines()).toHaveLength(1)
  expect(logs.text()).not.toMatch(/mira|novak/i)
  expect(logs.text()).not.toContain(user.token)
})

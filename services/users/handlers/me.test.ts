import { TooManyRequestsException } from '@aws-sdk/client-cognito-identity-provider'
import { noPauses } from '#test/support/backoff.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { startTestUserPool, type TestUserPool } from '#test/support/user-pool.ts'
import { poolAccounts } from '../adapters/pool-accounts.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { register } from '../domain/profile.ts'
import { countersKey, deletedUserKey, profileKey, userMailKey } from '../keys.ts'
import type { Accounts } from '../ports.ts'
import { deleteMeHandler, getMeHandler, patchMeHandler } from './me.ts'

const logs = capturedLogs()

const now = new Date('2026-05-01T10:00:00.000Z')
const email = 'mira@example.com'
const cause = { correlationId: 'c', causationId: 'r' }

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

const links = { urlOf: async (key: string) => `https://media.example.com/${key}?signed` }

const signUpTrigger = () =>
  profileTable(table).create(register({ userId: user.userId, email, name: 'Mira Novak' }, now, cause))

const me = (accounts = poolAccounts(pool.client), customer: string | undefined = user.userId) =>
  callApi(getMeHandler({ profiles: profileTable(table), accounts, links, now: () => now }), {
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
  addresses: [],
})

const registeredEvents = async () => (await table.items()).flatMap((item) => item['events'] ?? [])

test('a customer reads their own profile, and only the fields of the view', async () => {
  await signUpTrigger()
  const { status, headers, body } = await me()
  expect(status).toBe(200)
  expect(body).toEqual(ofUser())
  expect(headers['cache-control']).toBe('private, no-store')
})

test('the order counters are part of the response', async () => {
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
    const responses = await Promise.all(Array.from({ length: 5 }, () => me()))
    await signUpTrigger()
    responses.push(await me())
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    expect(await registeredEvents()).toHaveLength(1)
    expect((await table.items()).filter(({ SK }) => SK === 'PROFILE')).toHaveLength(1)
  })

  test('gets none when the account was deleted: 404', async () => {
    await pool.deleteUser(user.userId)
    const { status, body } = await me()
    expect([status, body.code]).toEqual([404, 'account-deleted'])
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
    const writes = table.calls('TransactWriteItems')
    await me()
    expect(table.calls('TransactWriteItems')).toBe(writes)
  })

  test('is not overwritten by a request that has read an older one', async () => {
    await signUpTrigger()
    const account = (address: string): Accounts => ({
      ofToken: async () => ({ userId: user.userId, email: address, emailVerified: true }),
    })
    table.beforeNext('TransactWriteItems', async () => void (await me(account('newest@example.com'))))
    expect((await me(account(changed))).body.email).toBe('newest@example.com')
    const references = (await table.items()).filter(({ SK }) => SK === 'USERMAIL')
    expect(references).toEqual([{ ...userMailKey('newest@example.com'), userId: user.userId }])
  })

  test('that is not verified is not taken over, in a pool that changes it at once', async () => {
    await signUpTrigger()
    const unverified: Accounts = {
      ofToken: async () => ({ userId: user.userId, email: changed, emailVerified: false }),
    }
    expect((await me(unverified)).body.email).toBe(email)
    expect(await stored()).toBe(email)
  })

  test('waits while the user pool throttles: the profile is returned as stored', async () => {
    await signUpTrigger()
    expect(await me(throttled)).toMatchObject({ status: 200, body: ofUser() })
  })
})

describe('PATCH /me', () => {
  const address = { name: 'Mira Novak', line1: '1 Main Street', city: 'Cork', postalCode: 'T12', country: 'IE' }
  const patch = (body: unknown) =>
    callApi(
      patchMeHandler({ profiles: profileTable(table), accounts: poolAccounts(pool.client), links, now: () => now }),
      {
        method: 'PATCH',
        path: '/me',
        customer: user.userId,
        headers: { authorization: `Bearer ${user.token}` },
        body,
      },
    )

  test('changes the sent fields only, and returns the profile that GET /me returns', async () => {
    await signUpTrigger()
    const changes = [{ phone: '+353214960000' }, { addresses: [address] }, { notifications: { sms: true } }, {}]
    const expected = {
      ...ofUser(),
      phone: '+353214960000',
      addresses: [address],
      notifications: { email: true, sms: true },
    }
    for (const body of changes) expect((await patch(body)).status).toBe(200)
    expect((await me()).body).toEqual(expected)
    const response = await patch({ name: 'Mira N.', addresses: [] })
    expect(response).toMatchObject({ status: 200, headers: { 'cache-control': 'private, no-store' } })
    expect(response.body).toEqual({ ...expected, name: 'Mira N.', addresses: [] })
    expect((await me()).body).toEqual(response.body)
  })

  test('null removes name and phone', async () => {
    await signUpTrigger()
    await patch({ phone: '+353214960000' })
    const { body } = await patch({ name: null, phone: null })
    const { name: _, ...rest } = ofUser()
    expect(body).toEqual(rest)
    expect((await me()).body).toEqual(rest)
  })

  test('concurrent changes of different fields both take effect, and the later response has both', async () => {
    await signUpTrigger()
    table.beforeNext('UpdateItem', async () => void (await patch({ notifications: { sms: true } })))
    const { body } = await patch({ notifications: { email: false } })
    expect(body.notifications).toEqual({ email: false, sms: true })
    expect((await me()).body).toEqual(body)
  })

  test('creates a missing profile first', async () => {
    expect((await patch({ phone: '+353214960000' })).body).toEqual({ ...ofUser(), phone: '+353214960000' })
  })

  test.each<[string, unknown]>([
    ['/email', { email: 'other@example.com' }],
    ['/orderCount', { orderCount: 9 }],
    ['/phone', { phone: '021 496 0000' }],
    ['/phone', { phone: '+0353214960000' }],
    ['/name', { name: '\u200b' }],
    ['/notifications/push', { notifications: { push: true } }],
    ['/addresses', { addresses: Array.from({ length: 11 }, () => address) }],
    ['/addresses/0/postalCode', { addresses: [{ ...address, postalCode: undefined }] }],
    ['/addresses/0/label', { addresses: [{ ...address, label: 'home' }] }],
    ['/addresses', { addresses: null }],
  ])('422 at %s for %j', async (pointer, body) => {
    await signUpTrigger()
    const before = await table.items()
    const { status, body: problem } = await patch(body)
    expect([status, problem.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([422, [pointer]])
    expect(await table.items()).toEqual(before)
  })

  test('finds no account that was deleted meanwhile, and writes nothing', async () => {
    await signUpTrigger()
    table.beforeNext('UpdateItem', () => table.remove(profileKey(user.userId)))
    expect((await patch({ name: 'Mira' })).status).toBe(404)
    expect((await table.items()).filter(({ SK }) => SK === 'PROFILE')).toEqual([])
  })
})

describe('the reference from an address to its customer', () => {
  const ownerOf = async (address: string) =>
    (await table.items()).find(({ PK }) => PK === userMailKey(address).PK)?.['userId']

  test('is written with the profile, whatever the case of the address, and follows it', async () => {
    await signUpTrigger()
    expect(await ownerOf('MIRA@example.com')).toBe(user.userId)
    await profileTable(table).changeEmail({ userId: user.userId, email }, 'novak@example.com')
    expect([await ownerOf(email), await ownerOf('novak@example.com')]).toEqual([undefined, user.userId])
  })

  test('stays when only the case of the address changes', async () => {
    await signUpTrigger()
    await profileTable(table).changeEmail({ userId: user.userId, email }, email.toUpperCase())
    expect(await ownerOf(email)).toBe(user.userId)
  })

  test('stays with another customer who has taken the address since', async () => {
    await signUpTrigger()
    await table.put({ ...userMailKey(email), userId: 'u-2' })
    const outcome = await profileTable(table).changeEmail({ userId: user.userId, email }, 'novak@example.com')
    expect(outcome).toBe('changed')
    expect([await ownerOf(email), await ownerOf('novak@example.com')]).toEqual(['u-2', user.userId])
  })

  test('is not written for a profile that was deleted meanwhile', async () => {
    expect(await profileTable(table).changeEmail({ userId: 'u-2', email }, 'novak@example.com')).toBe('stale')
    expect(await profileTable(table).changeEmail({ userId: 'u-2' }, 'novak@example.com')).toBe('stale')
    expect(await table.items()).toEqual([])
  })
})

describe('DELETE /me', () => {
  const remove = (profiles = profileTable(table, noPauses(4))) =>
    callApi(deleteMeHandler({ profiles, now: () => now, backoff: noPauses(3) }), {
      method: 'DELETE',
      path: '/me',
      customer: user.userId,
      headers: { 'x-correlation-id': 'trace-me' },
    })
  const deletion = (orderCount = 0) => ({
    ...deletedUserKey(user.userId),
    deletedAt: now.toISOString(),
    expiresAt: now.getTime() / 1000 + 45 * 24 * 60 * 60,
    eventId: `UserDeleted/${user.userId}/2`,
    events: [
      {
        source: 'users.app',
        type: 'UserDeleted',
        metadata: {
          id: `UserDeleted/${user.userId}/2`,
          version: 1,
          time: now.toISOString(),
          correlationId: 'trace-me',
          causationId: 'lambda-request',
        },
        data: { userId: user.userId, orderCount },
      },
    ],
  })

  test('leaves nothing but the deletion with its event, in one transaction', async () => {
    await signUpTrigger()
    await profileTable(table).change(user.userId, { phone: '+353214960000' })
    const writes = table.calls('TransactWriteItems')
    expect(await remove()).toMatchObject({ status: 202, body: undefined })
    expect(await table.items()).toEqual([deletion()])
    expect(table.calls('TransactWriteItems')).toBe(writes + 1)
  })

  test('works for a user without a profile, and for one without an address', async () => {
    expect((await remove()).status).toBe(202)
    expect(await table.items()).toEqual([deletion()])
    await table.remove(deletedUserKey(user.userId))
    await profileTable(table).create(register({ userId: user.userId }, now, cause))
    expect((await remove()).status).toBe(202)
    expect(await table.items()).toEqual([deletion()])
  })

  test('is final: nothing brings the account back, although the token still works', async () => {
    await signUpTrigger()
    await remove()
    const patch = patchMeHandler({
      profiles: profileTable(table),
      accounts: poolAccounts(pool.client),
      links,
      now: () => now,
    })
    const call = { customer: user.userId, headers: { authorization: `Bearer ${user.token}` } }
    const responses = [await me(), await callApi(patch, { ...call, body: { name: 'Mira' } }), await remove()]
    expect(responses.map(({ status, body }) => [status, body.code])).toEqual(
      responses.map(() => [404, 'account-deleted']),
    )
    expect(await profileTable(table).create(register({ userId: user.userId }, now, cause))).toBe('deleted')
    expect(await table.items()).toEqual([deletion()])
  })

  test('of concurrent requests one deletes, with one event', async () => {
    await signUpTrigger()
    const responses = await Promise.all(Array.from({ length: 5 }, () => remove(profileTable(table, noPauses(20)))))
    expect(responses.map(({ status }) => status).toSorted()).toEqual([202, 404, 404, 404, 404])
    expect(await table.items()).toEqual([deletion()])
  })

  test('removes the reference from an address that changed meanwhile', async () => {
    await signUpTrigger()
    const changeEmail = () => profileTable(table).changeEmail({ userId: user.userId, email }, 'novak@example.com')
    table.beforeNext('TransactWriteItems', async () => void (await changeEmail()))
    expect((await remove()).status).toBe(202)
    expect(await table.items()).toEqual([deletion()])
  })

  test('says how many orders the customer has placed, also one that is placed meanwhile', async () => {
    await signUpTrigger()
    const placeOrder = () => table.put({ ...countersKey(user.userId), orderCount: 3 })
    table.beforeNext('TransactWriteItems', placeOrder)
    expect((await remove()).status).toBe(202)
    expect(await table.items()).toEqual([deletion(3)])
  })

  test('removes a profile that is created meanwhile', async () => {
    table.beforeNext('TransactWriteItems', async () => void (await signUpTrigger()))
    expect((await remove()).status).toBe(202)
    expect(await table.items()).toEqual([deletion()])
  })

  test('leaves the reference to a customer who has taken the address since', async () => {
    await signUpTrigger()
    await table.put({ ...userMailKey(email), userId: 'u-2' })
    expect((await remove()).status).toBe(202)
    expect((await table.items()).filter(({ SK }) => SK === 'USERMAIL')).toEqual([
      { ...userMailKey(email), userId: 'u-2' },
    ])
  })

  test('is 503 while other requests keep changing the profile', async () => {
    const busy = { ...profileTable(table), remove: async () => 'stale' as const }
    expect((await remove(busy)).status).toBe(503)
  })
})

test('a profile without an address is returned without one', async () => {
  const profile = { userId: user.userId, registeredAt: now.toISOString(), notifications: { email: true, sms: false } }
  await table.put({ ...profileKey(user.userId), ...profile })
  await table.put({ ...countersKey(user.userId), orderCount: 0 })
  const none: Accounts = { ofToken: async () => ({ userId: user.userId, emailVerified: false }) }
  expect(await me(none)).toMatchObject({ status: 200, body: { userId: user.userId, orderCount: 0, addresses: [] } })
})

test('a route without its authorizer is an error and returns no profile', async () => {
  await signUpTrigger()
  const { status } = await callApi(
    getMeHandler({ profiles: profileTable(table), accounts: poolAccounts(pool.client), links, now: () => now }),
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

import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { register } from '../domain/profile.ts'
import { countersKey } from '../keys.ts'
import { getMeHandler } from './get-me.ts'

const logs = capturedLogs()

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
  const signUp = { userId: 'u-1', email: 'mira@example.com', name: 'Mira Novak' }
  const cause = { correlationId: 'c', causationId: 'r' }
  await profileTable(table).create(register(signUp, new Date('2026-05-01T10:00:00.000Z'), cause))
})

const me = (customer?: string) => callApi(getMeHandler(profileTable(table)), { path: '/me', customer })

test('a customer reads their own profile, and only the fields of the view', async () => {
  const { status, headers, body } = await me('u-1')
  expect(status).toBe(200)
  expect(body).toEqual({
    userId: 'u-1',
    email: 'mira@example.com',
    name: 'Mira Novak',
    orderCount: 0,
    notifications: { orderMails: true },
  })
  expect(headers['cache-control']).toBe('private, no-store')
})

test('the order counters are part of the response', async () => {
  await table.put({ ...countersKey('u-1'), orderCount: 2, lastOrderAt: '2026-05-02T10:00:00.000Z' })
  expect((await me('u-1')).body).toMatchObject({ orderCount: 2, lastOrderAt: '2026-05-02T10:00:00.000Z' })
})

test('a user created without a sign-up has no profile: 404', async () => {
  const { status, body } = await me('u-2')
  expect([status, body.code]).toEqual([404, 'not-found'])
})

test('a route without its authorizer is an error and returns no profile', async () => {
  expect((await me()).status).toBe(500)
})

test('the log contains neither address nor name', async () => {
  await me('u-1')
  expect(logs.lines()).toHaveLength(1)
  expect(logs.text()).not.toMatch(/mira|novak/i)
})

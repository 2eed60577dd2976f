import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { register, type Account } from '../domain/profile.ts'
import { deletedUserKey } from '../keys.ts'
import { changeAvatarHandler } from './change-avatar.ts'
import { getMeHandler } from './me.ts'

capturedLogs()

const now = new Date('2026-05-01T10:00:00.000Z')
const cause = { correlationId: 'c', causationId: 'r' }

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
})

const ready = (uploadId: string) => {
  const thumbnails = [{ key: `private/${uploadId}`, width: 150, height: 150, contentType: 'image/jpeg' as const }]
  const data = { purpose: 'avatar' as const, ownerId: 'u-1', uploadId, thumbnails }
  return createEvent(ThumbnailsReady, { aggregateId: uploadId, aggregateVersion: 2, time: now, cause, data })
}
const mira = { userId: 'u-1', email: 'mira@example.com', name: 'Mira', emailVerified: true }
let account: Account | undefined
const ofUser = jest.fn(async () => account)
beforeEach(() => {
  account = mira
  ofUser.mockClear()
})
const deliver = (...events: Parameters<typeof queueEvent>[0]) =>
  changeAvatarHandler({ profiles: profileTable(table), accounts: { ofUser }, now: () => now })(queueEvent(events))

async function me() {
  const handler = getMeHandler({
    profiles: profileTable(table),
    accounts: { ofToken: async () => undefined },
    links: { urlOf: async (key) => `https://media.example.com/${key}?signed` },
    now: () => now,
  })
  return (await callApi(handler, { path: '/me', customer: 'u-1' })).body
}
const avatar = async () => (await me()).avatar

test.each([[['upl_1', 'upl_2']], [['upl_2', 'upl_1']], [['upl_2', 'upl_1', 'upl_2']]])(
  'the avatar is the newest upload when they become ready in the order %j',
  async (uploadIds) => {
    await profileTable(table).create(register({ userId: 'u-1' }, now, cause))
    expect(await avatar()).toBeUndefined()
    for (const uploadId of uploadIds) expect(await deliver(ready(uploadId))).toEqual({ batchItemFailures: [] })
    const url = 'https://media.example.com/private/upl_2?signed'
    const thumbnails = [{ url, width: 150, height: 150, contentType: 'image/jpeg' }]
    expect(await avatar()).toEqual({ uploadId: 'upl_2', thumbnails })
    expect(ofUser).not.toHaveBeenCalled()
  },
)

test('an avatar of a customer without a profile creates it, once and with the account of the user pool', async () => {
  expect(await deliver(ready('upl_1'), ready('upl_2'))).toEqual({ batchItemFailures: [] })
  const { emailVerified: _, ...contact } = mira
  expect(await me()).toMatchObject({ ...contact, avatar: { uploadId: 'upl_2' } })
  const registered = (await table.items()).flatMap((item) => (item['events'] as object[] | undefined) ?? [])
  expect(registered).toMatchObject([{ type: 'UserRegistered', metadata: { correlationId: 'c' } }])
})

test('a product image creates no profile, nor does an avatar of an account that is not in the user pool', async () => {
  const event = ready('upl_1')
  const product = { purpose: 'product-image' as const, ownerId: 'u-1', productId: 'mug-1', sku: 'MUG-1' }
  const image = { ...event, data: { ...event.data, ...product } }
  expect(await deliver(image)).toEqual({ batchItemFailures: [] })
  account = undefined
  expect(await deliver(event)).toEqual({ batchItemFailures: [] })
  expect(await table.items()).toEqual([])
})

test('an avatar brings no deleted account back, although it is still in the user pool', async () => {
  await table.put(deletedUserKey('u-1'))
  expect(await deliver(ready('upl_1'))).toEqual({ batchItemFailures: [] })
  expect(await table.items()).toEqual([deletedUserKey('u-1')])
})

import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { register } from '../domain/profile.ts'
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
const deliver = (...events: Parameters<typeof queueEvent>[0]) =>
  changeAvatarHandler(profileTable(table))(queueEvent(events))

async function avatar() {
  const handler = getMeHandler({
    profiles: profileTable(table),
    accounts: { ofToken: async () => undefined },
    links: { urlOf: async (key) => `https://media.example.com/${key}?signed` },
    now: () => now,
  })
  return (await callApi(handler, { path: '/me', customer: 'u-1' })).body.avatar
}

test.each([[['upl_1', 'upl_2']], [['upl_2', 'upl_1']], [['upl_2', 'upl_1', 'upl_2']]])(
  'the avatar is the newest upload when they become ready in the order %j',
  async (uploadIds) => {
    await profileTable(table).create(register({ userId: 'u-1' }, now, cause))
    expect(await avatar()).toBeUndefined()
    for (const uploadId of uploadIds) expect(await deliver(ready(uploadId))).toEqual({ batchItemFailures: [] })
    const url = 'https://media.example.com/private/upl_2?signed'
    const thumbnails = [{ url, width: 150, height: 150, contentType: 'image/jpeg' }]
    expect(await avatar()).toEqual({ uploadId: 'upl_2', thumbnails })
  },
)

test('neither a product image nor an avatar of a deleted account creates a profile', async () => {
  const event = ready('upl_1')
  const product = { purpose: 'product-image' as const, ownerId: 'u-1', productId: 'mug-1', sku: 'MUG-1' }
  const image = { ...event, data: { ...event.data, ...product } }
  expect(await deliver(event, image)).toEqual({ batchItemFailures: [] })
  expect(await table.items()).toEqual([])
})

import { ProductChanged } from '#services/catalog/events.ts'
import { UserDeleted } from '#services/users/events.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { newId } from '#shared/ids.ts'
import { callApi } from '#test/support/api-event.ts'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { mediaBucket, mediaLinks } from '../adapters/media-bucket.ts'
import { customerUploadTable, uploadTable } from '../adapters/upload-table.ts'
import { mediaKey } from '../domain/media-key.ts'
import { createUpload, settle, type PendingUpload, type Subject } from '../domain/upload.ts'
import { ThumbnailsReady, UploadRejected } from '../events.ts'
import { removeProductImagesHandler, removeUploadsHandler } from './remove-uploads.ts'
import { listUploadsHandler } from './uploads.ts'

capturedLogs()

const cause = { correlationId: 'c', causationId: 'r' }
const avatarOf = (ownerId: string): Subject => ({ purpose: 'avatar', ownerId })
const image: Subject = { purpose: 'product-image', ownerId: 's-1', productId: 'mug-1', sku: 'MUG-1' }

let buckets: TestBuckets
let table: TestTable
let now: Date
beforeEach(async () => {
  buckets = await startTestBuckets('media')
  table = await createTestTable()
  now = new Date()
})
afterEach(() => buckets.stop())

const media = () => mediaBucket(buckets.client, 'media')

/** Each a second after the one before. */
async function pending(subject = avatarOf('u-1')): Promise<PendingUpload> {
  now = new Date(now.getTime() + 1000)
  const upload = createUpload({ uploadId: newId('upl', now), subject, contentType: 'image/png', cause }, now)
  await uploadTable(table).create(upload)
  return upload
}

/** The thumbnail of every upload has the same content. @returns the event of the finished upload */
async function finished(upload: PendingUpload, subject = avatarOf('u-1')) {
  const { uploadId } = upload
  const about = { width: 150, contentType: 'image/jpeg' } as const
  const key = mediaKey(uploadId, subject, { contentHash: 'a', ...about })
  await media().put({ key, bytes: Uint8Array.of(1), contentType: about.contentType })
  const thumbnails = [{ key, height: 150, ...about }]
  const fact = { aggregateId: uploadId, aggregateVersion: 2, time: now, cause }
  const event = createEvent(ThumbnailsReady, { ...fact, data: { uploadId, thumbnails, ...subject } })
  await uploadTable(table).settle(settle(upload, { status: 'READY', thumbnails }), event)
  return event
}

async function rejected(upload: PendingUpload) {
  const { uploadId } = upload
  const fact = { aggregateId: uploadId, aggregateVersion: 2, time: now, cause }
  const event = createEvent(UploadRejected, { ...fact, data: { uploadId, reason: 'corrupt', ...avatarOf('u-1') } })
  await uploadTable(table).settle(settle(upload, { status: 'REJECTED', reason: 'corrupt' }), event)
  return event
}

const uploadsLeft = async () => (await table.items()).map(({ PK }) => PK.slice('UPLOAD#'.length)).toSorted()
const foldersLeft = async () => (await buckets.keys('media')).map((key) => key.split('/').at(-2))

describe('GET /uploads', () => {
  const list = (query?: Record<string, string>) => {
    const links = mediaLinks(buckets.client, 'media', 'https://media.example.com')
    const handler = listUploadsHandler({ uploads: customerUploadTable(table), links, now: () => now })
    return callApi(handler, { path: '/uploads', customer: 'u-1', ...(query ? { query } : {}) })
  }

  test("lists the customer's own uploads in pages, newest first, without expired ones", async () => {
    const ids: string[] = []
    for (let index = 0; index < 3; index += 1) ids.unshift((await pending()).uploadId)
    await pending(avatarOf('u-2'))
    await pending(image)
    const first = await list({ limit: '2' })
    expect(first.headers['cache-control']).toBe('private, no-store')
    const second = await list({ limit: '2', cursor: first.body.nextCursor })
    const listed = [first, second].flatMap(({ body }) => body.items)
    expect(listed).toEqual(ids.map((uploadId) => ({ uploadId, purpose: 'avatar', status: 'PENDING' })))
    expect(second.body).not.toHaveProperty('nextCursor')
    now = new Date(now.getTime() + 16 * 24 * 60 * 60 * 1000)
    expect((await list()).body).toEqual({ items: [] })
  })

  test('shows thumbnails', async () => {
    await finished(await pending())
    const [{ status, thumbnails }] = (await list()).body.items
    expect([status, (await fetch(thumbnails[0].url)).status]).toEqual(['READY', 200])
  })
})

describe('the removal of uploads', () => {
  const remove = (events: Parameters<typeof queueEvent>[0], deleted = false) =>
    removeUploadsHandler({
      uploads: customerUploadTable(table),
      media: media(),
      accounts: { isDeleted: async (userId) => deleted && userId === 'u-1' },
    })(queueEvent(events))
  const userDeleted = createEvent(UserDeleted, {
    aggregateId: 'u-1',
    aggregateVersion: 2,
    time: new Date(),
    cause,
    data: { userId: 'u-1' },
  })

  test.each([
    ['in the order of the uploads', [0, 1, 2]],
    ['in another order', [1, 2, 0]],
    ['repeatedly', [2, 0, 1, 2]],
  ])('leaves the newest avatar when the events come %s, and what is not finished', async (_, order) => {
    const uploads = [await pending(), await pending(), await pending()]
    const unfinished = await pending()
    const late = await pending()
    const events = await Promise.all(uploads.map((upload) => finished(upload)))
    for (const index of order) expect(await remove([events[index]!])).toEqual({ batchItemFailures: [] })
    await remove([await rejected(late)])
    const newest = uploads[2]!.uploadId
    expect(await uploadsLeft()).toEqual([newest, unfinished.uploadId, late.uploadId])
    expect(await foldersLeft()).toEqual([newest])
  })

  test('removes an older upload that is finished after a newer one', async () => {
    const older = await pending()
    const newer = await pending()
    await remove([await finished(newer)])
    await remove([await finished(older)])
    expect([await uploadsLeft(), await foldersLeft()]).toEqual([[newer.uploadId], [newer.uploadId]])
  })

  test('removes rejected uploads with the next avatar', async () => {
    await remove([await rejected(await pending())])
    expect(await uploadsLeft()).toHaveLength(1)
    const next = await pending()
    await remove([await finished(next)])
    expect(await uploadsLeft()).toEqual([next.uploadId])
  })

  test('recognizes a ready upload that the list does not contain yet', async () => {
    const older = await pending()
    const newest = await pending()
    await finished(older)
    const event = await finished(newest)
    const stale = customerUploadTable(table)
    const handler = removeUploadsHandler({
      uploads: {
        ...stale,
        async ofCustomer(ownerId, slice) {
          const { uploads } = await stale.ofCustomer(ownerId, slice)
          return { uploads: uploads.filter(({ uploadId }) => uploadId !== newest.uploadId) }
        },
      },
      media: media(),
      accounts: { isDeleted: async () => false },
    })
    await handler(queueEvent([event]))
    expect(await uploadsLeft()).toEqual([newest.uploadId])
  })

  test("keeps other customers' uploads and product images", async () => {
    const others = [await pending(avatarOf('u-2')), await pending(image)] as const
    await finished(others[0], avatarOf('u-2'))
    const event = await finished(others[1], image)
    const kept = await buckets.keys('media')
    await finished(await pending())
    await remove([event, await finished(await pending()), userDeleted], true)
    expect(await uploadsLeft()).toEqual(others.map(({ uploadId }) => uploadId))
    expect(await buckets.keys('media')).toEqual(kept)
  })

  test('of a deleted account leaves none, also of a file that is processed afterwards', async () => {
    await finished(await pending())
    await rejected(await pending())
    const arriving = await pending()
    await remove([userDeleted], true)
    expect([await uploadsLeft(), await foldersLeft()]).toEqual([[arriving.uploadId], []])
    await remove([await finished(arriving)], true)
    expect([await uploadsLeft(), await foldersLeft()]).toEqual([[], []])
  })

  test('removes images that nothing refers to, and is repeated when it fails', async () => {
    await media().put({ key: 'private/avatars/u-1/upl_1/a.jpg', bytes: Uint8Array.of(1), contentType: 'image/jpeg' })
    const failing = removeUploadsHandler({
      uploads: customerUploadTable(table),
      media: { removeFolder: () => Promise.reject(new Error('S3 is busy')) },
      accounts: { isDeleted: async () => true },
    })
    expect(await failing(queueEvent([userDeleted]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    expect(await remove([userDeleted], true)).toEqual({ batchItemFailures: [] })
    expect(await buckets.keys('media')).toEqual([])
  })

  test('works through many uploads in slices', async () => {
    for (let index = 0; index < 101; index += 1) await rejected(await pending())
    const next = await pending()
    await remove([await finished(next)])
    expect(await uploadsLeft()).toEqual([next.uploadId])
  })
})

describe('the removal of product images', () => {
  const changed = (...removed: Awaited<ReturnType<typeof finished>>[]) => {
    const uploadIds = removed.map(({ data }) => data.uploadId)
    const keys = removed.flatMap(({ data }) => data.thumbnails.map(({ key }) => key))
    const data = { productId: 'mug-1', sku: 'MUG-1', version: 3 }
    return createEvent(ProductChanged, {
      aggregateId: 'mug-1',
      aggregateVersion: 3,
      time: now,
      cause,
      data: removed.length === 0 ? data : { ...data, removedImages: { uploadIds, keys } },
    })
  }
  const remove = (event: ReturnType<typeof changed>, broken = false) =>
    removeProductImagesHandler({
      uploads: customerUploadTable(table),
      media: broken ? { remove: () => Promise.reject(new Error('S3 is busy')) } : media(),
    })(queueEvent([event]))

  test('deletes their files and uploads, also repeatedly, and no other upload of the same file', async () => {
    const first = await finished(await pending(image), image)
    const same = await finished(await pending(image), image)
    const avatar = await finished(await pending())
    for (let times = 0; times < 2; times += 1) expect(await remove(changed(first))).toEqual({ batchItemFailures: [] })
    const kept = [same, avatar].map(({ data }) => data.uploadId)
    expect(await uploadsLeft()).toEqual(kept)
    expect((await foldersLeft()).toSorted()).toEqual(kept)
  })

  test('is repeated when it fails', async () => {
    const event = changed(await finished(await pending(image), image))
    expect(await remove(event, true)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    expect(await uploadsLeft()).toHaveLength(1)
    await remove(event)
    expect([await uploadsLeft(), await foldersLeft()]).toEqual([[], []])
  })

  test('is not caused by another change', async () => {
    await finished(await pending(image), image)
    expect(await remove(changed())).toEqual({ batchItemFailures: [] })
    expect([(await uploadsLeft()).length, (await foldersLeft()).length]).toEqual([1, 1])
  })
})

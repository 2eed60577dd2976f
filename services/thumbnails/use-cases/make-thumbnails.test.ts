import { newId } from '#shared/ids.ts'
import { ok } from '#shared/result.ts'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { mediaBucket } from '../adapters/media-bucket.ts'
import { uploadBucket } from '../adapters/upload-bucket.ts'
import { customerUploadTable, uploadTable } from '../adapters/upload-table.ts'
import { avatarFolder, incomingKey } from '../domain/media-key.ts'
import { createUpload } from '../domain/upload.ts'
import { makeThumbnails } from './make-thumbnails.ts'

let buckets: TestBuckets
let table: TestTable
beforeEach(async () => {
  buckets = await startTestBuckets('uploads', 'media')
  table = await createTestTable()
})
afterEach(() => buckets.stop())

describe('of the files of one form', () => {
  const now = new Date()
  const uploadId = newId('upl', now)
  const key = incomingKey(uploadId)
  const folder = avatarFolder('u-1', uploadId)
  const media = () => mediaBucket(buckets.client, 'media')

  /** Processes a file, whose one thumbnail equals the file. */
  async function process(file: string, meanwhile = async () => {}, settle = uploadTable(table).settle) {
    await mediaBucket(buckets.client, 'uploads').put({ key, bytes: Buffer.from(file), contentType: 'image/png' })
    const size = { width: 400, height: 300 }
    const dependencies = {
      uploads: { ...uploadTable(table), settle },
      originals: uploadBucket(buckets.client, 'uploads'),
      media: media(),
      maker: {
        async make(bytes: Uint8Array) {
          await meanwhile()
          return ok({ original: size, images: [{ ...size, bytes, contentType: 'image/webp' as const }] })
        },
      },
      now: () => now,
    }
    return makeThumbnails(dependencies, { key, eventId: file }, () => undefined)
  }

  beforeEach(() =>
    uploadTable(table).create(
      createUpload(
        {
          uploadId,
          subject: { purpose: 'avatar', ownerId: 'u-1' },
          contentType: 'image/png',
          cause: { correlationId: 'c-1' },
        },
        now,
      ),
    ),
  )

  const expectOnlyThumbnails = async () => {
    const upload = (await uploadTable(table).find(uploadId)) as { thumbnails?: { key: string }[] }
    expect(await buckets.keys('media')).toEqual(upload.thumbnails!.map((thumbnail) => thumbnail.key))
    expect(await buckets.keys('uploads')).toEqual([])
  }

  test.each(['another', 'the same'])(
    'processed at the same time, only the thumbnails of the finished upload remain: %s',
    async (second) => {
      const outcome = await process('the same', async () => void (await process(second)))
      expect(outcome).toEqual({ kind: 'already-settled' })
      await expectOnlyThumbnails()
    },
  )

  test.each(['another', 'the same'])(
    'no thumbnails of an attempt that ended before it finished the upload remain: %s',
    async (second) => {
      const ends = () => Promise.reject(new Error('the function timed out'))
      await expect(process('the same', undefined, ends)).rejects.toThrow('timed out')
      expect(await buckets.keys('media')).toHaveLength(1)
      // The event of the first file may be in the dead-letter queue.
      expect(await process(second)).toMatchObject({ kind: 'ready' })
      await expectOnlyThumbnails()
      expect(await process('the same')).toMatchObject({ kind: 'already-settled' })
      await expectOnlyThumbnails()
    },
  )

  test('none remain when the upload is removed meanwhile', async () => {
    await process('one', async () => {
      await process('another')
      await media().removeFolder(folder)
      await customerUploadTable(table).remove(uploadId)
    })
    expect(await buckets.keys('media')).toEqual([])
  })
})

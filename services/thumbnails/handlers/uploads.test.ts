import { HeadObjectCommand } from '@aws-sdk/client-s3'
import type { SQSEvent } from 'aws-lambda'
import { newId } from '#shared/ids.ts'
import { callApi } from '#test/support/api-event.ts'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { mediaBucket, mediaLinks, publicLinks } from '../adapters/media-bucket.ts'
import { productTable } from '../adapters/product-table.ts'
import { sharpThumbnails } from '../adapters/sharp-thumbnails.ts'
import { presignedForms, uploadBucket } from '../adapters/upload-bucket.ts'
import { uploadRateTable } from '../adapters/upload-rate-table.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { ThumbnailsReady, UploadRejected } from '../events.ts'
import { foreignFiles, plain, pngClaiming, quarters } from '../test-data/images.ts'
import { makeThumbnailsHandler } from './make-thumbnails.ts'
import { adminCreateUploadHandler, adminGetUploadHandler, createUploadHandler, getUploadHandler } from './uploads.ts'

const logs = capturedLogs()
const mediaUrl = 'https://media.example.com'

let buckets: TestBuckets
let table: TestTable
let now: Date

beforeEach(async () => {
  buckets = await startTestBuckets('uploads', 'media')
  table = await createTestTable()
  now = new Date()
  await table.put({ PK: 'PRODUCT#MUG-1', SK: 'PRODUCT', productId: 'mug-1', sku: 'MUG-1' })
})
afterEach(() => buckets.stop())

const uploads = () => ({
  uploads: uploadTable(table),
  forms: presignedForms(buckets.client, 'uploads'),
  products: productTable(table),
  newUploadId: (time: Date) => newId('upl', time),
  now: () => now,
})

const thumbnails = () =>
  makeThumbnailsHandler(
    {
      uploads: uploadTable(table),
      originals: uploadBucket(buckets.client, 'uploads'),
      media: mediaBucket(buckets.client, 'media'),
      maker: sharpThumbnails,
      now: () => now,
    },
    'uploads',
  )

const headers = { 'x-correlation-id': 'c-1' }
const avatar = { purpose: 'avatar', contentType: 'image/png' }
const create = (body: unknown = avatar, customer = 'u-1') => {
  const handler = createUploadHandler({ ...uploads(), rates: uploadRateTable(table), uploadsPerMinute: 1000 })
  return callApi(handler, { method: 'POST', path: '/uploads', headers, body, customer })
}
const adminCreate = (body: unknown) =>
  callApi(adminCreateUploadHandler(uploads()), { method: 'POST', path: '/admin/uploads', headers, body, staff: 's-1' })
const read = (uploadId: string, customer = 'u-1') => {
  const links = mediaLinks(buckets.client, 'media', mediaUrl)
  const handler = getUploadHandler({ uploads: uploadTable(table), links, now: () => now })
  return callApi(handler, { path: `/uploads/${uploadId}`, parameters: { uploadId }, customer })
}
const adminRead = (uploadId: string) => {
  const handler = adminGetUploadHandler({ uploads: uploadTable(table), links: publicLinks(mediaUrl), now: () => now })
  return callApi(handler, { path: `/admin/uploads/${uploadId}`, parameters: { uploadId }, staff: 's-1' })
}

interface Form {
  readonly uploadId: string
  readonly url: string
  readonly fields: Record<string, string>
}

async function send(form: Form, bytes: Uint8Array<ArrayBuffer>, fields: Record<string, string> = {}): Promise<number> {
  const data = new FormData()
  for (const [name, value] of Object.entries({ ...form.fields, ...fields })) data.append(name, value)
  data.append('file', new Blob([bytes]), 'an image.png')
  return (await fetch(form.url, { method: 'POST', body: data })).status
}

const arrival = (key: string, bucket = 'uploads') => ({
  id: `event-of-${key}`,
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: { key, size: 1, etag: 'e', sequencer: '1' },
    reason: 'PostObject',
  },
})

async function deliver(...bodies: unknown[]): Promise<string[]> {
  const Records = bodies.map((body, index) => ({ messageId: `m-${index}`, body: JSON.stringify(body) }))
  const { batchItemFailures } = await thumbnails()({ Records } as SQSEvent)
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}

async function uploaded(bytes: Uint8Array<ArrayBuffer>): Promise<Form> {
  const form: Form = (await create()).body
  expect(await send(form, bytes)).toBe(204)
  return form
}

const png = Buffer.from(await quarters(900, 600).png().toBuffer())
const item = async (uploadId: string) => (await table.items()).find(({ PK }) => PK === `UPLOAD#${uploadId}`)

describe('POST /uploads', () => {
  test('stores a pending upload and returns a form for its key, type and size', async () => {
    const createdAfterMs = Date.now()
    const { status, headers: responseHeaders, body } = await create()
    const createdBeforeMs = Date.now()
    expect(status).toBe(201)
    expect(responseHeaders).toMatchObject({
      location: `/uploads/${body.uploadId}`,
      'cache-control': 'private, no-store',
    })
    expect(await item(body.uploadId)).toMatchObject({
      ownerId: 'u-1',
      purpose: 'avatar',
      status: 'PENDING',
      version: 1,
    })
    const policy = JSON.parse(Buffer.from(body.fields.Policy, 'base64').toString())
    expect(policy.conditions).toEqual(
      expect.arrayContaining([
        { key: `incoming/${body.uploadId}` },
        { bucket: 'uploads' },
        ['eq', '$Content-Type', 'image/png'],
        ['content-length-range', 1, 15_728_640],
      ]),
    )
    // A policy has whole seconds.
    const signedMs = Date.parse(policy.expiration) - 600_000
    expect(signedMs).toBeGreaterThan(createdAfterMs - 1000)
    expect(signedMs).toBeLessThanOrEqual(createdBeforeMs)
  })

  test.each([
    ['another purpose', { ...avatar, purpose: 'product-image' }, '/purpose'],
    ['an unsupported type', { ...avatar, contentType: 'image/gif' }, '/contentType'],
    ['SVG', { ...avatar, contentType: 'image/svg+xml' }, '/contentType'],
    ['no type', { purpose: 'avatar' }, '/contentType'],
    ['a product', { ...avatar, productId: 'mug-1' }, '/productId'],
  ])('%s is a 422 with a pointer', async (_, body, pointer) => {
    const response = await create(body)
    expect([response.status, response.body.errors[0].pointer]).toEqual([422, pointer])
    expect(await table.items()).toHaveLength(1)
  })
})

describe('POST /admin/uploads', () => {
  test('accepts an existing product', async () => {
    const {
      status,
      headers: responseHeaders,
      body,
    } = await adminCreate({
      purpose: 'product-image',
      productId: 'mug-1',
      contentType: 'image/jpeg',
    })
    expect([status, responseHeaders['location']]).toEqual([201, `/admin/uploads/${body.uploadId}`])
    expect(await item(body.uploadId)).toMatchObject({ purpose: 'product-image', productId: 'mug-1', sku: 'MUG-1' })
  })

  test.each(['mug-2', 'MUG-1', '../mug-1'])('the product "%s" is a 422', async (productId) => {
    const { status, body } = await adminCreate({ purpose: 'product-image', productId, contentType: 'image/jpeg' })
    expect([status, body.errors[0].pointer]).toEqual([422, '/productId'])
  })
})

describe('a new object', () => {
  test('becomes thumbnails, an event and a READY upload; the original is deleted', async () => {
    const { uploadId } = await uploaded(png)
    const [event] = buckets.events
    expect(event).toMatchObject({ source: 'aws.s3', detailType: 'Object Created' })
    expect(await deliver(arrival(event!['detail'].object.key))).toEqual([])

    const { status, headers: responseHeaders, body } = await read(uploadId)
    expect([status, responseHeaders['cache-control']]).toEqual([200, 'private, no-store'])
    expect(body).toMatchObject({ uploadId, purpose: 'avatar', status: 'READY' })
    const { thumbnails: made } = body as { thumbnails: { url: string; contentType: string }[] }
    expect(made).toMatchObject([
      { width: 150, height: 150, contentType: 'image/jpeg' },
      { width: 400, height: 267, contentType: 'image/webp' },
      { width: 800, height: 533, contentType: 'image/webp' },
    ])
    for (const { url, contentType } of made) {
      const response = await fetch(url)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType])
    }
    expect(await buckets.keys('uploads')).toEqual([])
    const stored = await item(uploadId)
    expect(stored).toMatchObject({ status: 'READY', version: 2 })
    expect(stored).not.toHaveProperty('expiresAt')
    const [published] = stored!['events']
    expect(published).toMatchObject({ source: 'media.app', type: 'ThumbnailsReady' })
    expect(published.metadata).toMatchObject({ id: `ThumbnailsReady/${uploadId}/2`, correlationId: 'c-1' })
    expect(ThumbnailsReady.data.parse(published.data)).toEqual(published.data)
    expect(published.data.thumbnails.map(({ key }: { key: string }) => key)).toEqual(
      (await buckets.keys('media')).toSorted((a, b) => width(a) - width(b)),
    )
    expect(published.data.thumbnails[0].key).toMatch(
      new RegExp(`^private/avatars/u-1/${uploadId}/[0-9a-f]{32}-150\\.jpg$`),
    )
  })

  test('the event carries the trace of the request that created the upload', async () => {
    process.env['_X_AMZN_TRACE_ID'] = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1'
    const form: Form = await create()
      .then(({ body }) => body)
      .finally(() => delete process.env['_X_AMZN_TRACE_ID'])
    await send(form, png)
    await deliver(arrival(`incoming/${form.uploadId}`))
    const [{ metadata }] = (await item(form.uploadId))!['events']
    expect(metadata).toMatchObject({
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      causationId: `event-of-incoming/${form.uploadId}`,
    })
  })

  test('an image smaller than its thumbnails counts no bytes as saved', async () => {
    const { uploadId } = await uploaded(Buffer.from(await plain(1, 1).png().toBuffer()))
    await deliver(arrival(`incoming/${uploadId}`))
    expect(logs.lines().find((line) => 'BytesSaved' in line)).toMatchObject({ BytesSaved: 0 })
  })

  test('the URLs of an avatar expire after five minutes', async () => {
    const { uploadId } = await uploaded(png)
    await deliver(arrival(`incoming/${uploadId}`))
    const [{ url }] = (await read(uploadId)).body.thumbnails
    // The URL is signed with the time of this process, which has gone on since the clock of the buckets was set.
    buckets.advance(360_000)
    expect((await fetch(url)).status).toBe(403)
  })

  test('product images are public and immutable', async () => {
    const form: Form = (await adminCreate({ purpose: 'product-image', productId: 'mug-1', contentType: 'image/jpeg' }))
      .body
    await send(form, Buffer.from(await quarters(300, 300).jpeg().toBuffer()))
    await deliver(arrival(`incoming/${form.uploadId}`))
    const { body } = await adminRead(form.uploadId)
    const { pathname } = new URL(body.thumbnails[0].url)
    expect(body.thumbnails[0].url).toBe(`${mediaUrl}${pathname}`)
    expect(pathname.split('/').slice(0, -1)).toEqual(['', 'products', 'MUG-1', form.uploadId])
    expect(pathname).toMatch(/\/[0-9a-f]{32}-150\.jpg$/)
    const { events } = (await item(form.uploadId))!
    const { CacheControl } = await buckets.client.send(
      new HeadObjectCommand({ Bucket: 'media', Key: events[0].data.thumbnails[0].key }),
    )
    expect(CacheControl).toBe('public, max-age=31536000, immutable')
    expect(events[0].data).toMatchObject({ purpose: 'product-image', productId: 'mug-1', sku: 'MUG-1' })
  })

  const rejected: [string, string, () => Promise<Uint8Array<ArrayBuffer>>][] = [
    ...Object.entries(foreignFiles).map(
      ([name, file]) => [name, 'unsupported-type', async () => Buffer.from(await file())] as const,
    ),
    ['a broken PNG', 'corrupt', async () => png.subarray(0, 500)],
    ['too many pixels', 'too-many-pixels', async () => Buffer.from(pngClaiming(7_200, 7_000))],
  ].map(([name, reason, file]) => [name, reason, file] as [string, string, () => Promise<Uint8Array<ArrayBuffer>>])

  test.each(rejected)('%s is REJECTED as %s and deleted, and the next image is processed', async (_, reason, file) => {
    const { uploadId } = await uploaded(await file())
    expect(await deliver(arrival(`incoming/${uploadId}`))).toEqual([])
    expect((await read(uploadId)).body).toEqual({ uploadId, purpose: 'avatar', status: 'REJECTED', reason })
    const [published] = (await item(uploadId))!['events']
    expect(published).toMatchObject({ type: 'UploadRejected', metadata: { correlationId: 'c-1' } })
    expect(UploadRejected.data.parse(published.data)).toEqual({ uploadId, purpose: 'avatar', ownerId: 'u-1', reason })
    expect([await buckets.keys('uploads'), await buckets.keys('media')]).toEqual([[], []])

    const next = await uploaded(png)
    await deliver(arrival(`incoming/${next.uploadId}`))
    expect((await read(next.uploadId)).body.status).toBe('READY')
  })

  test('more than 15 MB, which no form accepts, is rejected without reading it', async () => {
    const { uploadId } = (await create()).body
    const key = `incoming/${uploadId}`
    const bytes = new Uint8Array(15 * 1024 * 1024 + 1)
    await mediaBucket(buckets.client, 'uploads').put({ key, bytes, contentType: 'image/png' })
    expect(await deliver(arrival(key))).toEqual([])
    expect((await read(uploadId)).body).toMatchObject({ status: 'REJECTED', reason: 'too-many-bytes' })
    expect(await buckets.keys('uploads')).toEqual([])
  })

  test('a duplicate event, concurrent or later, has one result', async () => {
    const { uploadId } = await uploaded(png)
    const event = arrival(`incoming/${uploadId}`)
    const both = await Promise.all([deliver(event), deliver(event)])
    expect(both).toEqual([[], []])
    const before = await item(uploadId)
    expect(await deliver(event, event)).toEqual([])
    expect(await item(uploadId)).toEqual(before)
    expect(before).toMatchObject({ status: 'READY', version: 2 })
    expect(logs.lines().flatMap((line) => line['ImagesProcessed'] ?? [])).toEqual([1])
    expect(await buckets.keys('media')).toHaveLength(3)
  })

  test('a second file of the same form changes nothing and is deleted', async () => {
    const form = await uploaded(png)
    await deliver(arrival(`incoming/${form.uploadId}`))
    const before = await item(form.uploadId)
    expect(await send(form, Buffer.from(await plain(50, 50).png().toBuffer()))).toBe(204)
    expect(await deliver(arrival(`incoming/${form.uploadId}`))).toEqual([])
    expect(await item(form.uploadId)).toEqual(before)
    expect(await buckets.keys('uploads')).toEqual([])
    expect(await buckets.keys('media')).toHaveLength(3)
  })

  test('an event of a deleted object changes nothing', async () => {
    const { uploadId } = (await create()).body
    expect(await deliver(arrival(`incoming/${uploadId}`))).toEqual([])
    expect((await read(uploadId)).body.status).toBe('PENDING')
  })

  test.each(['incoming/upl_00000000000000000000000000', 'incoming/ünïcödé 照片.png', 'incoming/a/b'])(
    'an object of no upload is deleted: %s',
    async (key) => {
      await mediaBucket(buckets.client, 'uploads').put({ key, bytes: png, contentType: 'image/png' })
      expect(await buckets.keys('uploads')).toEqual([key])
      expect(await deliver(arrival(buckets.events[0]!['detail'].object.key))).toEqual([])
      expect(await buckets.keys('uploads')).toEqual([])
    },
  )

  test('an object 15 days late is deleted, and its upload is expired', async () => {
    const { uploadId } = await uploaded(png)
    now = new Date(now.getTime() + 15 * 24 * 60 * 60 * 1000)
    expect((await read(uploadId)).status).toBe(404)
    expect(await deliver(arrival(`incoming/${uploadId}`))).toEqual([])
    expect(await buckets.keys('uploads')).toEqual([])
    expect(await buckets.keys('media')).toEqual([])
  })

  test('only the unreadable message fails', async () => {
    const { uploadId } = await uploaded(png)
    const failed = await deliver(
      { no: 'event' },
      arrival('incoming/x', 'another-bucket'),
      arrival(`incoming/${uploadId}`),
    )
    expect(failed).toEqual(['m-0', 'm-1'])
    expect((await read(uploadId)).body.status).toBe('READY')
  })

  test('an unreadable message is not logged with the correlation id of the previous image', async () => {
    const { uploadId } = await uploaded(png)
    expect(await deliver(arrival(`incoming/${uploadId}`), { no: 'event' })).toEqual(['m-1'])
    const line = logs.lines().find(({ level }) => level === 'ERROR')!
    expect(line).toMatchObject({ message_id: 'm-1' })
    expect(line).not.toHaveProperty('correlation_id')
  })

  test('each image is logged with sizes, bytes saved, duration and correlation id', async () => {
    const bytes = png
    const { uploadId } = await uploaded(bytes)
    await deliver(arrival(`incoming/${uploadId}`))
    const line = logs.lines().find(({ message }) => String(message).startsWith('Thumbnails '))!
    expect(line['message']).toMatch(/^Thumbnails 150×150, .* of an image \d+×\d+: -?\d+ bytes saved$/)
    expect(line).toMatchObject({ correlation_id: 'c-1', original: '900×600', bytes_in: bytes.length })
    expect(line['bytes_saved']).toBe(bytes.length - line['bytes_out'])
    expect(line['thumbnails'].map(({ size }: { size: string }) => size)).toEqual(['150×150', '400×267', '800×533'])
    expect(line['duration_ms']).toBeGreaterThan(0)
    expect(logs.lines().find((entry) => 'ImagesProcessed' in entry)).toMatchObject({ ImagesProcessed: 1 })
  })
})

describe('GET', () => {
  test('of another customer’s upload, an absent one and a malformed id is the same 404', async () => {
    const { uploadId } = (await create(avatar, 'u-2')).body
    const responses = await Promise.all([uploadId, 'upl_00000000000000000000000000', 'x'].map((id) => read(id)))
    for (const { status, body } of responses)
      expect([status, body.code, body.detail]).toEqual([404, 'not-found', responses[0]!.body.detail])
    expect((await read(uploadId, 'u-2')).status).toBe(200)
  })

  test('of a customer’s upload is a 404 for staff', async () => {
    const { uploadId } = (await create()).body
    expect((await adminRead(uploadId)).status).toBe(404)
  })
})

const width = (key: string): number => Number(/-(\d+)\.\w+$/.exec(key)![1])

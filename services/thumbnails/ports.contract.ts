import { createEvent } from '#shared/events/envelope.ts'
import { newId } from '#shared/ids.ts'
import { publicMediaUrl } from '#shared/media-url.ts'
import {
  createUpload,
  maxUploadBytes,
  settle,
  uploadTypes,
  type Settled,
  type Subject,
  type UploadType,
  type Verdict,
} from './domain/upload.ts'
import { ThumbnailsReady, UploadRejected } from './events.ts'
import type {
  Media,
  MediaRemover,
  MediaLinks,
  Originals,
  Products,
  ThumbnailMaker,
  UploadForm,
  UploadForms,
  UploadReader,
  UploadSettler,
  UploadWriter,
} from './ports.ts'

/** The contracts of the adapters of each port. `create` returns empty adapters. */

export type Uploads = UploadReader & UploadWriter & UploadSettler

const noon = new Date('2026-05-01T12:00:00.000Z')
const cause = { correlationId: 'c-1', causationId: 'r-1' }

export const pending = (subject: Subject = { purpose: 'avatar', ownerId: 'u-1' }) =>
  createUpload({ uploadId: newId('upl', noon), subject, contentType: 'image/png', cause }, noon)

export const ready: Verdict = {
  status: 'READY',
  thumbnails: [{ key: 'private/avatars/u-1/a-150.jpg', width: 150, height: 150, contentType: 'image/jpeg' }],
}
const rejected: Verdict = { status: 'REJECTED', reason: 'corrupt' }

/** A settled upload with its event. */
export function settled(upload: ReturnType<typeof pending>, verdict: Verdict) {
  const end = settle(upload, verdict)
  return [end, settledEvent(end)] as const
}

function settledEvent(upload: Settled) {
  const { uploadId, ownerId, version } = upload
  const fact = { aggregateId: uploadId, aggregateVersion: version, time: noon, cause }
  const about = { uploadId, purpose: 'avatar' as const, ownerId }
  return upload.status === 'READY'
    ? createEvent(ThumbnailsReady, { ...fact, data: { ...about, thumbnails: upload.thumbnails } })
    : createEvent(UploadRejected, { ...fact, data: { ...about, reason: upload.reason } })
}

export function uploadsContract(create: () => Promise<Uploads>) {
  const subjects: readonly Subject[] = [
    { purpose: 'avatar', ownerId: 'u-1' },
    { purpose: 'product-image', ownerId: 's-1', productId: 'mug-1', sku: 'MUG-1' },
  ]

  test.each(subjects)('an upload of purpose $purpose is found by its id', async (subject) => {
    const uploads = await create()
    const upload = pending(subject)
    await uploads.create(upload)
    expect(await uploads.find(upload.uploadId)).toEqual(upload)
    expect(await uploads.find(pending().uploadId)).toBeUndefined()
  })

  test.each(subjects)('an upload of purpose $purpose that is created again is stored once', async (subject) => {
    const uploads = await create()
    const upload = pending(subject)
    await uploads.create(upload)
    await uploads.create(upload)
    expect(await uploads.find(upload.uploadId)).toEqual(upload)
  })

  test('a second upload with the same id throws and changes nothing', async () => {
    const uploads = await create()
    const upload = pending()
    await uploads.create(upload)
    await expect(uploads.create({ ...upload, ownerId: 'u-2' })).rejects.toThrow()
    expect(await uploads.find(upload.uploadId)).toEqual(upload)
  })

  test.each([ready, rejected])('an upload is settled once as $status', async (verdict) => {
    const uploads = await create()
    const upload = pending()
    await uploads.create(upload)
    const [end, event] = settled(upload, verdict)
    expect(await uploads.settle(end, event)).toBe('settled')
    expect(await uploads.find(upload.uploadId)).toEqual(end)
    for (const later of [ready, rejected]) {
      expect(await uploads.settle(...settled(upload, later))).toBe('already-settled')
    }
    expect(await uploads.find(upload.uploadId)).toEqual(end)
  })

  test('one of many concurrent outcomes is stored', async () => {
    const uploads = await create()
    const upload = pending()
    await uploads.create(upload)
    const ends = Array.from({ length: 10 }, (_, index) => settled(upload, index % 2 === 0 ? ready : rejected))
    const outcomes = await Promise.all(ends.map(([end, event]) => uploads.settle(end, event)))
    expect(outcomes.filter((outcome) => outcome === 'settled')).toHaveLength(1)
  })

  test('settling an absent upload creates none', async () => {
    const uploads = await create()
    const upload = pending()
    expect(await uploads.settle(...settled(upload, ready))).toBe('already-settled')
    expect(await uploads.find(upload.uploadId)).toBeUndefined()
  })
}

export interface ProductsWorld {
  readonly products: Products
  addProduct(product: { productId: string; sku: string }): Promise<void>
}

export function skusContract(create: () => Promise<ProductsWorld>) {
  test('returns the SKU of an existing product, and none for other ids', async () => {
    const { products, addProduct } = await create()
    await addProduct({ productId: 'mug-1', sku: 'MUG-1' })
    expect(await products.skuOf('mug-1')).toBe('MUG-1')
    for (const other of ['mug-2', 'MUG-1', '../mug-1', '']) expect(await products.skuOf(other)).toBeUndefined()
  })
}

export interface FormsWorld {
  readonly forms: UploadForms
  /** Sends a file as a browser does. @returns whether it was accepted */
  send(form: UploadForm, file: { bytes: Uint8Array<ArrayBuffer>; fields?: Record<string, string> }): Promise<boolean>
  /** The number of accepted files. */
  count(): Promise<number>
  advance(ms: number): void
}

export function formsContract(create: () => Promise<FormsWorld>) {
  const upload = { uploadId: newId('upl', noon), contentType: 'image/png' } as const

  test.each([1, maxUploadBytes])('a form accepts a file of %d bytes', async (sizeBytes) => {
    const { forms, send, count } = await create()
    expect(await send(await forms.sign(upload), { bytes: new Uint8Array(sizeBytes) })).toBe(true)
    expect(await count()).toBe(1)
  })

  test.each<[string, number, Record<string, string>]>([
    ['an empty file', 0, {}],
    ['a file that is too large', maxUploadBytes + 1, {}],
    ['a file of another type', 10, { 'Content-Type': 'image/svg+xml' }],
    ['a file for another key', 10, { key: 'incoming/upl_00000000000000000000000000' }],
  ])('a form rejects %s', async (_, sizeBytes, fields) => {
    const { forms, send, count } = await create()
    expect(await send(await forms.sign(upload), { bytes: new Uint8Array(sizeBytes), fields })).toBe(false)
    expect(await count()).toBe(0)
  })

  test('a form expires after ten minutes', async () => {
    const { forms, send, advance } = await create()
    const form = await forms.sign(upload)
    advance(590_000)
    expect(await send(form, { bytes: new Uint8Array(10) })).toBe(true)
    advance(11_000)
    expect(await send(form, { bytes: new Uint8Array(10) })).toBe(false)
  })
}

export interface OriginalsWorld {
  readonly originals: Originals
  arrive(key: string, bytes: Uint8Array): Promise<void>
}

export function originalsContract(create: () => Promise<OriginalsWorld>) {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 256)

  test('an object is read byte for byte, up to a limit', async () => {
    const { originals, arrive } = await create()
    await arrive('incoming/a', bytes)
    expect(await originals.read('incoming/a', { maxBytes: 1000 })).toEqual({ kind: 'read', bytes })
    expect(await originals.read('incoming/a', { maxBytes: 999 })).toEqual({ kind: 'too-large', sizeBytes: 1000 })
  })

  test('a removed object is absent; removing an absent one is not an error', async () => {
    const { originals, arrive } = await create()
    await arrive('incoming/a', bytes)
    await arrive('incoming/b', bytes)
    for (const key of ['incoming/a', 'incoming/a', 'incoming/never']) await originals.remove(key)
    expect(await originals.read('incoming/a', { maxBytes: 1000 })).toEqual({ kind: 'absent' })
    expect(await originals.read('incoming/never', { maxBytes: 1000 })).toEqual({ kind: 'absent' })
    expect(await originals.read('incoming/b', { maxBytes: 1000 })).toMatchObject({ kind: 'read' })
  })
}

export interface MediaWorld {
  readonly media: Media & MediaRemover
  stored(key: string): Promise<{ bytes: Uint8Array; contentType: string }>
  keys(): Promise<string[]>
}

export function mediaContract(create: () => Promise<MediaWorld>) {
  test('an image is stored under its key with its type, also when it is stored again', async () => {
    const { media, stored } = await create()
    const image = {
      key: 'public/media/products/MUG-1/a.webp',
      bytes: Uint8Array.of(1, 2, 3),
      contentType: 'image/webp',
    }
    await media.put(image)
    await media.put(image)
    expect(await stored(image.key)).toEqual({ bytes: image.bytes, contentType: 'image/webp' })
  })

  test('a removed image is absent, and no other; removing an absent one is not an error', async () => {
    const { media, keys } = await create()
    const about = { bytes: Uint8Array.of(1), contentType: 'image/webp' }
    for (const key of ['public/a', 'public/a/b', 'public/ab']) await media.put({ key, ...about })
    for (const key of ['public/a', 'public/a', 'public/never']) await media.remove(key)
    expect(await keys()).toEqual(['public/a/b', 'public/ab'])
  })
}

/** @param mediaUrl the base URL of public images */
export function mediaLinksContract(mediaUrl: string, create: () => Promise<MediaLinks>) {
  test('a public image has a permanent URL', async () => {
    const key = 'public/media/products/MUG-1/a b.webp'
    const links = await create()
    expect(await links.urlOf(key)).toBe(publicMediaUrl(mediaUrl, key))
    expect(await links.urlOf(key)).toBe(await links.urlOf(key))
  })
}

export interface MakerWorld {
  readonly maker: ThumbnailMaker
  /** A file of that size in pixels. */
  image(about: { width: number; height: number; type: UploadType }): Promise<Uint8Array>
  /** A file of an unsupported type. */
  foreign(): Promise<Uint8Array>
}

export function thumbnailMakerContract(create: () => Promise<MakerWorld>) {
  test.each(uploadTypes)('%s becomes a square and wide thumbnails from small to large', async (type) => {
    const { maker, image } = await create()
    const made = await maker.make(await image({ width: 1000, height: 600, type }))
    expect(made).toMatchObject({
      ok: true,
      value: {
        original: { width: 1000, height: 600 },
        images: [
          { width: 150, height: 150, contentType: 'image/jpeg' },
          { width: 400, height: 240, contentType: 'image/webp' },
          { width: 800, height: 480, contentType: 'image/webp' },
        ],
      },
    })
  })

  test('equal content produces equal bytes, since keys contain their hash', async () => {
    const { maker, image } = await create()
    const file = await image({ width: 300, height: 200, type: 'image/png' })
    expect(await maker.make(file)).toEqual(await maker.make(file))
  })

  test('an unsupported type and a corrupt image are failures, not errors', async () => {
    const { maker, image, foreign } = await create()
    const whole = await image({ width: 1000, height: 600, type: 'image/png' })
    expect(await maker.make(await foreign())).toEqual({ ok: false, failure: 'unsupported-type' })
    expect(await maker.make(whole.subarray(0, whole.length / 2))).toEqual({ ok: false, failure: 'corrupt' })
  })

  test('too many pixels are a failure', async () => {
    const { maker, image } = await create()
    const file = await image({ width: 7200, height: 7000, type: 'image/png' })
    expect(await maker.make(file)).toEqual({ ok: false, failure: 'too-many-pixels' })
  })
}

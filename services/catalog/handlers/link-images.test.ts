import { createEvent } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { noPauses } from '#test/support/backoff.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { productTable } from '../adapters/product-table.ts'
import { createProduct } from '../use-cases/create-product.ts'
import { changeProductHandler } from './change-products.ts'
import { getProductHandler } from './read-products.ts'
import { linkImagesHandler } from './link-images.ts'

const logs = capturedLogs()
const view = { mediaUrl: 'https://media.example.com', isStockCounted: true }
const now = new Date('2026-05-01T10:00:00.000Z')

let table: TestTable
let attempts: number

beforeEach(async () => {
  table = await createTestTable()
  attempts = 3
  await createProduct(productTable(table), {
    details: {
      sku: 'MUG-1',
      name: 'Mug',
      description: 'Holds tea.',
      category: 'coffee',
      tags: [],
      price: euros(1850),
    },
    time: now,
    cause: { correlationId: 'c-0', causationId: 'r-0' },
  })
})

const ready = (uploadId: string, about: { productId?: string; avatar?: boolean } = {}) =>
  createEvent(ThumbnailsReady, {
    aggregateId: uploadId,
    aggregateVersion: 2,
    time: now,
    cause: { correlationId: 'c-1', causationId: 'event-1' },
    data: {
      uploadId,
      ...(about.avatar
        ? { purpose: 'avatar', ownerId: 'u-1' }
        : { purpose: 'product-image', ownerId: 's-1', productId: about.productId ?? 'mug-1', sku: 'MUG-1' }),
      thumbnails: [
        { key: `public/media/products/MUG-1/${uploadId}-150.jpg`, width: 150, height: 150, contentType: 'image/jpeg' },
        { key: `public/media/products/MUG-1/${uploadId}-400.webp`, width: 400, height: 300, contentType: 'image/webp' },
      ],
    },
  })

async function deliver(...events: ReturnType<typeof ready>[]): Promise<string[]> {
  const handler = linkImagesHandler({ products: productTable(table), now: () => now, backoff: noPauses(attempts) })
  const { batchItemFailures } = await handler(queueEvent(events))
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}

const images = async () => {
  const handler = getProductHandler(productTable(table), view)
  return (await callApi(handler, { path: '/products/mug-1', parameters: { productId: 'mug-1' } })).body.images
}
const product = async () => (await table.items()).find(({ PK }) => PK === 'PRODUCT#MUG-1')!

test('images of one product in a batch do not conflict', async () => {
  attempts = 1
  expect(await deliver(ready('upl_1'), ready('upl_2'))).toEqual([])
})

test('adds an image to its product, with an event, and returns its URL', async () => {
  expect(await deliver(ready('upl_1'))).toEqual([])
  expect(await images()).toEqual([
    {
      url: 'https://media.example.com/products/MUG-1/upl_1-150.jpg',
      width: 150,
      height: 150,
      contentType: 'image/jpeg',
    },
    {
      url: 'https://media.example.com/products/MUG-1/upl_1-400.webp',
      width: 400,
      height: 300,
      contentType: 'image/webp',
    },
  ])
  const stored = await product()
  expect(stored).toMatchObject({ version: 2, GSI1PK: 'CATALOG#coffee', GSI2PK: 'CATALOG#coffee' })
  expect(stored['events']).toEqual([
    {
      source: 'catalog.app',
      type: 'ProductChanged',
      metadata: {
        id: 'ProductChanged/mug-1/2',
        version: 1,
        time: now.toISOString(),
        correlationId: 'c-1',
        causationId: 'ThumbnailsReady/upl_1/2',
      },
      data: { productId: 'mug-1', sku: 'MUG-1', version: 2 },
    },
  ])
})

test('a duplicate event changes nothing, in the same batch or later', async () => {
  expect(await deliver(ready('upl_1'), ready('upl_1'))).toEqual([])
  const before = await product()
  expect(await deliver(ready('upl_1'))).toEqual([])
  expect(await product()).toEqual(before)
  expect(before).toMatchObject({ version: 2 })
})

test('an event that is repeated after its image was removed does not add it again', async () => {
  await deliver(ready('upl_1'), ready('upl_2'))
  const change = changeProductHandler({
    products: productTable(table),
    view,
    now: () => now,
    backoff: noPauses(attempts),
  })
  const parameters = { productId: 'mug-1' }
  const headers = { 'if-match': '"3"' }
  const body = { images: ['upl_2'] }
  expect(await callApi(change, { method: 'PATCH', staff: 'clerk', parameters, headers, body })).toMatchObject({
    status: 200,
  })
  const before = await product()
  expect(await deliver(ready('upl_1'))).toEqual([])
  expect(await product()).toEqual(before)
  expect(logs.lines().some(({ outcome }) => outcome === 'removed')).toBe(true)
  await deliver(ready('upl_0'))
  expect((await images()).map(({ url }: { url: string }) => /upl_\d/.exec(url)![0])).toEqual([
    'upl_2',
    'upl_2',
    'upl_0',
    'upl_0',
  ])
})

test('images that arrive concurrently are both added', async () => {
  expect(await Promise.all([deliver(ready('upl_2')), deliver(ready('upl_1'))])).toEqual([[], []])
  expect((await images()).map(({ url }: { url: string }) => /upl_\d/.exec(url)![0])).toEqual([
    'upl_1',
    'upl_1',
    'upl_2',
    'upl_2',
  ])
  expect(await product()).toMatchObject({ version: 3 })
})

test('an event stays in the queue when other writers change the product during every attempt', async () => {
  let version = 1
  for (let tries = 0; tries < 3; tries += 1) {
    table.beforeNext('UpdateItem', async () => table.put({ ...(await product()), version: (version += 1) }))
  }
  expect(await deliver(ready('upl_1'))).toEqual(['m0'])
  expect((await product())['images']).toEqual([])
})

test('avatars and images of absent products are ignored', async () => {
  const before = await product()
  expect(await deliver(ready('upl_1', { avatar: true }), ready('upl_2', { productId: 'mug-9' }))).toEqual([])
  expect(await product()).toEqual(before)
  expect(logs.lines().some(({ outcome }) => outcome === 'no-product')).toBe(true)
})

import { euros } from '#shared/money.ts'
import { callApi } from '#test/support/api-event.ts'
import { noPauses } from '#test/support/backoff.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { productTable } from '../adapters/product-table.ts'
import { ProductView, StaffProductView } from '../routes.ts'
import { changeProductHandler, createProductHandler } from './change-products.ts'
import {
  adminGetProductHandler,
  adminListProductsHandler,
  getProductHandler,
  listProductsHandler,
} from './read-products.ts'

capturedLogs()

const now = new Date('2026-05-01T10:00:00.000Z')
const attempts = 3
const backoff = noPauses(attempts)
const view = { mediaUrl: 'https://media.example.com', isStockCounted: true }
const details = {
  sku: 'MUG-1',
  name: 'Mug',
  description: 'Holds tea.',
  category: 'coffee',
  tags: ['ceramic'],
  price: euros(1850),
}

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
})

const post = (body: unknown = details, headers: Record<string, string> = {}, staff = 'clerk') => {
  const handler = createProductHandler({ products: productTable(table), view, now: () => now })
  return callApi(handler, { method: 'POST', path: '/admin/products', staff, body, headers })
}
const patch = (body: unknown, ifMatch: string | undefined = '"1"', productId = 'mug-1') => {
  const handler = changeProductHandler({ products: productTable(table), view, now: () => now, backoff })
  const headers: Record<string, string> = ifMatch === undefined ? {} : { 'if-match': ifMatch }
  return callApi(handler, { method: 'PATCH', path: '/', staff: 'clerk', parameters: { productId }, body, headers })
}
const get = (productId = 'mug-1') =>
  callApi(getProductHandler(productTable(table), view), { path: '/', parameters: { productId } })
const item = async () => (await table.items()).find(({ PK }) => PK === 'PRODUCT#MUG-1')!

describe('POST /admin/products', () => {
  test('stores the product with its event, and returns it with its location and ETag', async () => {
    const { status, headers, body } = await post()
    expect(status).toBe(201)
    expect(headers).toMatchObject({ location: '/products/mug-1', etag: '"1"' })
    expect(ProductView.strict().parse(body)).toEqual(body)
    expect(body).toMatchObject({ ...details, productId: 'mug-1', status: 'active', version: 1, images: [] })
    expect((await get()).body).toEqual(body)
    expect(await table.items()).toHaveLength(1)
    expect((await item())['events']).toMatchObject([
      {
        source: 'catalog.app',
        type: 'ProductCreated',
        metadata: { id: 'ProductCreated/mug-1/1', correlationId: headers['x-correlation-id'] },
        data: { productId: 'mug-1', sku: 'MUG-1', version: 1 },
      },
    ])
  })

  test('is out of stock until it has stock; without inventory it is in stock', async () => {
    expect((await post()).body.availability).toBe('out-of-stock')
    expect((await item())['availability']).toBe('out-of-stock')
    const uncounted = { ...view, isStockCounted: false }
    const handler = createProductHandler({ products: productTable(table), view: uncounted, now: () => now })
    const { body } = await callApi(handler, { method: 'POST', staff: 'clerk', body: { ...details, sku: 'MUG-2' } })
    expect(body.availability).toBe('in-stock')
  })

  test('takes a product without tags', async () => {
    const { tags: _, ...withoutTags } = details
    expect((await post(withoutTags)).body.tags).toEqual([])
  })

  test('of an existing SKU is a 409, and changes nothing', async () => {
    await post()
    const before = await table.items()
    const again = await post({ ...details, name: 'Other' })
    expect([again.status, again.body.code]).toEqual([409, 'sku-exists'])
    expect(await table.items()).toEqual(before)
  })

  test.each<[string, Record<string, string>]>([
    ['without', {}],
    ['with', { 'idempotency-key': 'k-1' }],
  ])('%s an Idempotency-Key is a 201 when the SDK repeats its write after a lost response', async (_, headers) => {
    for (const operation of ['PutItem', 'TransactWriteItems']) table.loseNextResponse(operation)
    const { status, body } = await post(details, headers)
    expect([status, body.version]).toEqual([201, 1])
    expect((await get()).body).toEqual(body)
  })

  test('repeated with its Idempotency-Key returns the first response', async () => {
    const key = { 'idempotency-key': 'k-1' }
    const first = await post(details, key)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    await patch({ name: 'Changed since' })
    const again = await post(details, key)
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(again.headers).toMatchObject({ location: '/products/mug-1', etag: '"1"', 'idempotent-replayed': 'true' })
    const other = await post({ ...details, sku: 'MUG-2' }, key)
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused'])
    expect((await post({ ...details, sku: 'MUG-2' }, key, 'another-clerk')).status).toBe(201)
    expect((await post(details, { 'idempotency-key': 'ä' })).body.code).toBe('idempotency-key-malformed')
  })

  test('sent several times at once with one key has one effect, and no other response than the first or a 409', async () => {
    const responses = await Promise.all([1, 2, 3, 4].map(() => post(details, { 'idempotency-key': 'k-1' })))
    for (const { status, headers } of responses) {
      if (status !== 201) expect([status, headers['retry-after']]).toEqual([409, '1'])
    }
    expect(responses.filter(({ status, headers }) => status === 201 && !headers['idempotent-replayed'])).toHaveLength(1)
  })

  test.each<[string, object, string]>([
    ['an unknown field', { color: 'blue' }, '/color'],
    ['a status', { status: 'archived' }, '/status'],
    ['an availability', { availability: 'in-stock' }, '/availability'],
    ['no price', { price: undefined }, '/price'],
    ['a price of nothing', { price: euros(0) }, '/price/amount'],
    ['a price over the maximum', { price: euros(10_000_001) }, '/price/amount'],
    ['another currency', { price: { amount: 1, currency: 'USD' } }, '/price/currency'],
    ['a name that shows nothing', { name: '\u200b\u00ad' }, '/name'],
    ['a SKU in lower case', { sku: 'mug-1' }, '/sku'],
    ['21 tags', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, '/tags'],
  ])('with %s is a 422 with a pointer', async (_, fault, pointer) => {
    const { status, body } = await post({ ...details, ...fault })
    expect([status, body.errors[0].pointer]).toEqual([422, pointer])
    expect(await table.items()).toEqual([])
  })

  test('takes the highest price', async () => {
    expect((await post({ ...details, price: euros(10_000_000) })).status).toBe(201)
  })
})

describe('PATCH /admin/products/{productId}', () => {
  beforeEach(async () => void (await post()))

  test('makes the next version, with its event and ETag', async () => {
    const { status, headers, body } = await patch({ price: euros(990), tags: [] })
    expect([status, headers['etag']]).toEqual([200, '"2"'])
    expect(body).toMatchObject({ ...details, price: euros(990), tags: [], version: 2 })
    expect((await get()).body).toEqual(body)
    expect(await item()).toMatchObject({
      GSI1SK: '000000000990#MUG-1',
      events: [{ type: 'ProductChanged', data: { productId: 'mug-1', sku: 'MUG-1', version: 2 } }],
    })
  })

  test('archives and restores a product', async () => {
    const list = async () =>
      (await callApi(listProductsHandler(productTable(table), view), { path: '/products' })).body.items.length
    expect(await list()).toBe(1)
    await patch({ status: 'archived' })
    expect([await list(), (await get()).body.status]).toEqual([0, 'archived'])
    expect(await item()).not.toHaveProperty('GSI1PK')
    await patch({ status: 'active' }, '"2"')
    expect(await list()).toBe(1)
  })

  test('without If-Match is a 428, even with a bad body; with another version a 412; both change nothing', async () => {
    const before = await item()
    const absent = await callApi(
      changeProductHandler({ products: productTable(table), view, now: () => now, backoff }),
      {
        staff: 'clerk',
        parameters: { productId: 'mug-1' },
        body: { color: 'blue' },
      },
    )
    expect([absent.status, absent.body.code]).toEqual([428, 'if-match-required'])
    const stale = await patch({ name: 'Other' }, '"2"')
    expect([stale.status, stale.body.code]).toEqual([412, 'version-changed'])
    expect(await item()).toEqual(before)
  })

  test('of several at once with one version, one is stored and the others are 412', async () => {
    const responses = await Promise.all(['a', 'b', 'c'].map((name) => patch({ name })))
    expect(responses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412])
    expect((await get()).body.version).toBe(2)
  })

  test('of several at once with any version, all are stored; while others keep changing the product, it is a 409', async () => {
    const responses = await Promise.all(['a', 'b', 'c'].map((name) => patch({ name }, '*')))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await get()).body.version).toBe(4)
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      table.beforeNext('UpdateItem', async () => table.put({ ...(await item()), version: 10 + attempt }))
    }
    const { status, headers, body } = await patch({ name: 'd' }, '*')
    expect([status, headers['retry-after'], body.code]).toEqual([409, '1', 'conflict'])
    expect(await item()).toMatchObject({ version: 10 + attempts })
  })

  test('is a 200 when the SDK repeats its write after a lost response', async () => {
    table.loseNextResponse('UpdateItem')
    const { status, headers, body } = await patch({ name: 'Other' })
    expect([status, headers['etag'], body.name]).toEqual([200, '"2"', 'Other'])
    expect((await get()).body).toEqual(body)
  })

  test('without effect makes no version', async () => {
    const before = await item()
    for (const body of [{}, { name: 'Mug' }, { price: euros(1850) }]) {
      const { status, headers } = await patch(body)
      expect([status, headers['etag']]).toEqual([200, '"1"'])
    }
    expect(await item()).toEqual(before)
  })

  describe('of the images', () => {
    const images = ['upl_1', 'upl_2', 'upl_3'].flatMap((uploadId) =>
      [150, 400].map((width) => ({
        uploadId,
        key: `public/media/${uploadId}-${width}`,
        width,
        height: 9,
        contentType: 'a',
      })),
    )
    beforeEach(async () => table.put({ ...(await item()), images }))

    const seen = ({ images: shown }: { images: { uploadId: string; url: string; width: number }[] }) =>
      shown.map(({ uploadId, url, width }) => [uploadId, url, width].join(' '))
    const url = (uploadId: string) =>
      [150, 400].map((width) => `${uploadId} https://media.example.com/${uploadId}-${width} ${width}`)

    test('puts them in order, removes the others, and has the removed ones in its event', async () => {
      const { status, headers, body } = await patch({ images: ['upl_3', 'upl_1'] })
      expect([status, headers['etag']]).toEqual([200, '"2"'])
      expect(StaffProductView.strict().parse(body)).toEqual(body)
      expect(seen(body)).toEqual([...url('upl_3'), ...url('upl_1')])
      expect((await item())['events']).toMatchObject([
        {
          type: 'ProductChanged',
          data: {
            productId: 'mug-1',
            sku: 'MUG-1',
            version: 2,
            removedImages: { uploadIds: ['upl_2'], keys: ['public/media/upl_2-150', 'public/media/upl_2-400'] },
          },
        },
      ])
    })

    test('in another order removes none', async () => {
      await patch({ images: ['upl_3', 'upl_2', 'upl_1'] })
      expect((await item())['events'][0].data).toEqual({ productId: 'mug-1', sku: 'MUG-1', version: 2 })
    })

    test('shows staff their ids, and no caller what was removed', async () => {
      await patch({ images: ['upl_2'] })
      const products = productTable(table)
      const call = { path: '/', staff: 'clerk', parameters: { productId: 'mug-1' } }
      const one = (await callApi(adminGetProductHandler(products, view), call)).body
      expect(StaffProductView.strict().parse(one)).toEqual(one)
      expect(seen(one)).toEqual(url('upl_2'))
      expect((await callApi(adminListProductsHandler(products, view), call)).body.items).toEqual([one])
      const { body } = await get()
      expect(ProductView.strict().parse(body)).toEqual(body)
      expect(body.images[0]).toEqual({ url: one.images[0].url, width: 150, height: 9, contentType: 'a' })
    })

    test('with ids that are no image of the product, or repeated, is a 422 with pointers', async () => {
      const before = await item()
      const { status, body } = await patch({ images: ['upl_1', 'upl_9', 'upl_1'] })
      const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer)
      expect([status, pointers]).toEqual([422, ['/images/1', '/images/2']])
      expect((await patch({ images: ['upl_9'] }, '"7"')).status).toBe(412)
      expect(await item()).toEqual(before)
    })

    test('leaves the others when another change came first', async () => {
      table.beforeNext('UpdateItem', async () => table.put({ ...(await item()), version: 2 }))
      expect((await patch({ images: [] })).status).toBe(412)
      expect((await item())['images']).toEqual(images)
    })
  })

  test('of an absent product is a 404', async () => {
    for (const productId of ['mug-2', 'MUG-1']) {
      const { status, body } = await patch({ name: 'Mug' }, '*', productId)
      expect([status, body.code]).toEqual([404, 'not-found'])
    }
  })

  test.each<[string, object, string]>([
    ['the SKU', { sku: 'MUG-2' }, '/sku'],
    ['the version', { version: 9 }, '/version'],
    ['the availability', { availability: 'in-stock' }, '/availability'],
    ['an unknown status', { status: 'gone' }, '/status'],
    ['no name', { name: null }, '/name'],
    ['images that are no list', { images: 'upl_1' }, '/images'],
    ['an image that is no id', { images: [{ uploadId: 'upl_1' }] }, '/images/0'],
    ['removed uploads', { removedUploads: [] }, '/removedUploads'],
  ])('with %s is a 422 with a pointer', async (_, body, pointer) => {
    const response = await patch(body)
    expect([response.status, response.body.errors[0].pointer]).toEqual([422, pointer])
  })
})

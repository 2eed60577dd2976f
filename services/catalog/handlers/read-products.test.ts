import { euros } from '#shared/money.ts'
import { encodeCursor, pageOf } from '#shared/http/page.ts'
import { callApi } from '#test/support/api-event.ts'
import { noPauses } from '#test/support/backoff.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { productTable } from '../adapters/product-table.ts'
import type { Category } from '../domain/product.ts'
import type { ProductChanges, ProductReader, ProductWriter } from '../ports.ts'
import { ProductView } from '../routes.ts'
import { changeExpectedProduct } from '../use-cases/change-product.ts'
import { createProduct } from '../use-cases/create-product.ts'
import {
  adminGetProductHandler,
  adminListProductsHandler,
  getProductHandler,
  listProductsHandler,
} from './read-products.ts'

capturedLogs()

const mediaUrl = 'https://media.example.com'
const view = { mediaUrl, isStockCounted: true }

let table: TestTable
let products: ProductReader & ProductWriter & ProductChanges

beforeEach(async () => {
  table = await createTestTable()
  products = productTable(table)
  await add('MUG-1', 'coffee', 1850)
  await add('LAMP-1', 'home', 12900)
  await add('PEN-1', 'stationery', 590)
})

let day = 0
const add = (sku: string, category: Category, cents: number) =>
  createProduct(products, {
    details: { sku, name: `The ${sku}`, description: 'A thing.', category, tags: ['tag'], price: euros(cents) },
    time: new Date(Date.UTC(2026, 0, (day += 1))),
    cause: { correlationId: 'c', causationId: 'r' },
  })

const list = (query: Record<string, string> = {}) =>
  callApi(listProductsHandler(products, view), { path: '/products', query })
const get = (productId: string) =>
  callApi(getProductHandler(products, view), { path: `/products/${productId}`, parameters: { productId } })
const skus = (body: { items: { sku: string }[] }) => body.items.map(({ sku }) => sku)

describe('GET /products', () => {
  test('lists the newest first, in the shape of its schema', async () => {
    const { status, headers, body } = await list()
    expect(status).toBe(200)
    expect(skus(body)).toEqual(['PEN-1', 'LAMP-1', 'MUG-1'])
    expect(pageOf(ProductView.strict()).strict().parse(body)).toEqual(body)
    expect(headers['cache-control']).toBe('public, max-age=30')
  })

  test('filters and sorts', async () => {
    expect(skus((await list({ category: 'home' })).body)).toEqual(['LAMP-1'])
    expect(skus((await list({ sort: '-price' })).body)).toEqual(['LAMP-1', 'MUG-1', 'PEN-1'])
    expect(skus((await list({ q: 'the MUG' })).body)).toEqual(['MUG-1'])
    expect((await list({ category: 'weapons' })).body).toEqual({ items: [] })
  })

  test('continues at its cursor, and the last page has none', async () => {
    const first = await list({ sort: 'price', limit: '2' })
    expect(skus(first.body)).toEqual(['PEN-1', 'MUG-1'])
    const second = await list({ sort: 'price', limit: '2', cursor: first.body.nextCursor })
    expect(skus(second.body)).toEqual(['LAMP-1'])
    expect(second.body).not.toHaveProperty('nextCursor')
  })

  test.each([
    ['invented', 'abc'],
    ['of another sort order', encodeCursor({ sort: 'newest', after: '2026-01-01T00:00:00.000Z#MUG-1' })],
    ['with an empty position', encodeCursor({ sort: 'price', after: '' })],
    ['with a position that is no text', encodeCursor({ sort: 'price', after: '\ud800' })],
  ])('a cursor that is %s is a 400', async (_, cursor) => {
    const { status, body } = await list({ sort: 'price', cursor })
    expect([status, body.code]).toEqual([400, 'invalid-cursor'])
  })

  test.each([
    ['limit', '0'],
    ['limit', '101'],
    ['sort', 'name'],
    ['q', ' '],
    ['q', 'x'.repeat(101)],
    ['color', 'blue'],
  ])('%s "%s" is a 422 with a pointer to it', async (name, value) => {
    const { status, body } = await list({ [name]: value })
    expect(status).toBe(422)
    expect(body.errors[0].pointer).toBe(`/query/${name}`)
  })
})

describe('GET /products/{productId}', () => {
  test('returns the same view as the list, without an ETag, which would stay when the availability changes', async () => {
    const { status, headers, body } = await get('mug-1')
    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('public, max-age=30')
    expect(headers).not.toHaveProperty('etag')
    expect(body).toEqual((await list({ q: 'mug' })).body.items[0])
  })

  test.each(['mug-2', 'MUG-1', 'not an id'])('"%s" is a 404', async (productId) => {
    const { status, headers, body } = await get(productId)
    expect([status, body.code]).toEqual([404, 'not-found'])
    expect(headers).not.toHaveProperty('cache-control')
  })
})

describe('staff', () => {
  const adminList = (query: Record<string, string>) =>
    callApi(adminListProductsHandler(products, view), { path: '/admin/products', query, staff: 'clerk' })
  const archive = (productId: string) =>
    changeExpectedProduct(products, {
      productId,
      change: { status: 'archived' },
      isExpected: () => true,
      time: new Date(Date.UTC(2026, 5, (day += 1))),
      cause: { correlationId: 'c', causationId: 'r' },
      backoff: noPauses(1),
    })

  test('list the active or the archived products, in pages and without a cache', async () => {
    await archive('pen-1')
    await archive('mug-1')
    const active = await adminList({})
    expect(skus(active.body)).toEqual(['LAMP-1'])
    expect(active.headers).not.toHaveProperty('cache-control', 'public, max-age=30')
    expect(skus((await adminList({ status: 'archived', category: 'coffee' })).body)).toEqual(['MUG-1'])
    const first = await adminList({ status: 'archived', limit: '1' })
    expect(skus(first.body)).toEqual(['MUG-1'])
    const second = await adminList({ status: 'archived', limit: '1', cursor: first.body.nextCursor })
    expect(skus(second.body)).toEqual(['PEN-1'])
  })

  test('read the stored version of a product, as the ETag too', async () => {
    await archive('mug-1')
    const { status, headers, body } = await callApi(adminGetProductHandler(products, view), {
      path: '/admin/products/mug-1',
      parameters: { productId: 'mug-1' },
      staff: 'clerk',
    })
    expect([status, headers['etag'], body.status]).toEqual([200, '"2"', 'archived'])
    expect(headers).not.toHaveProperty('cache-control', 'public, max-age=30')
  })
})

test('a view contains only the fields of its allow-list', async () => {
  const stored = (await table.items()).find(({ PK }) => PK === 'PRODUCT#MUG-1')!
  const image = {
    uploadId: 'upl_1',
    key: 'public/media/a.jpg',
    width: 1,
    height: 1,
    contentType: 'image/jpeg',
    secret: 'x',
  }
  await table.put({ ...stored, supplierPrice: 1, images: [image] })
  const { body } = await get('mug-1')
  expect(Object.keys(body)).not.toContain('supplierPrice')
  expect(body.images).toEqual([{ url: `${mediaUrl}/a.jpg`, width: 1, height: 1, contentType: 'image/jpeg' }])
})

import { eventually } from '#scripts/lib/api-client.ts'
import { isInstalled, testWith } from './installed.ts'
import {
  allItems,
  api,
  archive,
  orderOf,
  placeOrder,
  sampleProduct,
  setStock,
  sharedCustomer,
  staffToken,
} from './shop.ts'

interface Product {
  productId: string
  category: string
}

const all = (query: string): Promise<Product[]> => allItems(`/products?limit=3&${query}`)

const ids = (products: Product[]) => products.map((product) => product.productId).toSorted()

test('at least 12 products, each once, in any sort order', async () => {
  const newest = await all('')
  expect(newest.length).toBeGreaterThanOrEqual(12)
  expect(new Set(newest.map((product) => product.productId)).size).toBe(newest.length)
  expect(ids(await all('sort=price'))).toEqual(ids(newest))
  expect(ids(await all('sort=-price'))).toEqual(ids(newest))
})

test('by category, and an empty list for an unknown one', async () => {
  const [{ category }] = (await all('')) as [Product]
  const ofCategory = await all(`category=${category}`)
  expect(ofCategory.length).toBeGreaterThan(0)
  expect(new Set(ofCategory.map((product) => product.category))).toEqual(new Set([category]))
  expect(await all('category=no-such-category')).toEqual([])
})

test('staff add, change and archive a product; a new price never changes a placed order', async () => {
  const token = await staffToken()
  const price = (amount: number) => ({ amount, currency: 'EUR' })
  const details = sampleProduct()
  const { sku, price: dearest } = details
  const added = await api('POST', '/admin/products', { token, body: details })
  expect([added.status, added.headers.get('etag')]).toEqual([201, '"1"'])
  expect((await api('POST', '/admin/products', { token, body: details })).status).toBe(409)

  const path = `/admin/products/${added.body.productId}`
  const change = (body: object, etag: string) => api('PATCH', path, { token, headers: { 'if-match': etag }, body })
  try {
    const { token: buyer } = await sharedCustomer()
    const first = await placeOrder(buyer, [{ sku, quantity: 2 }])
    expect(first.status).toBe(201)
    expect((await change({ price: price(9_999_000) }, '"1"')).headers.get('etag')).toBe('"2"')
    expect((await change({ name: 'Other' }, '"1"')).status).toBe(412)
    expect((await api('PATCH', path, { token, body: {} })).status).toBe(428)
    const linesOf = async (orderId: string) => (await orderOf(buyer, orderId)).items
    expect(await linesOf(first.body.orderId)).toMatchObject([{ unitPrice: dearest, lineTotal: price(20_000_000) }])
    // An order may still have the price of a second ago.
    await eventually('an order at the new price', async () => {
      const { body } = await placeOrder(buyer, [{ sku, quantity: 2 }])
      return (await linesOf(body.orderId))[0]!.unitPrice.amount === 9_999_000
    })
  } finally {
    await archive(added.body.productId)
  }
  const { token: buyer } = await sharedCustomer()
  await eventually('the archived product to be rejected', async () => {
    const { status, body } = await placeOrder(buyer, [{ sku, quantity: 1 }])
    return status !== 201 && body.errors[0].pointer === '/items/0/sku'
  })
})

testWith('inventory')('a product shows whether it is in stock, and its version does not change with that', async () => {
  const details = sampleProduct()
  const { sku } = details
  const { status, body: added } = await api('POST', '/admin/products', { token: await staffToken(), body: details })
  expect([status, added.availability]).toEqual([201, 'out-of-stock'])
  try {
    for (const [pieces, availability] of [
      [6, 'in-stock'],
      [5, 'low'],
      [0, 'out-of-stock'],
    ] as const) {
      await setStock(sku, pieces)
      await eventually(`${sku} to be ${availability}`, async () => {
        const { body } = await api('GET', `/products/${added.productId}`)
        return body.availability === availability && body.version === 1
      })
    }
  } finally {
    await archive(added.productId)
  }
})

test('the OpenAPI document contains every deployed route', async () => {
  const { body: document } = await api('GET', '/openapi.json')
  expect(document.openapi).toMatch(/^3\.1/)
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      '/orders',
      '/orders/{orderId}',
      '/products',
      '/me',
      '/health',
      ...(isInstalled('inventory') ? ['/admin/inventory/{sku}'] : []),
      ...(isInstalled('thumbnails') ? ['/uploads'] : []),
    ]),
  )
  expect((await api('GET', '/health')).status).toBe(200)
})

import { callApi, type ApiCall } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable } from '#test/support/table.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { euros } from '#shared/money.ts'
import { maxListReadUnits, productTable } from '../adapters/product-table.ts'
import { categories, newProduct } from '../domain/product.ts'
import { indexKeys, productKey } from '../keys.ts'
import { routes } from '../routes.ts'
import { getProductHandler, listProductsHandler } from './read-products.ts'

capturedLogs()

const view = { mediaUrl: 'https://m', isStockCounted: true }

/** More than a request may read of each category, with the longest keys, and just under 4 KB each. */
async function largeCatalog(): Promise<Table> {
  const table = await createTestTable()
  const products = Array.from({ length: 45 * categories.length }, (_, index) => {
    const details = {
      sku: `${'X'.repeat(36)}-${String(index).padStart(3, '0')}`,
      name: 'Hay',
      description: 'x'.repeat(3200),
      category: categories[index % categories.length]!,
      tags: [],
      price: euros(10_000 + index),
    }
    return newProduct(details, new Date(Date.UTC(2026, 0, 1, 0, index)))
  })
  await Promise.all(
    products.map((product) => table.put({ ...productKey(product.sku), ...indexKeys(product), ...product })),
  )
  return table
}

/** The read units of a request, as the table counts them. */
async function unitsOf(table: Table, call: ApiCall & { path: string }) {
  let units = 0
  const counting: Table = {
    name: table.name,
    client: {
      send: async (command: { input: object }) => {
        Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' })
        const response: any = await table.client.send(command as never)
        for (const { CapacityUnits } of [response.ConsumedCapacity ?? []].flat()) units += CapacityUnits
        return response
      },
    } as unknown as Table['client'],
  }
  const products = productTable(counting)
  const handler = call.parameters ? getProductHandler(products, view) : listProductsHandler(products, view)
  const { status, body } = await callApi(handler, call)
  expect(status).toBe(200)
  return { units, body }
}

let table: Table
beforeAll(async () => {
  table = await largeCatalog()
})

test.each<Record<string, string>>([
  { limit: '100' },
  { limit: '100', sort: 'price' },
  { limit: '100', sort: '-price' },
  { q: 'needle' },
  { q: 'needle', limit: '1' },
  { q: 'needle', limit: '100', sort: 'price' },
  { q: 'hay', limit: '1' },
  { q: 'needle', category: 'home', limit: '100' },
])('the list with %j stays within the stated read units, on its next page too', async (query) => {
  const first = await unitsOf(table, { path: '/products', query })
  expect(first.body.nextCursor).toEqual(expect.any(String))
  const second = await unitsOf(table, { path: '/products', query: { ...query, cursor: first.body.nextCursor } })
  for (const { units } of [first, second]) {
    expect(units).toBeGreaterThan(0)
    expect(units).toBeLessThanOrEqual(maxListReadUnits)
  }
})

test('the worst list takes what is stated, so that the bound is not a guess', async () => {
  expect(maxListReadUnits).toBe(26)
  expect((await unitsOf(table, { path: '/products', query: { q: 'needle' } })).units).toBe(26)
})

test('a single product takes half a unit', async () => {
  const productId = `${'x'.repeat(36)}-000`
  expect((await unitsOf(table, { path: `/products/${productId}`, parameters: { productId } })).units).toBe(0.5)
})

test('the public routes of the catalog are those counted here', () => {
  const open = routes.filter(({ access }) => access === 'public').map(({ operationId }) => operationId)
  expect(open).toEqual(['listProducts', 'getProduct'])
})

import { productTable } from '#services/catalog/adapters/product-table.ts'
import { categories } from '#services/catalog/domain/product.ts'
import { ProductDetails } from '#services/catalog/domain/product.ts'
import { createTestTable } from '#test/support/table.ts'
import { fillShop } from './seed-products.ts'
import { seedProducts } from './products.ts'

const silently = () => {}

test('every product follows the catalogue’s rules, and every category has some', () => {
  for (const { details } of seedProducts) expect(ProductDetails.parse(details)).toEqual(details)
  expect(new Set(seedProducts.map(({ details }) => details.category))).toEqual(new Set(categories))
  expect(new Set(seedProducts.map(({ details }) => details.sku)).size).toBe(seedProducts.length)
  expect(seedProducts.length).toBeGreaterThanOrEqual(14)
})

test('a new shop gets all products, their stock and the events that tell of both', async () => {
  const table = await createTestTable()
  const lines: string[] = []
  expect(await fillShop(table, (line) => lines.push(line))).toEqual({ created: seedProducts.length, existed: 0 })
  const items = await table.items()
  for (const { details, stock } of seedProducts) {
    const product = items.find(({ PK }) => PK === `PRODUCT#${details.sku}`)!
    expect(product).toMatchObject({ ...details, status: 'active', version: 1 })
    expect(product['events'][0].metadata.id).toBe(`ProductCreated/${details.sku.toLowerCase()}/1`)
    const shelf = items.find(({ PK }) => PK === `STOCK#${details.sku}`)!
    expect(shelf).toMatchObject({ available: stock, reserved: 0, shipped: 0, received: stock })
    expect(shelf['events'][0].metadata.correlationId).toBe(product['events'][0].metadata.correlationId)
  }
  expect(lines).toHaveLength(seedProducts.length)
  expect(lines[0]).toMatch(/^made .*MUG-STONE-350.*€18\.50.*120 pieces$/)
})

test('a second seed changes nothing and says so', async () => {
  const table = await createTestTable()
  await fillShop(table, silently)
  const before = await table.items()
  const lines: string[] = []
  expect(await fillShop(table, (line) => lines.push(line))).toEqual({ created: 0, existed: seedProducts.length })
  expect(lines[0]).toMatch(/^there.*stock as it is$/)
  const byKey = (items: typeof before) => items.toSorted((a, b) => (a.PK < b.PK ? -1 : 1))
  expect(byKey(await table.items())).toEqual(byKey(before))
})

test('a product whose stock was not written yet, as after a broken seed, gets it', async () => {
  const table = await createTestTable()
  await fillShop(table, silently)
  const complete = await table.items()
  const [{ details, stock }] = seedProducts as [(typeof seedProducts)[number]]
  const broken = await createTestTable()
  for (const item of complete) if (item.PK !== `STOCK#${details.sku}`) await broken.put(item)
  await fillShop(broken, silently)
  const shelf = (await broken.items()).find(({ PK }) => PK === `STOCK#${details.sku}`)
  expect(shelf).toMatchObject({ available: stock })
})

test('the catalogue lists what was seeded', async () => {
  const table = await createTestTable()
  await fillShop(table, silently)
  const entries = await productTable(table).slice({ categories, sort: 'newest', size: 100 })
  expect(entries).toHaveLength(seedProducts.length)
})

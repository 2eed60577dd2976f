import { productTable } from '#services/catalog/adapters/product-table.ts'
import { categories } from '#services/catalog/domain/product.ts'
import { ProductDetails } from '#services/catalog/domain/product.ts'
import { createTestTable } from '#test/support/table.ts'
import { sampleProducts } from './products.ts'
import { seedTable } from './seed-products.ts'

const silently = () => {}

test('every sample product is valid in the catalog, and every category has sample products', () => {
  for (const { details } of sampleProducts) expect(ProductDetails.parse(details)).toEqual(details)
  expect(new Set(sampleProducts.map(({ details }) => details.category))).toEqual(new Set(categories))
  expect(new Set(sampleProducts.map(({ details }) => details.sku)).size).toBe(sampleProducts.length)
})

test('an empty table receives all products, their stock and the events of both', async () => {
  const table = await createTestTable()
  const lines: string[] = []
  expect(await seedTable(table, (line) => lines.push(line))).toEqual({ created: sampleProducts.length, existed: 0 })
  const items = await table.items()
  for (const { details, stock } of sampleProducts) {
    const product = items.find(({ PK }) => PK === `PRODUCT#${details.sku}`)!
    expect(product).toMatchObject({ ...details, status: 'active', version: 1 })
    expect(product['events'][0].metadata.id).toBe(`ProductCreated/${details.sku.toLowerCase()}/1`)
    const stockItem = items.find(({ PK }) => PK === `STOCK#${details.sku}`)!
    expect(stockItem).toMatchObject({ available: stock, reserved: 0, shipped: 0, received: stock })
    expect(stockItem['events'][0].metadata.correlationId).toBe(product['events'][0].metadata.correlationId)
  }
  expect(lines).toHaveLength(sampleProducts.length)
  expect(lines[0]).toMatch(/^created .*MUG-STONE-350.*€18\.50.*120 pieces$/)
})

test('a product whose creation meets other transactions is created all the same', async () => {
  const table = await createTestTable()
  table.conflictNext('TransactWriteItems', 2)
  expect(await seedTable(table, silently)).toEqual({ created: sampleProducts.length, existed: 0 })
})

test('one that is never created is reported, not taken for an existing one', async () => {
  const table = await createTestTable()
  table.conflictNext('TransactWriteItems', 4)
  const [first] = sampleProducts
  await expect(seedTable(table, silently)).rejects.toThrow(`The product ${first!.details.sku} could not be created`)
})

test('a second seed changes nothing and reports it', async () => {
  const table = await createTestTable()
  await seedTable(table, silently)
  const before = await table.items()
  const lines: string[] = []
  expect(await seedTable(table, (line) => lines.push(line))).toEqual({ created: 0, existed: sampleProducts.length })
  expect(lines[0]).toMatch(/^exists.*stock unchanged$/)
  const byKey = (items: typeof before) => items.toSorted((a, b) => (a.PK < b.PK ? -1 : 1))
  expect(byKey(await table.items())).toEqual(byKey(before))
})

test('a product without stock, as after an interrupted seed, receives stock', async () => {
  const table = await createTestTable()
  await seedTable(table, silently)
  const complete = await table.items()
  const [{ details, stock }] = sampleProducts as [(typeof sampleProducts)[number]]
  const broken = await createTestTable()
  for (const item of complete) if (item.PK !== `STOCK#${details.sku}`) await broken.put(item)
  await seedTable(broken, silently)
  const stockItem = (await broken.items()).find(({ PK }) => PK === `STOCK#${details.sku}`)
  expect(stockItem).toMatchObject({ available: stock })
})

test('the catalog lists the seeded products', async () => {
  const table = await createTestTable()
  await seedTable(table, silently)
  const { entries } = await productTable(table).slice({ categories, sort: 'newest', size: 100 })
  expect(entries).toHaveLength(sampleProducts.length)
})

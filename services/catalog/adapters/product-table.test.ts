import { createTestTable, type TestTable } from '#test/support/table.ts'
import type { Product } from '../domain/product.ts'
import { changedEvent, createdEvent, product, productsContract, type Products } from '../ports.contract.ts'
import { indexKeys, productKey } from '../keys.ts'
import { productTable } from './product-table.ts'

let table: TestTable
let products: Products

beforeEach(async () => {
  table = await createTestTable()
  products = productTable(table)
})

describe('products in the table', () => {
  productsContract(async () => productTable(await createTestTable()))
})

test('the item carries the event of the last write, for the relay', async () => {
  const mug = product('MUG-1')
  await products.create(mug, createdEvent(mug))
  expect((await table.items())[0]!['events']).toEqual([createdEvent(mug)])
  const next = { ...mug, name: 'Mug', version: 2 }
  await products.change(next, changedEvent(next))
  expect((await table.items())[0]!['events']).toEqual([changedEvent(next)])
})

test('reads are eventually consistent for display and strongly consistent for changes', async () => {
  await products.find('mug-1')
  await products.current('mug-1')
  expect(table.requests('GetItem').map(({ ConsistentRead }) => ConsistentRead)).toEqual([false, true])
})

test('a slice omits a product that was archived after its index entry was written', async () => {
  const lamp = product('A-2', { cents: 1000 })
  await products.create(lamp, createdEvent(lamp))
  const archived: Product = { ...product('A-1', { cents: 900 }), status: 'archived' }
  await table.put({ ...productKey('A-1'), ...indexKeys({ ...archived, status: 'active' }), ...archived })
  const { entries } = await products.slice({ categories: ['home'], sort: 'price', size: 10 })
  expect(entries.map((entry) => entry.product?.sku)).toEqual([undefined, 'A-2'])
})

test('an archived product is only in the list of archived products', () => {
  expect(indexKeys({ ...product('A-1'), status: 'archived' })).toEqual({
    GSI2PK: 'CATALOG#archived',
    GSI2SK: '2026-01-01T00:00:00.000Z#A-1',
  })
})

test('reading a malformed item throws', async () => {
  await table.put({ ...productKey('MUG-1'), name: 'Mug' })
  await expect(products.find('mug-1')).rejects.toThrow()
})

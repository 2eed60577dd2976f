import { euros } from '#shared/money.ts'
import { createTestTable } from '#test/support/table.ts'
import { productTable } from '../adapters/product-table.ts'
import type { ProductDetails } from '../domain/product.ts'
import { createProduct } from './create-product.ts'

const details: ProductDetails = {
  sku: 'MUG-1',
  name: 'Mug',
  description: 'Holds tea.',
  category: 'coffee',
  tags: [],
  price: euros(1850),
}
const command = {
  details,
  time: new Date('2026-05-01T10:00:00.000Z'),
  cause: { correlationId: 'c-1', causationId: 'r-1' },
}

test('stores a product and its event in one write', async () => {
  const table = await createTestTable()
  expect(await createProduct(productTable(table), command)).toMatchObject({
    ok: true,
    value: { kind: 'created', product: { productId: 'mug-1' } },
  })
  const [item, ...others] = await table.items()
  expect(others).toEqual([])
  expect(item!['events']).toEqual([
    {
      source: 'catalog.app',
      type: 'ProductCreated',
      metadata: {
        id: 'ProductCreated/mug-1/1',
        version: 1,
        time: '2026-05-01T10:00:00.000Z',
        correlationId: 'c-1',
        causationId: 'r-1',
      },
      data: { productId: 'mug-1', sku: 'MUG-1', version: 1 },
    },
  ])
})

test('reports an existing SKU and writes nothing', async () => {
  const table = await createTestTable()
  const products = productTable(table)
  await createProduct(products, command)
  const before = await table.items()
  const again = await createProduct(products, { ...command, details: { ...details, name: 'Another mug' } })
  expect(again).toEqual({ ok: false, failure: 'sku-exists' })
  expect(await table.items()).toEqual(before)
})

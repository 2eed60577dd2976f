import { productIdOf, skuOf } from './sku.ts'

test.each(['MUG-STONE-350', 'A1B', '123', 'X'.repeat(40)])('%s and its id name each other', (sku) => {
  expect(skuOf(productIdOf(sku))).toBe(sku)
})

test.each(['MUG-1', 'Mug-1', 'mu', 'mug--1', '-mug', 'mug_1', 'mug 1', 'x'.repeat(41), 'maß-1', ''])(
  'no product has the id "%s"',
  (productId) => {
    expect(skuOf(productId)).toBeUndefined()
  },
)

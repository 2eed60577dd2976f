import { euros } from '#shared/money.ts'
import { mergeLines, priceLines } from './lines.ts'
import { offer } from './order.fixture.ts'

test('mergeLines merges equal SKUs into the line of their first occurrence', () => {
  const merged = mergeLines([
    { sku: 'MUG', quantity: 1 },
    { sku: 'TEA', quantity: 2 },
    { sku: 'MUG', quantity: 98 },
  ])
  expect(merged).toEqual({
    ok: true,
    value: [
      { sku: 'MUG', quantity: 99 },
      { sku: 'TEA', quantity: 2 },
    ],
  })
})

test('mergeLines reports the line at which the sum of equal SKUs exceeds the limit', () => {
  const lines = [
    { sku: 'MUG', quantity: 60 },
    { sku: 'TEA', quantity: 99 },
    { sku: 'MUG', quantity: 40 },
  ]
  expect(mergeLines(lines)).toEqual({ ok: false, failure: { index: 2, quantity: 100 } })
})

test('priceLines takes name and price from the offers, and prices nothing when one SKU is not offered', () => {
  const offers = new Map([['MUG', offer('MUG', 5)]])
  const mugs = { sku: 'MUG', quantity: 2 }
  expect(priceLines([mugs], offers)).toEqual([{ ...mugs, name: 'The MUG', unitPrice: euros(5), lineTotal: euros(10) }])
  expect(priceLines([mugs, { sku: 'TEA', quantity: 2 }], offers)).toBeUndefined()
})

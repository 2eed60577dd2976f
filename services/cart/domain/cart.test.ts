import { subtract, type Cart, type Line } from './cart.ts'

const cart = (...items: Line[]): Cart => ({ items, putAt: '2026-11-20T12:00:00.000Z', subtracted: [], version: 3 })
const order = (...items: Line[]) => ({ eventId: 'OrderPlaced/ord_1/1', placedAt: '2026-11-20T12:00:00.500Z', items })
const [mugs, tea] = [
  { sku: 'MUG', quantity: 3 },
  { sku: 'TEA', quantity: 1 },
]

test('ordered pieces leave the cart, and a line without pieces is removed', () => {
  expect(subtract(cart(mugs, tea), order({ sku: 'MUG', quantity: 2 }, tea))).toEqual({
    ...cart({ sku: 'MUG', quantity: 1 }),
    subtracted: ['OrderPlaced/ord_1/1'],
    version: 4,
  })
})

test('an order of more pieces than the cart has empties the line', () => {
  expect(subtract(cart(mugs, tea), order({ sku: 'MUG', quantity: 9 }))).toMatchObject({ items: [tea] })
})

test('the same order is subtracted once', () => {
  const after = subtract(cart(mugs), order({ sku: 'MUG', quantity: 1 }))!
  expect(subtract(after, order({ sku: 'MUG', quantity: 1 }))).toBeUndefined()
})

test.each([
  ['of other products', order(tea)],
  ['that was placed before the cart was put', { ...order(mugs), placedAt: '2026-11-20T11:59:59.999Z' }],
])('an order %s changes nothing', (_, placed) => {
  expect(subtract(cart(mugs), placed)).toBeUndefined()
})

import { typedQuantity } from './quantity.ts'

test.each([
  ['1', 1],
  ['99', 99],
  // Not the 10 that was typed on the way.
  ['100', 99],
  ['007', 7],
  ['0', undefined],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['two', undefined],
])('%j pieces are typed as %j', (text, quantity) => {
  expect(typedQuantity(text, 99)).toBe(quantity)
})

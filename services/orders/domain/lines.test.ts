import { mergeLines } from './lines.ts'

test('equal SKUs become one line where they were first mentioned', () => {
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

test('the limit of a line holds for the sum, and the line that went over it is named', () => {
  const lines = [
    { sku: 'MUG', quantity: 60 },
    { sku: 'TEA', quantity: 99 },
    { sku: 'MUG', quantity: 40 },
  ]
  expect(mergeLines(lines)).toEqual({
    ok: false,
    failure: { reason: 'too-many-pieces', index: 2, sku: 'MUG', quantity: 100 },
  })
})

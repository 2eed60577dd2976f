import { inBatches } from './batches.ts'

const batches = (sizes: number[]) => inBatches(sizes, (size) => size, { maxCount: 3, maxSize: 10 })

test.each<[string, number[], number[][]]>([
  ['nothing', [], []],
  ['at most three', [1, 1, 1, 1], [[1, 1, 1], [1]]],
  ['at most ten together', [4, 6, 1], [[4, 6], [1]]],
  ['in their order, even where another would fit better', [6, 5, 4], [[6], [5, 4]]],
  ['one that is too large stands alone', [1, 11, 1], [[1], [11], [1]]],
])('%s', (_, sizes, expected) => {
  expect(batches(sizes)).toEqual(expected)
})

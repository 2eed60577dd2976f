import { quantile } from './quantile.ts'

test.each([
  [[], 0.5, Number.NaN],
  [[7], 0.95, 7],
  [[4, 1, 3, 2], 0, 1],
  [[4, 1, 3, 2, 5], 0.5, 3],
  [[4, 1, 3, 2], 0.95, 4],
  [[4, 1, 3, 2], 1, 4],
])('the quantile of %j at %d is %d', (values, share, expected) => {
  expect(quantile(values, share)).toBe(expected)
})

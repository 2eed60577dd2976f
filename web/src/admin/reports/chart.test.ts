import type { Report } from '../../api/types.ts'
import { chartOf, roundUp, totalsOf } from './chart.ts'

const report = (day: string, revenue: number, refunded = 0): Report => ({
  day,
  orders: 2,
  revenue: { amount: revenue, currency: 'EUR' },
  refunded: { amount: refunded, currency: 'EUR' },
  madeAt: `${day}T05:00:00.000Z`,
  csv: '',
  html: '',
})

test('bars are oldest first, as high as their amounts, on lines at round amounts', () => {
  const { bars, lines, height } = chartOf([report('2026-11-28', 40_000, 10_000), report('2026-11-27', 20_000)])
  expect(bars.map(({ day }) => day)).toEqual(['2026-11-27', '2026-11-28'])
  expect(bars[1]!.revenue.height).toBeCloseTo(2 * bars[0]!.revenue.height)
  expect(bars[1]!.refunded.height).toBeCloseTo(bars[1]!.revenue.height / 4)
  expect(bars[0]!.refunded.height).toBe(0)
  expect(lines.map(({ amount }) => amount)).toEqual([0, 10_000, 20_000, 30_000, 40_000])
  expect(lines.at(-1)!.y).toBeLessThan(height / 10)
})

test('days without revenue have bars without height, and no day has none', () => {
  expect(chartOf([report('2026-11-28', 0)]).bars[0]!.revenue.height).toBe(0)
  expect(chartOf([]).bars).toEqual([])
})

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [51, 100],
  [101, 200],
])('%d is rounded up to %d', (amount, rounded) => {
  expect(roundUp(amount)).toBe(rounded)
})

test('the totals are the sums of the days', () => {
  expect(totalsOf([report('2026-11-28', 100, 5), report('2026-11-27', 50)])).toEqual({
    orders: 4,
    revenue: 150,
    refunded: 5,
  })
})

import type { Report } from '../../api/types.ts'

interface Bar {
  readonly day: string
  readonly x: number
  readonly width: number
  readonly revenue: { readonly y: number; readonly height: number }
  readonly refunded: { readonly y: number; readonly height: number }
}

interface Chart {
  readonly width: number
  readonly height: number
  /** Where the bars begin; the amounts are before it. */
  readonly left: number
  readonly bars: readonly Bar[]
  /** Lines at round amounts, from zero up. */
  readonly lines: readonly { readonly amount: number; readonly y: number }[]
}

const size = { width: 640, height: 200, left: 80, top: 16, bottom: 4 }

/** The next round number up: 1, 2 or 5 times a power of ten. */
export function roundUp(amount: number): number {
  if (amount <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(amount))
  const step = [1, 2, 5, 10].find((each) => each * power >= amount) ?? 10
  return step * power
}

/**
 * Bars of the days, oldest first, with the refunds of a day in front of its revenue.
 * @param reports newest first, as the API lists them; a day without a report has no bar
 */
export function chartOf(reports: readonly Report[]): Chart {
  const days = reports.toReversed()
  const top = Math.max(...days.flatMap(({ revenue, refunded }) => [revenue.amount, refunded.amount]), 0)
  const step = roundUp(top / 4)
  const maximum = step * Math.max(1, Math.ceil(top / step))
  const space = size.height - size.top - size.bottom
  const y = (amount: number) => size.top + space * (1 - amount / maximum)
  const bar = (amount: number) => ({ y: y(amount), height: size.height - size.bottom - y(amount) })
  const slot = (size.width - size.left) / Math.max(days.length, 1)
  return {
    width: size.width,
    height: size.height,
    left: size.left,
    bars: days.map(({ day, revenue, refunded }, index) => ({
      day,
      x: size.left + slot * (index + 0.15),
      width: slot * 0.7,
      revenue: bar(revenue.amount),
      refunded: bar(refunded.amount),
    })),
    lines: Array.from({ length: Math.round(maximum / step) + 1 }, (_, index) => ({
      amount: index * step,
      y: y(index * step),
    })),
  }
}

export const totalsOf = (reports: readonly Report[]) => ({
  orders: reports.reduce((sum, { orders }) => sum + orders, 0),
  revenue: reports.reduce((sum, { revenue }) => sum + revenue.amount, 0),
  refunded: reports.reduce((sum, { refunded }) => sum + refunded.amount, 0),
})

import type { Aggregate } from './aggregate.ts'

const simple: Readonly<Record<string, (aggregate: Aggregate) => number>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
}

/** `p99`, `p99.9`, `p100` */
const percentile = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/

export const needsValues = (statistic: string) => !Object.hasOwn(simple, statistic)

export const isEmulatedStatistic = (statistic: string) => Object.hasOwn(simple, statistic) || percentile.test(statistic)

/** @returns undefined for a percentile of statistic sets, whose individual values are unknown */
export function statisticOf(aggregate: Aggregate, statistic: string): number | undefined {
  if (!needsValues(statistic)) return simple[statistic]!(aggregate)
  return percentileOf(aggregate, Number(percentile.exec(statistic)![1]))
}

/** By nearest rank. A statistic set has percentiles only if all of its values are equal. */
function percentileOf({ count, min, max, values }: Aggregate, percent: number): number | undefined {
  if (min === max) return min
  if (!values) return undefined
  const rank = Math.max(1, Math.ceil((percent / 100) * count))
  let seen = 0
  for (const [value, times] of [...values].toSorted(([a], [b]) => a - b)) {
    seen += times
    if (seen >= rank) return value
  }
  return max
}

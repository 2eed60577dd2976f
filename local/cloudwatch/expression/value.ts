/** One value per period, undefined where there is none. */
export type Points = readonly (number | undefined)[]

/** The value of a metric math expression: a number, a string, a time series or a list of time series. */
export type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'series'; readonly points: Points }
  | { readonly kind: 'list'; readonly items: readonly Points[] }

export const scalar = (value: number): Value => ({ kind: 'scalar', value })
export const series = (points: Points): Value => ({ kind: 'series', points })
export const list = (items: readonly Points[]): Value => ({ kind: 'list', items })

/** A result that is not finite, as of a division by zero, leaves the period without a value. */
const finite = (value: number) => (Number.isFinite(value) ? value : undefined)

/** Applies `compute` to each value of a number, a series or each series of a list. */
export function mapped(value: Value, compute: (value: number) => number): Value {
  const ofPoints = (points: Points) => points.map((point) => (point === undefined ? undefined : finite(compute(point))))
  switch (value.kind) {
    case 'scalar':
      return scalar(compute(value.value))
    case 'series':
      return series(ofPoints(value.points))
    case 'list':
      return list(value.items.map(ofPoints))
    case 'text':
      throw new Error(`A number or a metric is expected, not the string "${value.value}".`)
    default:
      return value satisfies never
  }
}

/** Applies `compute` to two values period by period; a period in which one of them is missing has no value. */
export function combined(left: Value, right: Value, compute: (left: number, right: number) => number): Value {
  if (right.kind === 'scalar') return mapped(left, (value) => compute(value, right.value))
  if (left.kind === 'scalar') return mapped(right, (value) => compute(left.value, value))
  if (left.kind === 'list' && right.kind === 'list') throw new Error('Two lists of metrics cannot be combined.')
  if (left.kind === 'list') return list(left.items.map((points) => both(points, pointsOf(right), compute)))
  if (right.kind === 'list') return list(right.items.map((points) => both(pointsOf(left), points, compute)))
  return series(both(pointsOf(left), pointsOf(right), compute))
}

const both = (left: Points, right: Points, compute: (left: number, right: number) => number): Points =>
  left.map((value, index) => {
    const other = right[index]
    return value === undefined || other === undefined ? undefined : finite(compute(value, other))
  })

/** @throws Error unless the value is one time series */
export function pointsOf(value: Value): Points {
  if (value.kind === 'series') return value.points
  throw new Error(`A metric is expected, not a ${value.kind}.`)
}

export const present = (points: Points): number[] => points.filter((point) => point !== undefined)

import { combined, list, mapped, pointsOf, present, scalar, series, type Points, type Value } from './value.ts'

/** The context of a function call. */
export interface FunctionContext {
  readonly periodSeconds: number
  readonly periods: number
}

interface MathFunction {
  readonly arguments: readonly [min: number, max: number]
  readonly apply: (values: readonly Value[], context: FunctionContext) => Value
}

/** The functions of metric math that alarms use; `evaluate` implements METRICS() itself. */
export const mathFunctions: Readonly<Record<string, MathFunction>> = {
  SUM: summary((values) => values.reduce((sum, value) => sum + value, 0)),
  AVG: summary((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  MAX: summary((values) => Math.max(...values)),
  MIN: summary((values) => Math.min(...values)),
  ABS: { arguments: [1, 1], apply: ([value]) => mapped(value!, Math.abs) },
  CEIL: { arguments: [1, 1], apply: ([value]) => mapped(value!, Math.ceil) },
  FLOOR: { arguments: [1, 1], apply: ([value]) => mapped(value!, Math.floor) },
  FILL: { arguments: [2, 2], apply: ([value, filling]) => filled(value!, filling!) },
  IF: { arguments: [2, 3], apply: ([condition, then, otherwise]) => chosen(condition!, then!, otherwise) },
  DIFF: { arguments: [1, 1], apply: ([value]) => each(value!, differences) },
  RATE: {
    arguments: [1, 1],
    apply: ([value], { periodSeconds }) =>
      mapped(each(value!, differences), (difference) => difference / periodSeconds),
  },
  PERIOD: { arguments: [1, 1], apply: (_, { periodSeconds }) => scalar(periodSeconds) },
  TIME_SERIES: {
    arguments: [1, 1],
    apply: ([value], { periods }) => series(Array.from({ length: periods }, () => numberOf(value!))),
  },
}

/** Of one metric, a number over all its values; of a list, a series with one value per period. */
function summary(compute: (values: number[]) => number): MathFunction {
  const unlessEmpty = (values: number[]) => (values.length === 0 ? undefined : compute(values))
  return {
    arguments: [1, 1],
    apply([value]) {
      if (value!.kind !== 'list') return scalar(unlessEmpty(present(pointsOf(value!))) ?? NaN)
      const { items } = value!
      return series((items[0] ?? []).map((_, period) => unlessEmpty(present(items.map((points) => points[period])))))
    },
  }
}

function each(value: Value, compute: (points: Points) => Points): Value {
  return value.kind === 'list' ? list(value.items.map(compute)) : series(compute(pointsOf(value)))
}

const differences = (points: Points): Points =>
  points.map((value, period) => {
    const before = period === 0 ? undefined : points[period - 1]
    return value === undefined || before === undefined ? undefined : value - before
  })

/** FILL(metric, number or metric or REPEAT) */
function filled(value: Value, filling: Value): Value {
  if (filling.kind === 'text') {
    if (filling.value !== 'REPEAT') throw new Error(`FILL with ${filling.value} is not emulated.`)
    return each(value, (points) => {
      let last: number | undefined
      return points.map((point) => (last = point ?? last))
    })
  }
  return each(value, (points) =>
    points.map((point, period) => point ?? (filling.kind === 'scalar' ? filling.value : pointsOf(filling)[period])),
  )
}

const at = (value: Value, period: number) => (value.kind === 'scalar' ? value.value : pointsOf(value)[period])

/** IF(condition, then, else): any value but 0 is true. Without an else, periods that are not true have no value. */
function chosen(condition: Value, then: Value, otherwise: Value | undefined): Value {
  if (condition.kind === 'scalar')
    return condition.value !== 0 ? then : (otherwise ?? combined(then, scalar(NaN), (a) => a * NaN))
  return series(
    pointsOf(condition).map((holds, period) => {
      if (holds === undefined) return undefined
      return holds !== 0 ? at(then, period) : otherwise && at(otherwise, period)
    }),
  )
}

function numberOf(value: Value): number {
  if (value.kind === 'scalar') return value.value
  throw new Error(`A number is expected, not a ${value.kind}.`)
}

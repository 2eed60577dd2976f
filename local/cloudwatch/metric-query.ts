import { AwsError } from '../wire/aws-error.ts'
import { errorIn, evaluate, unknownFunctions, type EvaluationContext } from './expression/evaluate.ts'
import { parseExpression, type Expression } from './expression/parse.ts'
import type { Points, Value } from './expression/value.ts'
import { fromWire, type Metric, type WireDimension } from './metric.ts'
import type { MetricStore } from './metric-store.ts'
import { isEmulatedStatistic, needsValues, statisticOf } from './statistic.ts'

/** A query in the format of `GetMetricData` and of an alarm's `Metrics`. */
export interface WireQuery {
  readonly Id: string
  readonly Label?: string
  readonly Expression?: string
  readonly Period?: number | string
  readonly ReturnData?: boolean | string
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string
      readonly MetricName: string
      readonly Dimensions?: readonly WireDimension[]
    }
    readonly Period: number | string
    readonly Stat: string
    readonly Unit?: string
  }
}

/** A statistic of a metric, or an expression over other queries. */
export type Query =
  | ({
      readonly kind: 'metric'
      readonly id: string
      readonly label?: string
      readonly returned: boolean
    } & MetricQuery)
  | {
      readonly kind: 'expression'
      readonly id: string
      readonly label?: string
      readonly returned: boolean
      readonly source: string
      readonly expression: Expression
      readonly periodSeconds?: number
    }

interface MetricQuery {
  readonly metric: Metric
  readonly statistic: string
  readonly periodSeconds: number
  readonly unit?: string
}

/** A query uses a feature that is not emulated. */
export class NotEmulatedError extends Error {}

/** @throws NotEmulatedError, or AwsError ValidationError for what AWS rejects as well */
export function readQueries(queries: readonly WireQuery[]): Query[] {
  const ids = new Set(queries.map((query) => query.Id))
  if (ids.size < queries.length) throw invalid('The ids of the metrics are not unique.')
  return queries.map((query) => readQuery(query, ids))
}

function readQuery(query: WireQuery, ids: ReadonlySet<string>): Query {
  const { Id: id, Label: label, MetricStat } = query
  if (!/^[a-z]\w*$/.test(id ?? '')) throw invalid(`${id} is not a valid id: it must start with a lowercase letter.`)
  const common = { id, ...(label !== undefined && { label }), returned: String(query.ReturnData ?? true) !== 'false' }
  if (MetricStat === undefined) return { kind: 'expression', ...common, ...readExpression(query, ids) }
  const { Metric, Stat, Period, Unit } = MetricStat
  const metric = { namespace: Metric.Namespace, name: Metric.MetricName, dimensions: fromWire(Metric.Dimensions) }
  return { kind: 'metric', ...common, metric, ...readStatistic(Stat, Period, Unit) }
}

/** @throws NotEmulatedError for a statistic, AwsError for a period */
export function readStatistic(statistic: string, period: unknown, unit?: string): Omit<MetricQuery, 'metric'> {
  if (!isEmulatedStatistic(statistic)) throw new NotEmulatedError(`the statistic ${statistic} is not emulated`)
  return { statistic, periodSeconds: readPeriod(period), ...(unit !== undefined && { unit }) }
}

export function readPeriod(period: unknown): number {
  const seconds = Number(period)
  if ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return seconds
  throw invalid(`The period ${String(period)} must be 1, 5, 10, 20, 30 or a multiple of 60 seconds.`)
}

function readExpression({ Expression: source, Period }: WireQuery, ids: ReadonlySet<string>) {
  if (source === undefined) throw invalid('A metric needs a MetricStat or an Expression.')
  if (/^\s*SELECT\s/i.test(source)) throw new NotEmulatedError('queries of Metrics Insights are not emulated')
  let expression: Expression
  try {
    expression = parseExpression(source)
  } catch (error) {
    throw invalid((error as Error).message)
  }
  const [unknown] = unknownFunctions(expression)
  if (unknown !== undefined) throw new NotEmulatedError(`the function ${unknown} of metric math is not emulated`)
  const error = errorIn(expression, ids)
  if (error !== undefined) throw invalid(`The expression ${source} is not valid: ${error}.`)
  return { source, expression, ...(Period !== undefined && { periodSeconds: readPeriod(Period) }) }
}

/** The longest period of the metrics, which is the period of the expressions over them. */
export function periodOf(queries: readonly Query[]): number {
  const periods = queries.flatMap((query) => query.periodSeconds ?? [])
  return periods.length === 0 ? 60 : Math.max(...periods)
}

/** A range of consecutive periods. */
interface Window {
  readonly startMs: number
  readonly periodSeconds: number
  readonly periods: number
}

export interface QueryResults {
  /** @throws Error when the expression cannot be computed */
  readonly value: (id: string) => Value
  /** Whether none of the metrics has a value. */
  readonly empty: boolean
}

export function runQueries(queries: readonly Query[], store: MetricStore, window: Window): QueryResults {
  const metrics = new Map<string, Points>()
  for (const query of queries) if (query.kind === 'metric') metrics.set(query.id, readPoints(query, store, window))
  const computed = new Map<string, Value>()
  const running = new Set<string>()
  const context: EvaluationContext = {
    ...window,
    metrics,
    expression(id) {
      const known = computed.get(id)
      if (known) return known
      const query = queries.find((each) => each.id === id)
      if (query?.kind !== 'expression') throw new Error(`No query has the id ${id}.`)
      if (running.has(id)) throw new Error(`The expression ${id} refers to itself.`)
      running.add(id)
      const value = evaluate(query.expression, context)
      computed.set(id, value)
      return value
    },
  }
  const value = (id: string): Value => {
    const points = metrics.get(id)
    return points ? { kind: 'series', points } : context.expression(id)
  }
  const empty = [...metrics.values()].every((points) => points.every((point) => point === undefined))
  return { value, empty }
}

function readPoints({ metric, statistic, unit }: MetricQuery, store: MetricStore, window: Window): Points {
  const { startMs, periodSeconds, periods } = window
  const values = needsValues(statistic)
  const aggregates = store.read(metric, { startMs, periodMs: periodSeconds * 1000, periods, unit, values })
  return aggregates.map((aggregate) => aggregate && statisticOf(aggregate, statistic))
}

const invalid = (message: string) => new AwsError('ValidationError', message)

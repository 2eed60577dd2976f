import { parseExpression, type Expression } from './expression.ts'
import { fromWire, type Aggregate, type Metric, type MetricStore, type WireDimension } from './metric.ts'

/** One member of an alarm's `Metrics`: a statistic of a metric, or an expression over others. */
interface WireQuery {
  readonly Id: string
  readonly ReturnData?: boolean | string
  readonly Expression?: string
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

/** One value per period, undefined where there is none. */
export type Points = readonly (number | undefined)[]

/** The query of an alarm that returns the values to compare. */
interface Query {
  readonly periodSeconds: number
  /** About metrics that have no values unless a caller writes them. */
  readonly limitations: readonly string[]
  points(store: MetricStore, window: { startMs: number; periods: number }): Points
}

/** @throws Error that says what is invalid or not emulated */
export function readQuery(queries: readonly WireQuery[]): Query {
  const returned = queries.filter(({ ReturnData }) => String(ReturnData ?? true) !== 'false')
  if (returned.length !== 1) throw new Error('exactly one of its Metrics must be returned')
  const byId = new Map(queries.map((query) => [query.Id, query]))
  const expression = resolved({ kind: 'name', name: returned[0]!.Id }, byId, [])
  const metrics = queries.flatMap(({ Id, MetricStat }) =>
    MetricStat ? [{ id: Id, ...readStatistic(MetricStat) }] : [],
  )
  const periodSeconds = Math.max(60, ...metrics.map((metric) => metric.periodSeconds))
  return {
    periodSeconds,
    limitations: [...new Set(metrics.flatMap(({ metric }) => limitationOf(metric) ?? []))],
    points(store, { startMs, periods }) {
      const read = ({ id, metric, statistic }: (typeof metrics)[number]) => {
        const aggregates = store.read(metric, { startMs, periodMs: periodSeconds * 1000, periods })
        return [id, aggregates.map((aggregate) => aggregate && statistic(aggregate))] as const
      }
      const values = new Map(metrics.map(read))
      return Array.from({ length: periods }, (_, period) => calculate(expression, (id) => values.get(id)?.[period]))
    },
  }
}

const statistics: Readonly<Record<string, (values: Aggregate) => number>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
}

const perFunction = ['FunctionName', 'FunctionName Resource']

/** The metrics that the emulated services publish, with the names of their dimensions. */
const published: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway Count': ['ApiId'],
  'AWS/ApiGateway 5xx': ['ApiId'],
  'AWS/Events InvocationsFailedToBeSentToDlq': ['RuleName', 'EventBusName RuleName'],
  'AWS/Lambda Invocations': perFunction,
  'AWS/Lambda Errors': perFunction,
  'AWS/Lambda Throttles': perFunction,
  'AWS/Lambda IteratorAge': perFunction,
  'AWS/Lambda OnFailureDestinationDeliveredEventCount': ['EventSourceMappingUUID'],
  'AWS/SQS ApproximateNumberOfMessagesVisible': ['QueueName'],
  'AWS/SQS ApproximateAgeOfOldestMessage': ['QueueName'],
}

function limitationOf({ namespace, name, dimensions }: Metric): string | undefined {
  const names = Object.keys(dimensions).toSorted()
  const known = published[`${namespace} ${name}`]
  if (!namespace.startsWith('AWS/') || known?.includes(names.join(' '))) return undefined
  const what = known ? `metrics of ${namespace} by ${names.join(', ') || 'no dimension'}` : `${name} of ${namespace}`
  return `No service publishes ${what}: they have only the values of PutMetricData.`
}

function readStatistic({ Metric, Stat, Period, Unit }: NonNullable<WireQuery['MetricStat']>) {
  const { Namespace: namespace, MetricName: name, Dimensions } = Metric
  const statistic = Object.hasOwn(statistics, Stat) ? statistics[Stat] : undefined
  if (!statistic) throw new Error(`the statistic ${Stat} is not emulated`)
  if (Unit !== undefined) throw new Error('the unit of a metric is not emulated')
  const periodSeconds = Number(Period)
  if (!(periodSeconds > 0) || periodSeconds % 60 !== 0) throw new Error(`the period ${Period} is not emulated`)
  return { metric: { namespace, name, dimensions: fromWire(Dimensions) }, statistic, periodSeconds }
}

/** Replaces the names of expressions by these expressions. @throws Error for what cannot be calculated */
function resolved(expression: Expression, byId: ReadonlyMap<string, WireQuery>, within: readonly string[]): Expression {
  if (expression.kind === 'number') return expression
  if (expression.kind === 'text') throw new Error(`the text "${expression.value}" in an expression is not emulated`)
  const { name } = expression
  if (expression.kind === 'call') {
    const { operands } = expression
    if (!Object.hasOwn(functions, name) || functions[name]!.length !== operands.length)
      throw new Error(`the function ${name} with ${operands.length} argument(s) is not emulated`)
    return { ...expression, operands: operands.map((operand) => resolved(operand, byId, within)) }
  }
  const query = byId.get(name)
  if (!query) throw new Error(`an expression refers to ${name}, which is no metric`)
  if (within.includes(name)) throw new Error(`the expression ${name} refers to itself`)
  return query.MetricStat ? expression : resolved(parseExpression(query.Expression ?? ''), byId, [...within, name])
}

type Calculation = (...operands: (number | undefined)[]) => number | undefined

/** Without a value of one of its operands, an operator has none. */
const operator =
  (compute: (left: number, right: number) => number | boolean): Calculation =>
  (left, right) =>
    left === undefined || right === undefined ? undefined : Number(compute(left, right))

/** The functions and operators of metric math that are emulated; the number of parameters is that of arguments. */
const functions: Readonly<Record<string, Calculation>> = {
  FILL: (value, filling) => value ?? filling,
  IF: (condition, then, otherwise) => (condition === undefined ? undefined : condition !== 0 ? then : otherwise),
  '+': operator((left, right) => left + right),
  '-': operator((left, right) => left - right),
  '*': operator((left, right) => left * right),
  '/': operator((left, right) => left / right),
  '==': operator((left, right) => left === right),
  '!=': operator((left, right) => left !== right),
  '<=': operator((left, right) => left <= right),
  '>=': operator((left, right) => left >= right),
  '<': operator((left, right) => left < right),
  '>': operator((left, right) => left > right),
  AND: operator((left, right) => left !== 0 && right !== 0),
  OR: operator((left, right) => left !== 0 || right !== 0),
}

/** A result that is not finite, as of a division by zero, leaves the period without a value. */
function calculate(expression: Expression, valueOf: (id: string) => number | undefined): number | undefined {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'name') return valueOf(expression.name)
  if (expression.kind === 'text') return undefined
  const result = functions[expression.name]!(...expression.operands.map((operand) => calculate(operand, valueOf)))
  return Number.isFinite(result) ? result : undefined
}

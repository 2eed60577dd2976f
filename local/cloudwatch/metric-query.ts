import { parseExpression } from './expression.ts'
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
  const calculate = compile(returned[0]!.Id, byId, [])
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
      return Array.from({ length: periods }, (_, period) => calculate((id) => values.get(id)?.[period]))
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
  // Lambda documents these metrics only for versions of a rollout, which is reported with its deployment groups.
  const isOfRollout = namespace === 'AWS/Lambda' && known !== undefined && names.includes('ExecutedVersion')
  if (!namespace.startsWith('AWS/') || known?.includes(names.join(' ')) || isOfRollout) return undefined
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

/** The value in one period, given those of the metrics. */
type Calculation = (valueOf: (id: string) => number | undefined) => number | undefined

/** The calculation of a metric or an expression. @throws Error for what cannot be calculated */
function compile(id: string, byId: ReadonlyMap<string, WireQuery>, within: readonly string[]): Calculation {
  const query = byId.get(id)
  if (!query) throw new Error(`an expression refers to ${id}, which is no metric`)
  if (within.includes(id)) throw new Error(`the expression ${id} refers to itself`)
  if (query.MetricStat) return (valueOf) => valueOf(id)
  return parseExpression<Calculation>(query.Expression ?? '', {
    number: (value) => () => value,
    text(value) {
      throw new Error(`the text "${value}" in an expression is not emulated`)
    },
    name: (name) => compile(name, byId, [...within, id]),
    call(name, operands) {
      const apply = Object.hasOwn(functions, name) ? functions[name] : undefined
      if (apply?.length !== operands.length)
        throw new Error(`the function ${name} with ${operands.length} argument(s) is not emulated`)
      return (valueOf) => {
        const result = apply(...operands.map((operand) => operand(valueOf)))
        // A result that is not finite, as of a division by zero, leaves the period without a value.
        return Number.isFinite(result) ? result : undefined
      }
    },
  })
}

type MathFunction = (...operands: (number | undefined)[]) => number | undefined

/** Without a value of one of its operands, an operator has none. */
const operator =
  (compute: (left: number, right: number) => number | boolean): MathFunction =>
  (left, right) =>
    left === undefined || right === undefined ? undefined : Number(compute(left, right))

/** The functions and operators of metric math that are emulated; the number of parameters is that of arguments. */
const functions: Readonly<Record<string, MathFunction>> = {
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

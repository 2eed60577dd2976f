import { dayMs } from '../../clock.ts'
import type { Principal } from '../../iam/types.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { fromWire, type Metric, type WireDimension } from '../metric.ts'
import type { MetricStore } from '../metric-store.ts'
import { invalidCombination, invalidValue, missing, timeOf } from './input.ts'

interface Datum {
  readonly MetricName?: string
  readonly Dimensions?: readonly WireDimension[]
  readonly Timestamp?: number
  readonly Value?: number
  readonly StatisticValues?: { SampleCount: number; Sum: number; Minimum: number; Maximum: number }
  readonly Values?: readonly number[]
  readonly Counts?: readonly number[]
  readonly Unit?: string
  readonly StorageResolution?: number
}

interface Input {
  readonly Namespace?: string
  readonly MetricData?: readonly Datum[]
}

const maxData = 1000
const maxValues = 150
const twoWeeksMs = 14 * dayMs
const twoHoursMs = 2 * 3_600_000

export const putMetricData = (store: MetricStore, nowMs: () => number): Operation<Input> => ({
  access: ({ Namespace }) => [
    {
      action: 'cloudwatch:PutMetricData',
      resource: '*',
      ...(Namespace !== undefined && { context: { 'cloudwatch:namespace': [Namespace] } }),
    },
  ],
  handle({ Namespace, MetricData = [] }, { principal }) {
    const namespace = checkedNamespace(Namespace, principal)
    if (MetricData.length > maxData) throw invalidValue(`MetricData has more than ${maxData} members.`)
    // All or nothing: every datum is validated before the first is stored.
    const writes = MetricData.map((datum, index) =>
      read(datum, { namespace, where: `MetricData.member.${index + 1}`, store, nowMs: nowMs() }),
    )
    for (const write of writes) write()
  },
})

/** AWS reserves `AWS/`. Here the administrator may write to it, to try an alarm on such a metric. */
function checkedNamespace(namespace: string | undefined, principal: Principal): string {
  if (namespace === undefined || namespace === '') throw missing('Namespace')
  if (namespace.startsWith('AWS/') && principal.kind !== 'administrator')
    throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
  return namespace
}

/** @returns a function that stores the datum @throws AwsError that names the invalid member */
function read(
  datum: Datum,
  { namespace, where, store, nowMs }: { namespace: string; where: string; store: MetricStore; nowMs: number },
): () => void {
  const { MetricName: name, Dimensions = [], Unit, StorageResolution = 60 } = datum
  if (!name) throw missing(`${where}.MetricName`)
  if (Dimensions.length > 30) throw invalidValue(`${where} has more than 30 dimensions.`)
  const nameless = Dimensions.find((dimension) => !dimension.Name || !dimension.Value)
  if (nameless) throw missing(`${where}.Dimensions.member.${nameless.Name ? 'Value' : 'Name'}`)
  if (![1, 60].includes(StorageResolution)) throw invalidValue(`${where}.StorageResolution must be 1 or 60.`)
  const atMs = timeOf(datum.Timestamp) ?? nowMs
  if (atMs < nowMs - twoWeeksMs || atMs > nowMs + twoHoursMs)
    throw invalidValue(
      `The parameter ${where}.Timestamp must specify a time no more than two weeks in the past and no more than two hours in the future.`,
    )
  const metric: Metric = { namespace, name, dimensions: fromWire(Dimensions) }
  const series = () => store.series(metric, Unit, StorageResolution === 1)
  const { StatisticValues: set } = datum
  if (set) {
    if (datum.Value !== undefined || datum.Values)
      throw invalidCombination(`${where} has StatisticValues and other values.`)
    const numbers = [set.SampleCount, set.Sum, set.Minimum, set.Maximum].map((value) => checkedNumber(value, where))
    const [count, sum, min, max] = numbers as [number, number, number, number]
    if (count <= 0 || min > max) throw invalidValue(`${where}.StatisticValues is contradictory.`)
    return () => series().merge({ count, sum, min, max, ...(min === max && { values: new Map([[min, count]]) }) }, atMs)
  }
  const counted = countedValues(datum, where)
  return () => {
    for (const [value, count] of counted) series().add(value, count, atMs)
  }
}

function countedValues({ Value, Values, Counts }: Datum, where: string): [number, number][] {
  if (Value !== undefined && Values) throw invalidCombination(`${where} has both Value and Values.`)
  const values = Values ?? (Value === undefined ? [] : [Value])
  if (values.length === 0) throw missing(`${where}.Value`)
  if (values.length > maxValues) throw invalidValue(`${where}.Values has more than ${maxValues} members.`)
  if (Counts && Counts.length !== values.length) throw invalidValue(`${where} must have as many Counts as Values.`)
  return values.map((value, index) => [checkedNumber(value, where), checkedNumber(Counts?.[index] ?? 1, where)])
}

/** The largest value that CloudWatch accepts. */
const largest = 2 ** 360

function checkedNumber(value: unknown, where: string): number {
  if (typeof value === 'number' && Math.abs(value) <= largest) return value
  throw new AwsError(
    'InvalidParameterValueException',
    `The value ${String(value)} of ${where} is not a number between -2^360 and 2^360.`,
  )
}

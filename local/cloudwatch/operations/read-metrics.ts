import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { pointsOf } from '../expression/value.ts'
import { fromWire, toWire, type WireDimension } from '../metric.ts'
import {
  NotEmulatedError,
  periodOf,
  readPeriod,
  readQueries,
  runQueries,
  type Query,
  type WireQuery,
} from '../metric-query.ts'
import type { MetricStore } from '../metric-store.ts'
import { isEmulatedStatistic, needsValues, statisticOf } from '../statistic.ts'
import { invalidCombination, invalidValue, missing, paged, requiredTime } from './input.ts'

const maxDatapoints = 100_800
const maxStatisticDatapoints = 1440
const metricsPage = 500
const threeHoursMs = 3 * 3_600_000

/** GetMetricData, GetMetricStatistics and ListMetrics. */
export function readOperations(store: MetricStore, nowMs: () => number): Record<string, Operation> {
  return {
    GetMetricData: { access: onAll('GetMetricData'), handle: (input) => getMetricData(store, input) },
    GetMetricStatistics: { access: onAll('GetMetricStatistics'), handle: (input) => getMetricStatistics(store, input) },
    ListMetrics: { access: onAll('ListMetrics'), handle: (input) => listMetrics(store, nowMs(), input) },
  }
}

const onAll = (action: string) => () => [{ action: `cloudwatch:${action}`, resource: '*' }]

function getMetricData(
  store: MetricStore,
  input: { MetricDataQueries?: WireQuery[]; StartTime?: number; EndTime?: number; ScanBy?: string },
) {
  const fromMs = requiredTime('StartTime', input.StartTime)
  const toMs = requiredTime('EndTime', input.EndTime)
  const queries = emulated(() => readQueries(input.MetricDataQueries ?? []))
  if (queries.length === 0) throw missing('MetricDataQueries')
  if (fromMs >= toMs) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
  const ascending = input.ScanBy === 'TimestampAscending'
  const MetricDataResults = queries
    .filter((query) => query.returned)
    .map((query) => resultOf(query, { queries, store, fromMs, toMs, ascending }))
  return { MetricDataResults, Messages: [] }
}

function resultOf(
  query: Query,
  context: { queries: Query[]; store: MetricStore; fromMs: number; toMs: number; ascending: boolean },
) {
  const { queries, store, fromMs, toMs, ascending } = context
  const periodSeconds = query.periodSeconds ?? periodOf(queries)
  const { startMs, periods } = alignedWindow(fromMs, toMs, periodSeconds, maxDatapoints)
  const points = calculated(() =>
    pointsOf(runQueries(queries, store, { startMs, periodSeconds, periods }).value(query.id)),
  )
  const found = points.flatMap((value, period) => (value === undefined ? [] : [{ value, period }]))
  const ordered = ascending ? found : found.toReversed()
  return {
    Id: query.id,
    Label: query.label ?? (query.kind === 'metric' ? query.metric.name : query.id),
    Timestamps: ordered.map(({ period }) => startMs / 1000 + period * periodSeconds),
    Values: ordered.map(({ value }) => value),
    StatusCode: 'Complete',
  }
}

/** Periods start at multiples of their length. */
function alignedWindow(fromMs: number, toMs: number, periodSeconds: number, max: number) {
  const periodMs = periodSeconds * 1000
  const startMs = Math.floor(fromMs / periodMs) * periodMs
  const periods = Math.ceil((toMs - startMs) / periodMs)
  if (periods > max) {
    throw invalidCombination(`You have requested up to ${periods} datapoints, which exceeds the limit of ${max}.`)
  }
  return { startMs, periods }
}

function getMetricStatistics(store: MetricStore, input: any) {
  const { Namespace: namespace, MetricName: name, Dimensions, Unit: unit } = input
  if (!namespace) throw missing('Namespace')
  if (!name) throw missing('MetricName')
  const statistics: string[] = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])]
  if (statistics.length === 0)
    throw invalidCombination('At least one of the parameters Statistics and ExtendedStatistics is required.')
  const unknown = statistics.find((statistic) => !isEmulatedStatistic(statistic))
  if (unknown !== undefined) throw invalidValue(`The statistic ${unknown} is not emulated.`)
  const periodSeconds = readPeriod(input.Period)
  const fromMs = requiredTime('StartTime', input.StartTime)
  const { startMs, periods } = alignedWindow(
    fromMs,
    requiredTime('EndTime', input.EndTime),
    periodSeconds,
    maxStatisticDatapoints,
  )
  const query = { startMs, periodMs: periodSeconds * 1000, periods, unit, values: statistics.some(needsValues) }
  const aggregates = store.read({ namespace, name, dimensions: fromWire(Dimensions) }, query)
  const Datapoints = aggregates.flatMap((aggregate, period) => {
    if (!aggregate) return []
    const values = statistics.map((statistic) => [statistic, statisticOf(aggregate, statistic)] as const)
    const extended = values.filter(([statistic]) => needsValues(statistic))
    return [
      {
        Timestamp: startMs / 1000 + period * periodSeconds,
        ...Object.fromEntries(values.filter(([statistic]) => !needsValues(statistic))),
        ...(extended.length > 0 && { ExtendedStatistics: Object.fromEntries(extended) }),
        Unit: unit ?? 'None',
      },
    ]
  })
  return { Label: name, Datapoints }
}

function listMetrics(store: MetricStore, nowMs: number, input: any) {
  const filters: Partial<WireDimension>[] = input.Dimensions ?? []
  const found = store
    .metrics()
    .filter(
      ({ namespace, name, dimensions, lastMs }) =>
        (input.Namespace === undefined || namespace === input.Namespace) &&
        (input.MetricName === undefined || name === input.MetricName) &&
        filters.every(
          ({ Name = '', Value }) =>
            Object.hasOwn(dimensions, Name) && (Value === undefined || dimensions[Name] === Value),
        ) &&
        (input.RecentlyActive !== 'PT3H' || lastMs >= nowMs - threeHoursMs),
    )
  const { page, NextToken } = paged(found, input.NextToken, metricsPage)
  return {
    Metrics: page.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: toWire(dimensions),
    })),
    ...(NextToken !== undefined && { NextToken }),
  }
}

/** Reports a feature that is not emulated as an error of the request. */
function emulated<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof NotEmulatedError) throw new AwsError('ValidationError', `Not emulated: ${error.message}.`)
    throw error
  }
}

/** Reports a wrong operand type as an error of the request. */
function calculated<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof AwsError || error instanceof TypeError) throw error
    throw new AwsError('ValidationError', (error as Error).message)
  }
}

import { dayMs, type Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import { paged, requireParameters, type Operation } from '../wire/service.ts'
import { alarmArn, type Alarm } from './alarm.ts'
import { alarmStates, type AlarmState } from './alarm-evaluation.ts'
import type { AlarmWatch } from './alarm-watch.ts'
import { fromWire, type MetricStore, type WireDimension } from './metric.ts'

/** DescribeAlarms, SetAlarmState, PutMetricData and ListMetrics. */
export const cloudWatchOperations = (
  watch: AlarmWatch,
  store: MetricStore,
  clock: Clock,
): Record<string, Operation> => ({
  DescribeAlarms: {
    access: ({ AlarmNames }: DescribeInput) =>
      (AlarmNames?.length ? AlarmNames : ['*']).map((name) => onAlarm('DescribeAlarms', name)),
    handle: (input: DescribeInput) => describeAlarms(watch, input),
  },
  SetAlarmState: {
    access: ({ AlarmName }) => [onAlarm('SetAlarmState', String(AlarmName))],
    handle(input: { AlarmName?: string; StateValue?: AlarmState; StateReason?: string }) {
      requireParameters(input, ['AlarmName', 'StateValue', 'StateReason'])
      const { AlarmName = '', StateValue: state, StateReason: reason = '' } = input
      const alarm = watch.get(AlarmName)
      if (!alarm) throw new AwsError('ResourceNotFound', `There is no alarm ${AlarmName}.`, { statusCode: 404 })
      if (state === undefined || !alarmStates.includes(state))
        throw invalidValue(`StateValue must be one of ${alarmStates.join(', ')}.`)
      watch.set(alarm, { state, reason })
    },
  },
  PutMetricData: {
    access: ({ Namespace }) => [
      {
        action: 'cloudwatch:PutMetricData',
        resource: '*',
        ...(Namespace !== undefined && { context: { 'cloudwatch:namespace': [Namespace] } }),
      },
    ],
    handle(input: { Namespace?: string; MetricData?: readonly Datum[] }, { principal }) {
      requireParameters(input, ['Namespace', 'MetricData'])
      const { Namespace: namespace = '', MetricData = [] } = input
      // AWS reserves `AWS/`. Here the administrator may write to it, to try an alarm on such a metric.
      if (namespace === '' || (namespace.startsWith('AWS/') && principal.kind !== 'administrator'))
        throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`)
      // All or nothing: every datum is validated before the first is stored.
      for (const { name, dimensions, value, timeMs } of MetricData.map((datum) => readDatum(datum, clock.now())))
        store.add({ namespace, name, dimensions }, value, timeMs)
    },
  },
  ListMetrics: {
    access: () => [{ action: 'cloudwatch:ListMetrics', resource: '*' }],
    handle(input: { NextToken?: string }) {
      requireParameters(input, ['NextToken'])
      const { page, NextToken } = paged(store.metrics(), input.NextToken, 500)
      const Metrics = page.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      }))
      return { Metrics, NextToken }
    },
  },
})

const onAlarm = (action: string, name: string) => ({ action: `cloudwatch:${action}`, resource: alarmArn(name) })

const invalidValue = (message: string) => new AwsError('InvalidParameterValueException', message)

interface DescribeInput {
  readonly AlarmNames?: readonly string[]
  readonly AlarmNamePrefix?: string
  readonly AlarmTypes?: readonly Alarm['type'][]
  readonly StateValue?: AlarmState
  readonly MaxRecords?: number
  readonly NextToken?: string
}

function describeAlarms(watch: AlarmWatch, input: DescribeInput) {
  requireParameters(input, ['AlarmNames', 'AlarmNamePrefix', 'AlarmTypes', 'StateValue', 'MaxRecords', 'NextToken'])
  // As on AWS, the default is metric alarms only.
  const { AlarmTypes: types = ['MetricAlarm'], AlarmNames: names, AlarmNamePrefix: prefix = '', StateValue } = input
  const found = watch
    .list()
    .filter(({ name, type }) => types.includes(type) && (names?.includes(name) ?? true) && name.startsWith(prefix))
    .filter(({ name }) => StateValue === undefined || watch.statusOf(name).state === StateValue)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const { page, NextToken } = paged(found, input.NextToken, input.MaxRecords ?? 100)
  const described = (wanted: Alarm['type']) =>
    page.filter(({ type }) => type === wanted).map((alarm) => describedAlarm(watch, alarm))
  return { MetricAlarms: described('MetricAlarm'), CompositeAlarms: described('CompositeAlarm'), NextToken }
}

const numeric = new Set(['DatapointsToAlarm', 'EvaluationPeriods', 'Period', 'Threshold'])

function describedAlarm(watch: AlarmWatch, { name, arn, properties }: Alarm): object {
  const { state, reason, sinceMs } = watch.statusOf(name)
  const { Tags: _, ...declared } = properties
  // Templates may have numbers as text.
  const typed = Object.entries(declared).map(([key, value]) => [key, numeric.has(key) ? Number(value) : value])
  return {
    ...Object.fromEntries(typed),
    AlarmName: name,
    AlarmArn: arn,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: sinceMs / 1000,
  }
}

interface Datum {
  readonly MetricName?: string
  readonly Dimensions?: readonly WireDimension[]
  /** Seconds since the epoch, as in AWS JSON. */
  readonly Timestamp?: number
  readonly Value?: number
}

/** @throws AwsError that names the invalid member; a unit has no effect locally */
function readDatum(datum: Datum, nowMs: number) {
  requireParameters(datum, ['MetricName', 'Dimensions', 'Timestamp', 'Value', 'Unit', 'StorageResolution'])
  const { MetricName: name, Dimensions, Timestamp = nowMs / 1000, Value: value = NaN } = datum
  const timeMs = Math.round(Timestamp * 1000)
  if (!name) throw invalidValue('MetricName is required.')
  if (!Number.isFinite(value)) throw invalidValue(`The Value of ${name} is not a number.`)
  if (!(timeMs > nowMs - 14 * dayMs && timeMs < nowMs + dayMs / 12))
    throw invalidValue(
      'The Timestamp must specify a time no more than two weeks in the past and no more than two hours in the future.',
    )
  return { name, dimensions: fromWire(Dimensions), value, timeMs }
}

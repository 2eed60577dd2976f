import { arn, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
import { dayMs } from '../clock.ts'
import {
  evaluateAlarm,
  extraPeriods,
  missingDataTreatments,
  parseAlarmRule,
  type AlarmCondition,
  type AlarmState,
  type Evaluation,
} from './alarm-evaluation.ts'
import type { MetricStore } from './metric.ts'
import { readQuery } from './metric-query.ts'

/** An alarm on a metric or an expression over metrics, or one that combines the states of other alarms. */
export interface Alarm {
  readonly type: 'MetricAlarm' | 'CompositeAlarm'
  readonly name: string
  readonly arn: string
  readonly description?: string
  /** As the template writes it, for `DescribeAlarms`. */
  readonly properties: Readonly<Record<string, any>>
  /** The names of the alarms that it combines; none for an alarm on metrics. */
  readonly children: readonly string[]
  /** How long before the end of a minute its metrics count. */
  readonly rangeMs: number
  /** Absent when the alarm cannot be evaluated, which is reported at start. */
  readonly evaluate?: (inputs: {
    store: MetricStore
    endMs: number
    stateOf: (alarmName: string) => AlarmState
  }) => Evaluation
}

export const alarmArn = (name: string) => arn('cloudwatch', `alarm:${name}`)

const actions = 'state changes are published to the default event bus and shown in the terminal; no other action runs'
const ignored = {
  ActionsEnabled: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  OKActions: actions,
}

/** @param alarms where created alarms are registered and looked up by name */
export const alarmProviders = (alarms: {
  put: (alarm: Alarm) => void
  get: (name: string) => Alarm | undefined
}): ResourceProvider[] => [
  {
    type: 'AWS::CloudWatch::Alarm',
    supported: [
      'AlarmDescription',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'MetricName',
      'Metrics',
      'Namespace',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
      'Unit',
    ],
    ignored,
    create(resource) {
      requireRange(resource.properties)
      const alarm = { ...commonOf(resource), type: 'MetricAlarm', children: [], rangeMs: 0 } as const
      alarms.put(alarm)
      const created = { ref: alarm.name, attributes: { Arn: alarm.arn } }
      try {
        const { limitations, ...evaluation } = readMetrics(resource.properties)
        alarms.put({ ...alarm, ...evaluation })
        return { ...created, limitations }
      } catch (error) {
        return { ...created, limitations: [`The alarm is not evaluated: ${(error as Error).message}`] }
      }
    },
  },
  {
    type: 'AWS::CloudWatch::CompositeAlarm',
    supported: ['AlarmDescription', 'AlarmName', 'AlarmRule'],
    ignored,
    create(resource) {
      const alarm = commonOf(resource)
      const rule = parseAlarmRule(String(resource.properties['AlarmRule']))
      const children = rule.alarms
      const unknown = children.find((name) => !alarms.get(name))
      if (unknown !== undefined) throw new Error(`The alarm rule refers to the alarm ${unknown}, which does not exist.`)
      const evaluate: Alarm['evaluate'] = ({ stateOf }) => ({
        state: rule.holds(stateOf) ? 'ALARM' : 'OK',
        reason: `${children.map((name) => `${name} is ${stateOf(name)}`).join(', ')}.`,
      })
      alarms.put({ ...alarm, type: 'CompositeAlarm', children, rangeMs: 0, evaluate })
      return { ref: alarm.name, attributes: { Arn: alarm.arn } }
    },
  },
]

function commonOf({ properties, generatedName }: ResourceDeclaration) {
  const name = String(properties['AlarmName'] ?? generatedName)
  const description: string | undefined = properties['AlarmDescription']
  return { name, arn: alarmArn(name), ...(description !== undefined && { description }), properties }
}

/**
 * "An alarm's total current evaluation period can be no longer than seven days …. For alarms with a period of less than one hour
 * (3,600 seconds), the total evaluation period can't be longer than one day" (CloudWatch API Reference, PutMetricAlarm).
 * @throws Error for a longer one
 */
function requireRange({ Period, Metrics = [], EvaluationPeriods }: Readonly<Record<string, any>>): void {
  const ofMetrics = Metrics.map((each: any) => each.MetricStat?.Period ?? each.Period)
  const periodSeconds = Math.max(...[Period, ...ofMetrics].map((each) => Number(each ?? 0)))
  const [limitDays, limit] = periodSeconds < 3600 ? [1, 'one day'] : [7, 'seven days']
  if (periodSeconds * EvaluationPeriods * 1000 > limitDays * dayMs)
    throw new Error(
      `${EvaluationPeriods} periods of ${periodSeconds} seconds are longer than ${limit}, the limit of an alarm.`,
    )
}

/** @throws Error that says what is invalid or not emulated */
function readMetrics(properties: Readonly<Record<string, any>>) {
  const { Period, Statistic, ExtendedStatistic, Unit } = properties
  // The properties of a single metric have the same names as a metric in `Metrics`.
  const single = { MetricStat: { Metric: properties as any, Period, Stat: ExtendedStatistic ?? Statistic, Unit } }
  const query = readQuery(properties['Metrics'] ?? [{ Id: 'm1', ...single }])
  const condition = readCondition(properties)
  const periods = condition.evaluationPeriods + extraPeriods
  const rangeMs = periods * query.periodSeconds * 1000
  const evaluate: Alarm['evaluate'] = ({ store, endMs }) =>
    evaluateAlarm(query.points(store, { startMs: endMs - rangeMs, periods }), condition)
  return { rangeMs, evaluate, limitations: query.limitations }
}

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

/** Templates may have numbers as text. */
function readCondition(properties: Readonly<Record<string, any>>): AlarmCondition {
  const { ComparisonOperator: comparison, TreatMissingData: missingData = 'missing' } = properties
  const evaluationPeriods = Number(properties['EvaluationPeriods'])
  const datapointsToAlarm = Number(properties['DatapointsToAlarm'] ?? evaluationPeriods)
  const threshold = Number(properties['Threshold'])
  if (!(evaluationPeriods >= datapointsToAlarm)) throw new Error('EvaluationPeriods is less than DatapointsToAlarm')
  if (Number.isNaN(threshold)) throw new Error('Threshold is not a number')
  if (!missingDataTreatments.includes(missingData)) throw new Error(`TreatMissingData ${missingData} is not emulated`)
  const breaches = Object.hasOwn(comparisons, comparison) ? comparisons[comparison] : undefined
  if (!breaches) throw new Error(`the comparison ${comparison} is not emulated`)
  return {
    breaches: (value) => breaches(value, threshold),
    words: `${comparison} ${threshold}`,
    evaluationPeriods,
    datapointsToAlarm,
    missingData,
  }
}

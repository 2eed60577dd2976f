import { arn, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
import { missingDataTreatments, type AlarmCondition, type MissingData } from './alarm-evaluation.ts'
import { alarmsOf, parseAlarmRule, type AlarmRule } from './alarm-rule.ts'
import { readQuery, type Query } from './metric-query.ts'

interface CommonProperties {
  readonly name: string
  readonly arn: string
  readonly description?: string
  /** As the template writes it, for `DescribeAlarms`. */
  readonly properties: Readonly<Record<string, any>>
}

/** Compares a metric, or an expression over metrics, with a threshold. */
export interface MetricAlarm extends CommonProperties {
  readonly kind: 'metric'
  /** Absent when the alarm cannot be evaluated, which is reported at start. */
  readonly watched?: { readonly query: Query; readonly condition: AlarmCondition }
}

/** Combines the states of other alarms. */
export interface CompositeAlarm extends CommonProperties {
  readonly kind: 'composite'
  readonly rule: AlarmRule
}

export type Alarm = MetricAlarm | CompositeAlarm

export const alarmArn = (name: string) => arn('cloudwatch', `alarm:${name}`)

const actions = 'state changes are published to the default event bus and shown in the terminal; no other action runs'
const ignored = {
  ActionsEnabled: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  OKActions: actions,
  Tags: 'tags have no effect locally',
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
      const common = commonOf(resource)
      const { watched, problem } = readWatched(resource.properties)
      alarms.put({ kind: 'metric', ...common, ...(watched && { watched }) })
      const limitations = problem === undefined ? [] : [`The alarm is not evaluated: ${problem}`]
      return { ref: common.name, attributes: { Arn: common.arn }, limitations }
    },
  },
  {
    type: 'AWS::CloudWatch::CompositeAlarm',
    supported: ['AlarmDescription', 'AlarmName', 'AlarmRule'],
    ignored,
    create(resource) {
      const common = commonOf(resource)
      const rule = parseAlarmRule(String(resource.properties['AlarmRule']))
      const unknown = alarmsOf(rule).find((name) => !alarms.get(name))
      if (unknown !== undefined) throw new Error(`The alarm rule refers to the alarm ${unknown}, which does not exist.`)
      alarms.put({ kind: 'composite', ...common, rule })
      return { ref: common.name, attributes: { Arn: common.arn } }
    },
  },
]

function commonOf({ properties, generatedName }: ResourceDeclaration): CommonProperties {
  const name = String(properties['AlarmName'] ?? generatedName)
  const description: string | undefined = properties['AlarmDescription']
  return { name, arn: alarmArn(name), ...(description !== undefined && { description }), properties }
}

function readWatched(
  properties: Readonly<Record<string, any>>,
): { watched: MetricAlarm['watched']; problem?: undefined } | { watched?: undefined; problem: string } {
  const { Period, Statistic, ExtendedStatistic, Unit } = properties
  // The properties of a single metric have the same names as a metric in `Metrics`.
  const single = { MetricStat: { Metric: properties as any, Period, Stat: ExtendedStatistic ?? Statistic, Unit } }
  try {
    const query = readQuery(properties['Metrics'] ?? [{ Id: 'm1', ...single }])
    return { watched: { query, condition: readCondition(properties) } }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

/** Templates may have numbers as text. @throws Error that says what is invalid or not emulated */
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
    missingData: missingData as MissingData,
  }
}

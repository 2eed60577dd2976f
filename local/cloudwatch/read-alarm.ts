import { arn } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { comparisons, type Comparison, type CompositeAlarm, type MetricAlarm } from './alarm.ts'
import { parseAlarmRule } from './alarm-rule.ts'
import { missingDataTreatments, type MissingData } from './judgement.ts'
import { fromWire } from './metric.ts'
import { NotEmulatedError, periodOf, readQueries, readStatistic, type Query } from './metric-query.ts'

type Properties = Readonly<Record<string, any>>

/** Reads AWS::CloudWatch::Alarm. @throws Error naming what AWS would refuse */
export function readMetricAlarm(name: string, properties: Properties): MetricAlarm {
  const watched = readWatched(name, properties)
  const evaluationPeriods = wholeNumber(name, 'EvaluationPeriods', properties['EvaluationPeriods'])
  const datapointsToAlarm = wholeNumber(name, 'DatapointsToAlarm', properties['DatapointsToAlarm'] ?? evaluationPeriods)
  if (datapointsToAlarm > evaluationPeriods)
    throw new Error(`The alarm ${name} has more DatapointsToAlarm than EvaluationPeriods.`)
  const missingData: MissingData = properties['TreatMissingData'] ?? 'missing'
  if (!missingDataTreatments.includes(missingData))
    throw new Error(`The alarm ${name} has the unknown TreatMissingData ${missingData}.`)
  return {
    kind: 'metric',
    ...common(name, properties),
    ...watched,
    evaluationPeriods,
    datapointsToAlarm,
    ...readThreshold(name, properties),
    // CloudWatch ignores missing data of DynamoDB, whatever an alarm says.
    missingData: watched.queries.some(isOfDynamoDb) ? 'ignore' : missingData,
  }
}

/** Reads AWS::CloudWatch::CompositeAlarm. @throws Error when the rule cannot be read */
export function readCompositeAlarm(name: string, properties: Properties): CompositeAlarm {
  const ruleText = String(properties['AlarmRule'])
  return { kind: 'composite', ...common(name, properties), ruleText, rule: parseAlarmRule(ruleText) }
}

function common(name: string, properties: Properties) {
  const { AlarmDescription: description, ActionsEnabled = true } = properties
  const list = (key: string): string[] => properties[key] ?? []
  return {
    name,
    arn: alarmArn(name),
    ...(description !== undefined && { description: String(description) }),
    actionsEnabled: String(ActionsEnabled) !== 'false',
    actions: {
      AlarmActions: list('AlarmActions'),
      OKActions: list('OKActions'),
      InsufficientDataActions: list('InsufficientDataActions'),
    },
    properties,
  }
}

export const alarmArn = (name: string) => arn('cloudwatch', `alarm:${name}`)

type Watched = Pick<MetricAlarm, 'queries' | 'compared' | 'periodSeconds' | 'notEmulated'>

/** What the alarm looks at; where only AWS can do that, why. */
function readWatched(name: string, properties: Properties): Watched {
  try {
    return properties['Metrics'] === undefined ? singleMetric(name, properties) : severalMetrics(name, properties)
  } catch (error) {
    if (error instanceof AwsError) throw new Error(`The alarm ${name}: ${error.message}`, { cause: error })
    if (!(error instanceof NotEmulatedError)) throw error
    return { queries: [], compared: '', periodSeconds: 60, notEmulated: error.message }
  }
}

function singleMetric(name: string, properties: Properties): Watched {
  const { Namespace: namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period, Unit } = properties
  if (namespace === undefined || MetricName === undefined)
    throw new Error(`The alarm ${name} has neither Metrics nor a Namespace with a MetricName.`)
  const read = readStatistic(String(ExtendedStatistic ?? Statistic), Period, Unit)
  const metric = { namespace, name: MetricName, dimensions: fromWire(Dimensions) }
  const query: Query = { kind: 'metric', id: 'm1', returned: true, metric, ...read }
  return { queries: [query], compared: 'm1', periodSeconds: read.periodSeconds }
}

function severalMetrics(name: string, properties: Properties): Watched {
  if (properties['ThresholdMetricId'] !== undefined) throw new NotEmulatedError('anomaly detection is not emulated')
  const queries = readQueries(properties['Metrics'])
  const returned = queries.filter((query) => query.returned)
  if (returned.length !== 1) throw new Error(`The alarm ${name} must have exactly one of its Metrics returned.`)
  return { queries, compared: returned[0]!.id, periodSeconds: periodOf(queries) }
}

function readThreshold(name: string, properties: Properties): { threshold: number; comparison: Comparison } {
  const { ComparisonOperator, Threshold, ThresholdMetricId } = properties
  // The alarm of an anomaly is never compared here.
  if (ThresholdMetricId !== undefined) return { threshold: 0, comparison: 'GreaterThanThreshold' }
  const threshold = Number(Threshold)
  if (Threshold === undefined || !Number.isFinite(threshold)) throw new Error(`The alarm ${name} has no Threshold.`)
  if (!Object.hasOwn(comparisons, ComparisonOperator))
    throw new Error(`The alarm ${name} has the unknown ComparisonOperator ${ComparisonOperator}.`)
  return { threshold, comparison: ComparisonOperator }
}

function wholeNumber(name: string, property: string, value: unknown): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1) return number
  throw new Error(`The alarm ${name} has ${property} ${String(value)}; it must be a whole number from 1 on.`)
}

const isOfDynamoDb = (query: Query) => query.kind === 'metric' && query.metric.namespace === 'AWS/DynamoDB'

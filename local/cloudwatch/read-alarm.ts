import { arn } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { comparisons, type Comparison, type CompositeAlarm, type MetricAlarm } from './alarm.ts'
import { parseAlarmRule } from './alarm-rule.ts'
import { missingDataTreatments, type MissingData } from './alarm-evaluation.ts'
import { fromWire } from './metric.ts'
import { NotEmulatedError, periodOf, readQueries, readStatistic, type Query } from './metric-query.ts'

type Properties = Readonly<Record<string, any>>

/** Reads AWS::CloudWatch::Alarm. @throws Error for a property that AWS would reject */
export function readMetricAlarm(name: string, properties: Properties): MetricAlarm {
  const alarmQueries = readAlarmQueries(name, properties)
  const evaluationPeriods = positiveInteger(name, 'EvaluationPeriods', properties['EvaluationPeriods'])
  const datapointsToAlarm = positiveInteger(
    name,
    'DatapointsToAlarm',
    properties['DatapointsToAlarm'] ?? evaluationPeriods,
  )
  if (datapointsToAlarm > evaluationPeriods)
    throw new Error(`The alarm ${name} has more DatapointsToAlarm than EvaluationPeriods.`)
  const missingData: MissingData = properties['TreatMissingData'] ?? 'missing'
  if (!missingDataTreatments.includes(missingData))
    throw new Error(`The alarm ${name} has the unknown TreatMissingData ${missingData}.`)
  return {
    kind: 'metric',
    ...common(name, properties),
    ...alarmQueries,
    evaluationPeriods,
    datapointsToAlarm,
    ...readThreshold(name, properties),
    // CloudWatch always ignores missing data of DynamoDB metrics.
    missingData: alarmQueries.queries.some(isOfDynamoDb) ? 'ignore' : missingData,
  }
}

/** Reads AWS::CloudWatch::CompositeAlarm. @throws Error when the rule is not valid */
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

type AlarmQueries = Pick<MetricAlarm, 'queries' | 'compared' | 'periodSeconds' | 'notEmulated'>

/** The alarm's queries, or why they are not emulated. */
function readAlarmQueries(name: string, properties: Properties): AlarmQueries {
  try {
    return properties['Metrics'] === undefined ? singleMetric(name, properties) : severalMetrics(name, properties)
  } catch (error) {
    if (error instanceof AwsError) throw new Error(`The alarm ${name}: ${error.message}`, { cause: error })
    if (!(error instanceof NotEmulatedError)) throw error
    return { queries: [], compared: '', periodSeconds: 60, notEmulated: error.message }
  }
}

function singleMetric(name: string, properties: Properties): AlarmQueries {
  const { Namespace: namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period, Unit } = properties
  if (namespace === undefined || MetricName === undefined)
    throw new Error(`The alarm ${name} has neither Metrics nor a Namespace with a MetricName.`)
  const read = readStatistic(String(ExtendedStatistic ?? Statistic), Period, Unit)
  const metric = { namespace, name: MetricName, dimensions: fromWire(Dimensions) }
  const query: Query = { kind: 'metric', id: 'm1', returned: true, metric, ...read }
  return { queries: [query], compared: 'm1', periodSeconds: read.periodSeconds }
}

function severalMetrics(name: string, properties: Properties): AlarmQueries {
  if (properties['ThresholdMetricId'] !== undefined) throw new NotEmulatedError('anomaly detection is not emulated')
  const queries = readQueries(properties['Metrics'])
  const returned = queries.filter((query) => query.returned)
  if (returned.length !== 1) throw new Error(`The alarm ${name} must have exactly one of its Metrics returned.`)
  return { queries, compared: returned[0]!.id, periodSeconds: periodOf(queries) }
}

function readThreshold(name: string, properties: Properties): { threshold: number; comparison: Comparison } {
  const { ComparisonOperator, Threshold, ThresholdMetricId } = properties
  // An anomaly detection alarm is never evaluated.
  if (ThresholdMetricId !== undefined) return { threshold: 0, comparison: 'GreaterThanThreshold' }
  const threshold = Number(Threshold)
  if (Threshold === undefined || !Number.isFinite(threshold)) throw new Error(`The alarm ${name} has no Threshold.`)
  if (!Object.hasOwn(comparisons, ComparisonOperator))
    throw new Error(`The alarm ${name} has the unknown ComparisonOperator ${ComparisonOperator}.`)
  return { threshold, comparison: ComparisonOperator }
}

function positiveInteger(name: string, property: string, value: unknown): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1) return number
  throw new Error(`The alarm ${name} has ${property} ${String(value)}; it must be an integer of at least 1.`)
}

const isOfDynamoDb = (query: Query) => query.kind === 'metric' && query.metric.namespace === 'AWS/DynamoDB'

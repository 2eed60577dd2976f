/** A synthesised template, as far as it costs something whether anybody comes or not. */
type Template = any

/** What stands in a stage and is paid by the month. */
export interface Standing {
  readonly alarmMetrics: number
  readonly compositeAlarms: number
  readonly dashboards: number
  /** Kept ready all the time: concurrency × memory. */
  readonly provisionedGb: number
  /** Queues that Lambda polls. */
  readonly polledQueues: number
  /** The longest that the functions' logs are kept, in months. */
  readonly logRetentionMonths: number
  readonly archiveMonths: number
}

const daysAMonth = 365 / 12

export function standingOf(templates: readonly Template[]): Standing {
  const resources = templates.flatMap((template) => Object.values<any>(template.Resources))
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties)
  return {
    alarmMetrics: sum(ofType('AWS::CloudWatch::Alarm').map(metricsOf)),
    compositeAlarms: ofType('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    provisionedGb: sum(templates.map(provisionedGbOf)),
    polledQueues: ofType('AWS::Lambda::EventSourceMapping').filter(({ StartingPosition }) => !StartingPosition).length,
    logRetentionMonths:
      Math.max(0, ...ofType('AWS::Logs::LogGroup').map((group) => group.RetentionInDays ?? 120)) / daysAMonth,
    archiveMonths: Math.max(0, ...ofType('AWS::Events::Archive').map((archive) => archive.RetentionDays)) / daysAMonth,
  }
}

/** An alarm on an expression is paid by the metrics that go into it. */
const metricsOf = ({ Metrics }: any): number =>
  Metrics ? Metrics.filter(({ MetricStat }: any) => MetricStat).length : 1

function provisionedGbOf({ Resources }: Template): number {
  const aliases = Object.values<any>(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Alias')
  return sum(
    aliases.map(({ Properties }) => {
      const kept = Properties.ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions ?? 0
      const memoryMb = Resources[Properties.FunctionName.Ref]?.Properties.MemorySize ?? 128
      return (kept * memoryMb) / 1024
    }),
  )
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

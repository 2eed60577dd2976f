import { propertiesOf, type Template } from '../templates.ts'

export const daysPerMonth = 365 / 12

/** What the templates of a stage contribute to its bill: costs without traffic, and settings that decide what traffic costs. */
export interface FixedCosts {
  readonly alarmMetrics: number
  readonly compositeAlarms: number
  readonly dashboards: number
  readonly secrets: number
  /** Provisioned concurrency × memory. */
  readonly provisionedGb: number
  /** Queues that Lambda polls. */
  readonly polledQueues: number
  /** The longest retention of the functions' logs, in months. */
  readonly logRetentionMonths: number
  readonly archiveMonths: number
  /** Emails with a code that SES sends for a sign-up: none when Cognito's own sender does, which is not billed by email. */
  readonly codesPerSignUp: number
}

export function fixedCostsOf(templates: readonly Template[]): FixedCosts {
  const ofType = (type: string) => templates.flatMap((template) => [...propertiesOf(template, type).values()])
  return {
    alarmMetrics: sum(ofType('AWS::CloudWatch::Alarm').map(metricsOf)),
    compositeAlarms: ofType('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    secrets: ofType('AWS::SecretsManager::Secret').length,
    provisionedGb: sum(templates.map(provisionedGbOf)),
    polledQueues: ofType('AWS::Lambda::EventSourceMapping').filter(({ StartingPosition }) => !StartingPosition).length,
    logRetentionMonths:
      Math.max(0, ...ofType('AWS::Logs::LogGroup').map((group) => group.RetentionInDays ?? 120)) / daysPerMonth,
    archiveMonths:
      Math.max(0, ...ofType('AWS::Events::Archive').map((archive) => archive.RetentionDays)) / daysPerMonth,
    codesPerSignUp: ofType('AWS::Cognito::UserPool').some(isSentBySes) ? 1 : 0,
  }
}

/**
 * "Amazon Cognito calls Amazon SES on your behalf to send email from your verified email address" (Cognito API reference,
 * EmailConfigurationType, DEVELOPER): these emails are on the bill of SES.
 */
const isSentBySes = ({ EmailConfiguration }: any): boolean => EmailConfiguration?.EmailSendingAccount === 'DEVELOPER'

/** An alarm on an expression is billed by the metrics in it. */
const metricsOf = ({ Metrics }: any): number =>
  Metrics ? Metrics.filter(({ MetricStat }: any) => MetricStat).length : 1

function provisionedGbOf(template: Template): number {
  const functions = propertiesOf(template, 'AWS::Lambda::Function')
  const aliases = [...propertiesOf(template, 'AWS::Lambda::Alias').values()]
  return sum(
    aliases.map(({ FunctionName, ProvisionedConcurrencyConfig }) => {
      const environments = ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions ?? 0
      return (environments * (functions.get(FunctionName.Ref)?.MemorySize ?? 128)) / 1024
    }),
  )
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

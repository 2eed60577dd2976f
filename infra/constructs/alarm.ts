import {
  TreatMissingData,
  type Alarm,
  type CreateAlarmOptions,
  type MathExpression,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { StageStack } from './stage-stack.ts'

/** The pages of docs/runbooks: each says what to do about one kind of alarm. */
export type Runbook =
  | 'api-errors'
  | 'error-budget'
  | 'dead-letter-queue'
  | 'queue-late'
  | 'relay-late'
  | 'unpublished-events'
  | 'lost-events'
  | 'mails-refused'
  | 'orders-stuck'
  | 'orders-waiting'
  | 'payments-charged-back'
  | 'payments-stuck'
  | 'refunds-failed'
  | 'release-rolled-back'
  | 'sign-up-trigger'

export interface AlarmProps extends Omit<CreateAlarmOptions, 'alarmName' | 'alarmDescription' | 'evaluationPeriods'> {
  /** Of the alarm, without the stage's prefix. */
  readonly name: string
  /** What is wrong, as a sentence. */
  readonly problem: string
  readonly runbook: Runbook
  /** @default 1 */
  readonly evaluationPeriods?: number
}

export const alarmDescription = (problem: string, runbook: Runbook): string =>
  `${problem} See docs/runbooks/${runbook}.md`

/** An alarm of the stage, shown on its dashboard. Missing data does not raise it. */
export function addAlarm(
  scope: Construct,
  id: string,
  metric: Metric | MathExpression,
  { name, problem, runbook, ...options }: AlarmProps,
): Alarm {
  const { stage, resources } = StageStack.of(scope)
  const alarmName = `${stage.prefix}-${name}`
  resources.alarms.push(alarmName)
  return metric.createAlarm(scope, id, {
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    ...options,
    alarmName,
    alarmDescription: alarmDescription(problem, runbook),
  })
}

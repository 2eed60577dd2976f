import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Match, Rule } from 'aws-cdk-lib/aws-events'
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { addAlarm } from './constructs/alarm.ts'
import { ApiStages } from './constructs/api-stages.ts'
import { BurnRateAlarm } from './constructs/burn-rate-alarm.ts'
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts'
import { addLostEventsAlarm } from './constructs/lost-events-alarm.ts'
import { SilentRelayAlarm } from './constructs/silent-relay-alarm.ts'
import { StageBudget } from './constructs/stage-budget.ts'
import { StageStack } from './constructs/stage-stack.ts'
import { StageDashboard } from './dashboard/stage-dashboard.ts'
import type { Stage } from './stages.ts'

export interface OperationsStackProps {
  readonly stage: Stage
  /** All other stacks of the stage. */
  readonly stacks: readonly StageStack[]
  readonly httpApi: HttpApi
  readonly table: ITableV2
}

/**
 * Deploys the API's stages once all its routes exist, and holds the dashboard and the alarm notifications. CloudWatch
 * publishes every alarm's state change on the account's default bus, where a rule selects this stage's: alarms in the
 * services' stacks need no reference to this one.
 */
export class OperationsStack extends StageStack {
  constructor(scope: Construct, { stage, stacks, httpApi, table }: OperationsStackProps) {
    super(scope, 'operations', stage)
    new ApiStages(this, { httpApi, stacks })
    const serverErrors = httpApi.metricServerError({ period: Duration.minutes(1), statistic: 'Sum' })
    addAlarm(this, 'server-errors', serverErrors, {
      name: 'api-server-errors',
      problem: 'The API returned 5xx in three of five minutes.',
      runbook: 'api-errors',
      threshold: 1,
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
    })
    this.addBurnRates(httpApi)
    new SilentRelayAlarm(this)
    if (stage.alarmEmail) this.mailAlarms(stage.alarmEmail)
    if (stage.budget) new StageBudget(this, stage, stage.budget)
    // Last, since it shows this stack's own alarms too.
    const resources = [...stacks, this].map((stack) => stack.resources)
    new StageDashboard(this, { stage, resources, httpApi, table })
  }

  /** Counts 5xx and not 4xx, which are the caller's errors. The rates are the usual ones for a budget of 30 days. */
  private addBurnRates(httpApi: HttpApi): void {
    const requests = httpApi.metricCount({ statistic: 'Sum' })
    const errors = httpApi.metricServerError({ statistic: 'Sum' })
    const of = { requests, errors }
    const [minutes, hours] = [Duration.minutes, Duration.hours]
    new BurnRateAlarm(this, { ...of, name: 'api-burn-fast', rate: 14.4, long: hours(1), short: minutes(5) })
    new BurnRateAlarm(this, { ...of, name: 'api-burn-slow', rate: 6, long: hours(6), short: minutes(30) })
  }

  private mailAlarms(address: string): void {
    const { stage } = this
    const topic = new Topic(this, 'alarms', { topicName: `${stage.prefix}-alarms`, enforceSSL: true })
    topic.addSubscription(new EmailSubscription(address))
    const deadLetterQueue = new DeadLetterQueue(this, 'alarms-dlq', { name: 'alarms-dlq' })
    const rule = new Rule(this, 'alarm-raised', {
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: Match.prefix(`${stage.prefix}-`), state: { value: ['ALARM'] } },
      },
      // Its permission names no rule: "You can't use of Condition blocks in Amazon SNS topic policies for EventBridge"
      // (EventBridge User Guide, Using resource-based policies).
      targets: [new SnsTopic(topic, { deadLetterQueue, maxEventAge: Duration.hours(4), retryAttempts: 100 })],
    })
    addLostEventsAlarm({ rule, name: 'alarms', dimensions: { RuleName: rule.ruleName } })
  }
}

import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Match, Rule } from 'aws-cdk-lib/aws-events'
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { described } from './constructs/alarm-description.ts'
import { ApiStage } from './constructs/api-stage.ts'
import { BurnRateAlarm } from './constructs/burn-rate-alarm.ts'
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts'
import { SilentRelayAlarm } from './constructs/silent-relay-alarm.ts'
import { StageBudget } from './constructs/stage-budget.ts'
import { StageDashboard } from './dashboard/stage-dashboard.ts'
import type { Stage } from './stages.ts'

export interface OperationsStackProps extends StackProps {
  readonly stage: Stage
  readonly httpApi: HttpApi
  readonly table: ITableV2
}

/**
 * Opens the API once all that answers is there, shows how the stage does, and says who hears of alarms. CloudWatch tells
 * every alarm's change to the account's default bus, and a rule takes this stage's from there: alarms stand in their
 * services' stacks and need not know of this one.
 */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, { stage, httpApi, table, ...props }: OperationsStackProps) {
    super(scope, id, props)
    new ApiStage(this, { stage, httpApi })
    httpApi.metricServerError({ period: Duration.minutes(1), statistic: 'Sum' }).createAlarm(this, 'server-errors', {
      alarmName: `${stage.prefix}-api-server-errors`,
      alarmDescription: described('The API answered 5xx in three of five minutes.', 'api-errors'),
      threshold: 1,
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    this.addBurnRates(stage, httpApi)
    new SilentRelayAlarm(this, { stage })
    if (stage.alarmEmail) this.mailAlarms(stage, stage.alarmEmail)
    if (stage.budget) new StageBudget(this, stage, stage.budget)
    // Last, since it shows what there is.
    new StageDashboard(this, { stage, httpApi, table })
  }

  /** A 5xx is a fault of ours; what the API refuses with a 4xx is not. The rates are those of a budget of 30 days. */
  private addBurnRates(stage: Stage, httpApi: HttpApi): void {
    const requests = httpApi.metricCount({ statistic: 'Sum' })
    const errors = httpApi.metricServerError({ statistic: 'Sum' })
    const of = { stage, requests, errors }
    const [minutes, hours] = [Duration.minutes, Duration.hours]
    new BurnRateAlarm(this, { ...of, name: 'api-burn-fast', rate: 14.4, long: hours(1), short: minutes(5) })
    new BurnRateAlarm(this, { ...of, name: 'api-burn-slow', rate: 6, long: hours(6), short: minutes(30) })
  }

  private mailAlarms(stage: Stage, address: string): void {
    const topic = new Topic(this, 'alarms', { topicName: `${stage.prefix}-alarms`, enforceSSL: true })
    topic.addSubscription(new EmailSubscription(address))
    const deadLetterQueue = new DeadLetterQueue(this, 'alarms-dlq', { stage, name: 'alarms-dlq' })
    new Rule(this, 'alarm-raised', {
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: Match.prefix(`${stage.prefix}-`), state: { value: ['ALARM'] } },
      },
      targets: [new SnsTopic(topic, { deadLetterQueue, maxEventAge: Duration.hours(4), retryAttempts: 100 })],
    })
  }
}

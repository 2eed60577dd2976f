import { Duration, Validations } from 'aws-cdk-lib'
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { described } from './alarm-description.ts'

export interface DeadLetterQueueProps {
  readonly stage: Stage
  /** Of the queue, without prefix: `orders-apply-events-dlq`. */
  readonly name: string
}

/** Where events end that could not be delivered or handled. It keeps them for 14 days, and a single one raises an alarm. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { stage, name }: DeadLetterQueueProps) {
    const queueName = `${stage.prefix}-${name}`
    super(scope, id, {
      queueName,
      // EventBridge cannot send to a queue whose key AWS manages; SQS's own encryption has no such limit.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself, of a rule if not of a queue.',
    })
    this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }).createAlarm(
      this,
      'alarm',
      {
        alarmName: `${queueName}-not-empty`,
        alarmDescription: described('Something could not be delivered or handled and waits.', 'dead-letter-queue'),
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      },
    )
  }
}

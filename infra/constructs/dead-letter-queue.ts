import { Duration, Validations } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { addAlarm } from './alarm.ts'
import { StageStack } from './stage-stack.ts'

export interface DeadLetterQueueProps {
  /** Of the queue, without the stage's prefix: `orders-apply-events-dlq`. */
  readonly name: string
}

/** Stores events that could not be delivered or handled, for 14 days. A single one raises an alarm. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { name }: DeadLetterQueueProps) {
    const { stage, resources } = StageStack.of(scope)
    const queueName = `${stage.prefix}-${name}`
    super(scope, id, {
      queueName,
      // EventBridge cannot send to a queue that is encrypted with an AWS managed key; SQS managed encryption works.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    resources.deadLetterQueues.push(queueName)
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This queue is the dead-letter queue of another queue, a rule or a schedule.',
    })
    const messages = this.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    })
    addAlarm(this, 'alarm', messages, {
      name: `${name}-not-empty`,
      problem: 'An event could not be delivered or handled and is in the dead-letter queue.',
      runbook: 'dead-letter-queue',
      threshold: 1,
    })
  }
}

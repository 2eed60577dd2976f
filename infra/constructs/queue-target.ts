import type { Duration } from 'aws-cdk-lib'
import type { IRule, IRuleTarget, RuleTargetConfig } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'

export interface QueueTargetProps {
  /** Stores the events that could not be sent. */
  readonly deadLetterQueue: Queue
  /** How long the bus retries. */
  readonly maxEventAge: Duration
  readonly retryAttempts: number
}

/**
 * A queue that a rule may only send to. CDK's own target would also let the rule read the queue's attributes and URL,
 * which no delivery needs.
 */
export class QueueTarget implements IRuleTarget {
  private readonly queue: Queue
  private readonly props: QueueTargetProps

  constructor(queue: Queue, props: QueueTargetProps) {
    this.queue = queue
    this.props = props
  }

  bind(rule: IRule): RuleTargetConfig {
    const { deadLetterQueue, maxEventAge, retryAttempts } = this.props
    for (const queue of [this.queue, deadLetterQueue]) queue.addToResourcePolicy(sendStatement(rule, queue))
    return {
      arn: this.queue.queueArn,
      deadLetterConfig: { arn: deadLetterQueue.queueArn },
      retryPolicy: {
        maximumEventAgeInSeconds: maxEventAge.toSeconds(),
        maximumRetryAttempts: retryAttempts,
      },
      targetResource: this.queue,
    }
  }
}

const sendStatement = (rule: IRule, queue: Queue) =>
  new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
  })

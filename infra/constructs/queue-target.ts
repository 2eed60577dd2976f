import type { Duration } from 'aws-cdk-lib'
import type { IRuleTarget, RuleTargetConfig } from 'aws-cdk-lib/aws-events'
import type { Queue } from 'aws-cdk-lib/aws-sqs'

export interface QueueTargetProps {
  /** Stores the events that could not be sent. */
  readonly deadLetterQueue: Queue
  /** How long the bus retries. */
  readonly maxEventAge: Duration
  readonly retryAttempts: number
}

/** A queue as the target of a rule, without CDK's policy: that one can only exist after its rule. */
export class QueueTarget implements IRuleTarget {
  private readonly queue: Queue
  private readonly props: QueueTargetProps

  constructor(queue: Queue, props: QueueTargetProps) {
    this.queue = queue
    this.props = props
  }

  bind(): RuleTargetConfig {
    const { deadLetterQueue, maxEventAge, retryAttempts } = this.props
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

import { Duration } from 'aws-cdk-lib'
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, type EventPattern, type IEventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { EventDefinition } from '#shared/events/envelope.ts'
import type { Stage } from '../stages.ts'
import { described } from './alarm-description.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { QueueTarget } from './queue-target.ts'
import type { ServiceFunction } from './service-function.ts'

export interface EventConsumerProps {
  readonly stage: Stage
  readonly bus: IEventBus
  /** Answers with the messages that failed (`batchItemFailures`). */
  readonly function: ServiceFunction
  /** The events to be consumed; the rules' patterns are made of their sources and types. @default none of ours */
  readonly events?: readonly EventDefinition[]
  /** What the detail of `events` must match besides; a message that is not sent starts no function. @default nothing */
  readonly detail?: EventPattern['detail']
  /** Events of AWS's own services, by a name for the rule. They come on the account's default bus alone. @default none */
  readonly awsEvents?: Readonly<Record<string, EventPattern>>
  /** Messages handed over at once. @default 10 */
  readonly batchSize?: number
  /** How long a batch may wait to fill; needed above 10 messages. @default it does not wait */
  readonly batchWindow?: Duration
  /** How long an event is kept back before it is handed over, 15 minutes at most. @default not at all */
  readonly delay?: Duration
  /** Batches handled at the same time. @default 10 */
  readonly maxConcurrency?: number
}

/** How often a message is handed over before it ends in the dead-letter queue. */
const maxReceiveCount = 5

/** How long an event may wait for its consumer, after the delay that was asked for. */
const longestWait = Duration.minutes(5)

/**
 * Rule → queue → function. What the bus cannot deliver and what the function cannot handle both end in one
 * dead-letter queue, with the event as the body either way.
 */
export class EventConsumer extends Construct {
  readonly queue: Queue
  readonly deadLetterQueue: DeadLetterQueue

  constructor(scope: Construct, props: EventConsumerProps) {
    const { stage, bus, events = [], detail, awsEvents = {} } = props
    const { service, entry, timeout } = props.function
    super(scope, `${entry}-consumer`)
    const name = `${service}-${entry}`
    this.deadLetterQueue = new DeadLetterQueue(this, 'dlq', { stage, name: `${name}-dlq` })
    this.queue = new Queue(this, 'queue', {
      queueName: `${stage.prefix}-${name}`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // A batch may be throttled and tried again by the poller, so a message stays hidden for six timeouts.
      visibilityTimeout: Duration.seconds(6 * timeout!.toSeconds() + (props.batchWindow?.toSeconds() ?? 0)),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
      ...(props.delay ? { deliveryDelay: props.delay } : {}),
    })
    for (const [source, types] of typesBySource(events)) {
      // One rule for each source: a pattern of several would also match pairs of source and type that nobody defined.
      this.addRule(source, { source: [source], detailType: types, ...(detail ? { detail } : {}) }, bus)
    }
    for (const [id, pattern] of Object.entries(awsEvents)) this.addRule(id, pattern)
    this.addAgeAlarm(props, name)
    this.addMapping(props)
  }

  /** The construct for queues as event sources would also grant what pollers never do: name the queue, and hide messages. */
  private addMapping({ function: consumer, batchSize, batchWindow, maxConcurrency }: EventConsumerProps): void {
    const { queueArn } = this.queue
    const actions = ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((name) => `sqs:${name}`)
    consumer.addToRolePolicy(new PolicyStatement({ actions, resources: [queueArn] }))
    const mapping = new EventSourceMapping(this, 'mapping', {
      target: consumer,
      eventSourceArn: queueArn,
      batchSize: batchSize ?? 10,
      maxConcurrency: maxConcurrency ?? 10,
      reportBatchItemFailures: true,
      ...(batchWindow ? { maxBatchingWindow: batchWindow } : {}),
    })
    // The mapping is checked against the role when it is made, so the role must be complete by then.
    mapping.node.addDependency(consumer.role!)
  }

  /** @param eventBus none: the account's default bus */
  private addRule(id: string, eventPattern: EventPattern, eventBus?: IEventBus): void {
    new Rule(this, id, {
      ...(eventBus ? { eventBus } : {}),
      eventPattern,
      targets: [
        new QueueTarget(this.queue, {
          deadLetterQueue: this.deadLetterQueue,
          // Undelivered for four hours is a matter for a person, not for twenty hours more of silence.
          maxEventAge: Duration.hours(4),
          retryAttempts: 100,
        }),
      ],
    })
  }

  private addAgeAlarm({ stage, delay = Duration.seconds(0) }: EventConsumerProps, name: string): void {
    this.queue
      .metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' })
      .createAlarm(this, 'age-alarm', {
        alarmName: `${stage.prefix}-${name}-late`,
        alarmDescription: described(
          `An event has waited for ${longestWait.toMinutes()} minutes: its consumer fails, or cannot keep up.`,
          'queue-late',
        ),
        // The age counts from the moment of sending.
        threshold: delay.plus(longestWait).toSeconds(),
        // One minute: a second one would make six of the five.
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
  }
}

function typesBySource(events: readonly EventDefinition[]): Map<string, string[]> {
  const types = new Map<string, string[]>()
  for (const { source, type } of events) types.set(source, [...(types.get(source) ?? []), type])
  return types
}

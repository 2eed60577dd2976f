import { Duration, Stack } from 'aws-cdk-lib'
import { Rule, type EventPattern, type IEventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { EventDefinition } from '#shared/events/envelope.ts'
import { addAlarm } from './alarm.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { addLostEventsAlarm } from './lost-events-alarm.ts'
import { QueueTarget } from './queue-target.ts'
import type { ServiceFunction } from './service-function.ts'
import { StageStack } from './stage-stack.ts'

export interface ConsumerOptions {
  /** What the detail of the events must match besides source and type. @default anything */
  readonly detail?: EventPattern['detail']
  /** Messages per batch. @default 10 */
  readonly batchSize?: number
  /** How long a batch may wait to fill; needed above 10 messages. @default it does not wait */
  readonly batchWindow?: Duration
  /** Batches handled at the same time. @default 10 */
  readonly maxConcurrency?: number
  /** How long each event is held back, at most 15 minutes, the limit of SQS. @default not at all */
  readonly delay?: Duration
}

export interface EventConsumerProps extends ConsumerOptions {
  /** Returns the messages that failed (`batchItemFailures`). */
  readonly function: ServiceFunction
  readonly bus: IEventBus
  /** The application's events to consume; the rules' patterns are made of their sources and types. @default none */
  readonly events?: readonly EventDefinition[]
  /** Events of AWS services, by a name for the rule. Only the account's default bus has them. @default none */
  readonly awsEvents?: Readonly<Record<string, EventPattern>>
  /** Distinguishes the queues of a function that has several. @default it has this one */
  readonly queue?: string
}

interface ConsumerRule {
  readonly id: string
  readonly eventPattern: EventPattern
  /** @default the account's default bus */
  readonly eventBus?: IEventBus
}

/** How often a message is delivered before it is moved to the dead-letter queue. */
const maxReceiveCount = 5

/**
 * A consumer that cannot be invoked for days loses no event. A message keeps its enqueue time when it moves to the
 * dead-letter queue, so half of that queue's 14 days remain at least (SQS Developer Guide, "Using dead-letter queues").
 */
const queueRetention = Duration.days(7)

/** How long an event may wait for its consumer, besides the delay. */
const longestWait = Duration.minutes(5)

/**
 * Rule → queue → function. What the bus cannot deliver and what the function cannot handle both end in one
 * dead-letter queue, with the event as the body either way.
 */
export class EventConsumer extends Construct {
  private readonly queue: Queue
  private readonly queueName: string
  private readonly deadLetterQueue: DeadLetterQueue

  constructor(scope: Construct, props: EventConsumerProps) {
    const { bus, events = [], detail, awsEvents = {} } = props
    const { service, entry, timeout } = props.function
    const part = props.queue ? `${entry}-${props.queue}` : entry
    super(scope, `${part}-consumer`)
    const { stage, resources } = StageStack.of(this)
    const name = `${service}-${part}`
    this.queueName = `${stage.prefix}-${name}`
    this.deadLetterQueue = new DeadLetterQueue(this, 'dlq', { name: `${name}-dlq` })
    this.queue = new Queue(this, 'queue', {
      queueName: this.queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS recommends six timeouts: a throttled batch is retried by the poller while its messages stay hidden.
      visibilityTimeout: Duration.seconds(6 * timeout!.toSeconds() + (props.batchWindow?.toSeconds() ?? 0)),
      retentionPeriod: queueRetention,
      ...(props.delay ? { deliveryDelay: props.delay } : {}),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    })
    resources.queues.push(this.queueName)
    const rules: ConsumerRule[] = [
      // One rule per source: a pattern of several would also match pairs of source and type that do not exist.
      ...[...typesBySource(events)].map(([source, types]) => {
        const eventPattern = { source: [source], detailType: types, ...(detail ? { detail } : {}) }
        return { id: source, eventPattern, eventBus: bus }
      }),
      ...Object.entries(awsEvents).map(([id, eventPattern]) => ({ id, eventPattern })),
    ]
    this.allowRules(rules)
    for (const rule of rules) this.addRule(rule)
    this.addAgeAlarm(name, props.delay)
    this.addMapping(props)
  }

  /** CDK's SqsEventSource would also grant actions that pollers never use, such as ChangeMessageVisibility. */
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
      // Stated even where there is none, so that an update ends the window of a sale that is over.
      maxBatchingWindow: batchWindow ?? Duration.seconds(0),
    })
    // Lambda checks the role when the mapping is created, so the role must be complete by then.
    mapping.node.addDependency(consumer.role!)
  }

  /**
   * The queues accept the rules before they exist, so that their ARNs are built of their names: EventBridge does not retry an
   * event that a queue's policy denies, and a rule without its policies would lose what it matches. All are in one condition,
   * since a queue's policy has at most ten ("8,192 bytes, 20 statements, 50 principals, or 10 conditions", SQS Developer
   * Guide, queue quotas).
   */
  private allowRules(rules: readonly ConsumerRule[]): void {
    const ruleArns = rules.map(({ id, eventBus }) => {
      const ruleName = this.ruleNameOf(id)
      const resourceName = eventBus ? `${eventBus.eventBusName}/${ruleName}` : ruleName
      return Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName })
    })
    for (const queue of [this.queue, this.deadLetterQueue]) queue.addToResourcePolicy(sendStatement(ruleArns, queue))
  }

  private ruleNameOf(id: string): string {
    return `${this.queueName}-${id}`
  }

  private addRule({ id, eventPattern, eventBus }: ConsumerRule): void {
    const ruleName = this.ruleNameOf(id)
    const rule = new Rule(this, id, {
      ruleName,
      ...(eventBus ? { eventBus } : {}),
      eventPattern,
      targets: [
        new QueueTarget(this.queue, {
          deadLetterQueue: this.deadLetterQueue,
          // An event that is undelivered after four hours needs a person; EventBridge would retry for 24.
          maxEventAge: Duration.hours(4),
          retryAttempts: 100,
        }),
      ],
    })
    rule.node.addDependency(...[this.queue, this.deadLetterQueue].map((queue) => queue.node.findChild('Policy')))
    const name = ruleName.slice(StageStack.of(this).stage.prefix.length + 1)
    // Not `rule.ruleName`, which is `bus|rule` for a rule of another bus than the default one.
    const dimensions = { RuleName: ruleName, ...(eventBus ? { EventBusName: eventBus.eventBusName } : {}) }
    addLostEventsAlarm({ rule, name, dimensions })
  }

  private addAgeAlarm(name: string, delay = Duration.seconds(0)): void {
    const threshold = longestWait.toSeconds() + delay.toSeconds()
    const age = this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' })
    addAlarm(this, 'age-alarm', age, {
      name: `${name}-late`,
      problem: `An event has waited for ${threshold / 60} minutes: its consumer fails or is too slow.`,
      runbook: 'queue-late',
      // One period is enough: two would make six minutes of the five.
      threshold,
    })
  }
}

const sendStatement = (ruleArns: string[], queue: Queue) =>
  new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': ruleArns } },
  })

function typesBySource(events: readonly EventDefinition[]): Map<string, string[]> {
  const types = new Map<string, string[]>()
  for (const { source, type } of events) types.set(source, [...(types.get(source) ?? []), type])
  return types
}

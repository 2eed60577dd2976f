import { accountId, type ResourceProvider } from '../assembly/provider.ts'
import { noMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import { noChaos, type Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import type { JsonService } from '../wire/service.ts'
import { LongPolls } from './long-polls.ts'
import { checkMessage, type MessageAttributes, type ReceivedMessage } from './message.ts'
import { MessageStore, type Depth, type StoredMessage } from './message-store.ts'
import { MoveTasks } from './move-tasks.ts'
import { queueOperations } from './operations.ts'
import type { RedrivePolicy } from './queue-attributes.ts'
import { queueArn as arnOf, queueProviders, QueueStore, type Queue } from './queue-store.ts'

/** SQS with standard queues: at-least-once delivery, approximately in the order of sending. */
export class SqsService {
  readonly wire: JsonService
  readonly providers: ResourceProvider[]
  readonly #queues: QueueStore
  readonly #messages: MessageStore
  readonly #polls: LongPolls
  readonly #moveTasks: MoveTasks
  readonly #metrics: MetricSink
  /** When each queue last had messages, for {@link measure}. */
  readonly #activeMs = new Map<string, number>()
  readonly #endpoint: () => string
  readonly #arrivalListeners = new Set<(queueName: string) => void>()

  /** @param options.metrics @default none are published */
  constructor(options: {
    state: State
    clock: Clock
    access: AccessControl
    endpoint: () => string
    metrics?: MetricSink
    /** @default no faults */
    chaos?: Chaos
  }) {
    const { state, clock, chaos = noChaos } = options
    this.#endpoint = options.endpoint
    this.#queues = new QueueStore(options)
    const changed = (queue: string) => state.afterCommit(() => this.#polls.wake(queue))
    const arrived = (queue: string) => {
      changed(queue)
      state.afterCommit(() => this.#arrivalListeners.forEach((listener) => listener(queue)))
    }
    this.#metrics = options.metrics ?? noMetrics
    this.#messages = new MessageStore({ state, clock, queues: this.#queues, changed, arrived, chaos })
    this.#polls = new LongPolls(clock, (queue) => this.#messages.nextVisibleMs(queue))
    this.#moveTasks = new MoveTasks({ state, clock, queues: this.#queues, messages: this.#messages })
    const urlOf = (name: string) => this.urlOf(name)
    this.wire = {
      targetPrefix: 'AmazonSQS',
      version: '1.0',
      operations: {
        ...queueOperations({
          queues: this.#queues,
          messages: this.#messages,
          chaos,
          urlOf,
          receive: (queueArn, receiveOptions) => this.receive(queueArn, receiveOptions),
        }),
        ...this.#moveTasks.operations,
      },
    }
    this.providers = queueProviders(this.#queues, urlOf)
  }

  /** Creates the queue, or updates the existing one to these settings; its messages are unchanged. */
  createQueue(queue: {
    name: string
    visibilityTimeoutSeconds: number
    retentionSeconds: number
    delaySeconds: number
    redrive?: RedrivePolicy
    receiveWaitSeconds: number
  }): { arn: string; url: string } {
    const { arn } = this.#queues.put(queue.name, {
      VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(queue.retentionSeconds),
      DelaySeconds: String(queue.delaySeconds),
      ReceiveMessageWaitTimeSeconds: String(queue.receiveWaitSeconds),
      ...(queue.redrive && { RedrivePolicy: JSON.stringify(queue.redrive) }),
    })
    return { arn, url: this.urlOf(queue.name) }
  }

  /**
   * Makes messages in flight visible again: for a queue whose only receivers are known to have ended without deleting them.
   * @throws AwsError QueueDoesNotExist
   */
  release(queueArn: string): void {
    this.#messages.release(this.#queues.byArn(queueArn))
  }

  urlOf(queueName: string): string {
    return `${this.#endpoint()}/${accountId}/${queueName}`
  }

  /**
   * Sends on behalf of another emulated service. Synchronous, so that it can be part of a transaction.
   * @throws AwsError QueueDoesNotExist, InvalidParameterValue (too long), InvalidMessageContents
   */
  send(
    queueArn: string,
    message: {
      body: string
      attributes?: MessageAttributes
      delaySeconds?: number
      senderId?: string
      traceHeader?: string | undefined
    },
  ): { messageId: string } {
    const queue = this.#queues.byArn(queueArn)
    const { body, attributes = {}, delaySeconds = queue.delaySeconds, senderId = accountId, traceHeader } = message
    checkMessage(body, attributes, queue.maxMessageBytes)
    return { messageId: this.#messages.add(queue, { body, attributes, delaySeconds, senderId, traceHeader }) }
  }

  /**
   * Long-polls; resolves with up to `max` messages, or `[]` after `waitMs` or immediately on abort.
   * @throws AwsError QueueDoesNotExist
   */
  async receive(
    queueArn: string,
    options: { max: number; waitMs: number; visibilityTimeoutSeconds?: number; signal?: AbortSignal },
  ): Promise<ReceivedMessage[]> {
    if (options.signal?.aborted) return []
    const take = () => {
      const queue = this.#queues.byArn(queueArn)
      return this.#messages.take(queue, options.max, options.visibilityTimeoutSeconds ?? queue.visibilityTimeoutSeconds)
    }
    const messages = take()
    if (messages.length > 0 || options.waitMs <= 0) return messages
    return this.#polls.wait(this.#queues.byArn(queueArn).name, take, options.waitMs, options.signal)
  }

  /** @throws AwsError QueueDoesNotExist, ReceiptHandleIsInvalid */
  delete(queueArn: string, receiptHandle: string): void {
    this.#messages.delete(this.#queues.byArn(queueArn), receiptHandle)
  }

  /** The depth of each queue. */
  depths(): ({ arn: string; name: string } & Depth)[] {
    return this.#queues.list().map((queue) => ({ arn: queue.arn, name: queue.name, ...this.#messages.depth(queue) }))
  }

  /** Calls back after each commit that added a message to a queue. @returns a function that ends it */
  onArrival(listener: (queueName: string) => void): () => void {
    this.#arrivalListeners.add(listener)
    return () => this.#arrivalListeners.delete(listener)
  }

  /** The names of the queues that are the dead-letter queue of another one. */
  deadLetterQueues(): string[] {
    return this.#queues.list().flatMap(({ name }) => (this.sourcesOf(name).length > 0 ? [name] : []))
  }

  /** The names of the queues whose dead-letter queue this is. */
  sourcesOf(queueName: string): string[] {
    return this.#queues.sourcesOf(arnOf(queueName)).map(({ name }) => name)
  }

  /** The oldest messages of a queue, which this does not receive. @throws AwsError QueueDoesNotExist */
  peek(queueName: string, limit: number): StoredMessage[] {
    return this.#messages.peek(this.#queues.get(queueName), limit)
  }

  /** All messages of a queue: visible, in flight and delayed. @throws AwsError QueueDoesNotExist */
  count(queueName: string): number {
    const { visible, inFlight, delayed } = this.#messages.depth(this.#queues.get(queueName))
    return visible + inFlight + delayed
  }

  /**
   * Publishes the metrics of the queues; SQS does so each minute, and for an empty queue until six hours after its last
   * activity.
   */
  measure(atMs: number): void {
    for (const queue of this.#queues.list()) {
      const { visible, inFlight, delayed } = this.#messages.depth(queue)
      if (visible + inFlight + delayed > 0) this.#activeMs.set(queue.name, atMs)
      if (atMs - (this.#activeMs.get(queue.name) ?? -Infinity) > 6 * 3_600_000) continue
      const metric = (name: string) => ({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queue.name } })
      this.#metrics.add(metric('ApproximateNumberOfMessagesVisible'), visible, atMs)
      const ageSeconds = Math.floor(this.#messages.oldestAgeMs(queue, atMs) / 1000)
      this.#metrics.add(metric('ApproximateAgeOfOldestMessage'), ageSeconds, atMs)
    }
  }

  /** @throws AwsError QueueDoesNotExist */
  attributesOf(queueArn: string): Queue {
    return this.#queues.byArn(queueArn)
  }

  /** Ends all long polls empty, and move tasks. */
  stop(): void {
    this.#moveTasks.stop()
    this.#polls.stop()
  }
}

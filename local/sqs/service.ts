import { accountId, type ResourceProvider } from '../assembly/provider.ts'
import { noMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import { noChaos, type Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import type { JsonService } from '../wire/service.ts'
import { LongPolls, type ReceiveOptions } from './long-polls.ts'
import type { ReceivedMessage } from './message.ts'
import { MessageStore, type Depth, type NewMessage, type StoredMessage } from './message-store.ts'
import { MoveTasks } from './move-tasks.ts'
import { queueOperations } from './operations.ts'
import { queueArn as arnOf, queueProviders, QueueStore, type Queue } from './queue-store.ts'

interface SqsOptions {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  readonly endpoint: () => string
  /** @default none are published */
  readonly metrics?: MetricSink | undefined
  /** @default no faults */
  readonly chaos?: Chaos
}

/** SQS with standard queues: at-least-once delivery, approximately in the order of sending. */
export class SqsService {
  readonly wire: JsonService
  readonly providers: ResourceProvider[]
  readonly #queues: QueueStore
  readonly #messages: MessageStore
  readonly #polls: LongPolls
  readonly #moveTasks: MoveTasks
  readonly #options: SqsOptions
  /** When each queue last had messages, for {@link measure}. */
  readonly #activeMs = new Map<string, number>()
  readonly #arrivalListeners = new Set<(queueName: string) => void>()

  constructor(options: SqsOptions) {
    const { state, clock, chaos = noChaos } = options
    this.#options = options
    const queues = new QueueStore(options)
    const changed = (queue: string, arrived: boolean) =>
      state.afterCommit(() => {
        this.#polls.wake(queue)
        if (arrived) for (const listener of this.#arrivalListeners) listener(queue)
      })
    const messages = new MessageStore({ state, clock, queues, changed, chaos })
    this.#queues = queues
    this.#messages = messages
    this.#polls = new LongPolls(clock, queues, messages)
    this.#moveTasks = new MoveTasks({ state, clock, queues, messages })
    const urlOf = (name: string) => this.urlOf(name)
    this.wire = {
      targetPrefix: 'AmazonSQS',
      version: '1.0',
      operations: {
        ...queueOperations({ queues, messages, polls: this.#polls, chaos, urlOf }),
        ...this.#moveTasks.operations,
      },
    }
    this.providers = queueProviders(queues, urlOf)
  }

  urlOf(queueName: string): string {
    return `${this.#options.endpoint()}/${accountId}/${queueName}`
  }

  /**
   * Sends on behalf of another emulated service. Synchronous, so that it can be part of a transaction.
   * @throws AwsError QueueDoesNotExist, InvalidParameterValue (too long), InvalidMessageContents
   */
  send(queueArn: string, message: NewMessage): { messageId: string } {
    return { messageId: this.#messages.add(this.#queues.byArn(queueArn), message) }
  }

  /** @throws AwsError QueueDoesNotExist */
  async receive(queueArn: string, options: ReceiveOptions): Promise<ReceivedMessage[]> {
    return this.#polls.receive(this.#queues.byArn(queueArn).name, options)
  }

  /** @throws AwsError QueueDoesNotExist, ReceiptHandleIsInvalid */
  delete(queueArn: string, receiptHandle: string): void {
    this.#messages.delete(this.#queues.byArn(queueArn), receiptHandle)
  }

  /**
   * Makes messages in flight visible again: for a queue whose only receivers are known to have ended without deleting them.
   * @throws AwsError QueueDoesNotExist
   */
  release(queueArn: string): void {
    this.#messages.release(this.#queues.byArn(queueArn))
  }

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

  /** @throws AwsError QueueDoesNotExist */
  attributesOf(queueArn: string): Queue {
    return this.#queues.byArn(queueArn)
  }

  /**
   * Publishes the metrics of the queues; SQS does so each minute, and for an empty queue until six hours after its last
   * activity.
   */
  measure(atMs: number): void {
    const { metrics = noMetrics } = this.#options
    for (const queue of this.#queues.list()) {
      const { visible, inFlight, delayed } = this.#messages.depth(queue)
      if (visible + inFlight + delayed > 0) this.#activeMs.set(queue.name, atMs)
      if (atMs - (this.#activeMs.get(queue.name) ?? -Infinity) > 6 * 3_600_000) continue
      const metric = (name: string) => ({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queue.name } })
      metrics.add(metric('ApproximateNumberOfMessagesVisible'), visible, atMs)
      const ageSeconds = Math.floor(this.#messages.oldestAgeMs(queue, atMs) / 1000)
      metrics.add(metric('ApproximateAgeOfOldestMessage'), ageSeconds, atMs)
    }
  }

  /** Ends all long polls empty, and move tasks. */
  stop(): void {
    this.#moveTasks.stop()
    this.#polls.stop()
  }
}

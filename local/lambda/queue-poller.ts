import { availableParallelism } from 'node:os'
import { region } from '../assembly/provider.ts'
import type { ReceivedMessage } from '../sqs/message.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { QueueMapping } from './mapping-configuration.ts'
import { invokeUnthrottled, isTooLarge, readBatchResponse, repeat, requireOf, type PollerContext } from './poller.ts'

/** The longest wait that SQS allows for a receive. */
const longPollMs = 20_000
const maximumPerReceive = 10

/**
 * Two batches of a queue run while a third would wait for a core: its messages stay in the queue, where they make the next
 * batch larger. One core also runs two, so that a slow batch does not hold up all others.
 */
const batchesPerMachine = Math.max(2, availableParallelism())

/**
 * Invokes a function with batches from a queue; failed messages stay in the queue until their visibility timeout
 * ends.
 */
export class QueuePoller {
  readonly #mapping: QueueMapping
  readonly #context: PollerContext
  readonly #signal: AbortSignal
  readonly #batchesAtOnce: number
  readonly #running = new Set<Promise<void>>()

  constructor(mapping: QueueMapping, context: PollerContext, signal: AbortSignal) {
    this.#mapping = mapping
    this.#context = context
    this.#signal = signal
    this.#batchesAtOnce = Math.min(mapping.maximumConcurrency, batchesPerMachine)
  }

  /** Polls until the signal aborts and the running batches have ended. */
  async run(): Promise<void> {
    const what = `The poller of ${this.#mapping.eventSourceArn} for ${this.#mapping.functionName}`
    await repeat(() => this.#round(), { what, context: this.#context, signal: this.#signal })
    await Promise.all(this.#running)
  }

  async #round(): Promise<void> {
    while (this.#running.size >= this.#batchesAtOnce) await Promise.race(this.#running)
    if (this.#signal.aborted) return
    // Lambda reads the attributes to decide how many pollers a queue needs.
    this.#require('sqs:GetQueueAttributes', 'sqs:ReceiveMessage')
    const messages = await this.#receive()
    // A message that was received but not handled becomes visible again by itself.
    if (messages.length === 0 || this.#signal.aborted) return
    const batch = this.#handle(messages).finally(() => this.#running.delete(batch))
    this.#running.add(batch)
  }

  /** @throws AwsError naming the permission on the queue that the function's role is missing */
  #require(...actions: string[]): void {
    const { configuration } = this.#context.functions.resolve(this.#mapping.functionName)
    requireOf(configuration, this.#context, actions, this.#mapping.eventSourceArn)
  }

  async #receive(): Promise<ReceivedMessage[]> {
    const { batchSize, batchingWindowMs } = this.#mapping
    const messages = await this.#receiveOnce(batchSize, longPollMs)
    const deadlineMs = this.#context.clock.now() + batchingWindowMs
    while (messages.length > 0 && messages.length < batchSize && !this.#signal.aborted) {
      const leftMs = deadlineMs - this.#context.clock.now()
      if (leftMs <= 0) break
      messages.push(...(await this.#receiveOnce(batchSize - messages.length, leftMs)))
    }
    return messages
  }

  #receiveOnce(count: number, waitMs: number): Promise<ReceivedMessage[]> {
    const max = Math.min(maximumPerReceive, count)
    return this.#context.sqs.receive(this.#mapping.eventSourceArn, { max, waitMs, signal: this.#signal })
  }

  async #handle(received: ReceivedMessage[]): Promise<void> {
    try {
      this.#delete(await this.#succeeded(received))
    } catch (error) {
      if (this.#signal.aborted) return
      if (!(error instanceof AwsError)) throw error
      this.#context.warn(`A batch of ${this.#mapping.eventSourceArn} failed: ${error.message}`)
    }
  }

  async #succeeded(messages: ReceivedMessage[]): Promise<ReceivedMessage[]> {
    const { eventSourceArn, reportsItemFailures } = this.#mapping
    const { clock, sqs, warn } = this.#context
    const untilMs = clock.now() + sqs.attributesOf(eventSourceArn).visibilityTimeoutSeconds * 1000
    const event = JSON.stringify({ Records: messages.map((message) => recordOf(message, eventSourceArn)) })
    if (isTooLarge(event) && messages.length > 1) {
      const middle = Math.ceil(messages.length / 2)
      return [...(await this.#succeeded(messages.slice(0, middle))), ...(await this.#succeeded(messages.slice(middle)))]
    }
    const options = { context: this.#context, signal: this.#signal, untilMs }
    const invoked = await invokeUnthrottled(this.#mapping, { event }, options)
    if (!invoked || invoked.outcome.kind === 'error') return []
    if (!reportsItemFailures) return messages
    const identifiers = messages.map((message) => message.messageId)
    const result = readBatchResponse(invoked.outcome.payload, identifiers)
    switch (result.kind) {
      case 'all-succeeded':
        return messages
      case 'all-failed':
        warn(`${this.#mapping.functionName} failed the whole batch (request ${invoked.requestId}): ${result.why}.`)
        return []
      case 'some-failed':
        return messages.filter((message) => !result.identifiers.has(message.messageId))
      default:
        return result satisfies never
    }
  }

  #delete(messages: ReceivedMessage[]): void {
    if (messages.length === 0) return
    const { sqs, state } = this.#context
    this.#require('sqs:DeleteMessage')
    state.transaction(() => {
      for (const message of messages) sqs.delete(this.#mapping.eventSourceArn, message.receiptHandle)
    })
  }
}

/** A message as a record of the function's event. */
function recordOf(message: ReceivedMessage, queueArn: string): object {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, attribute]) => [
        name,
        {
          ...(attribute.StringValue !== undefined && { stringValue: attribute.StringValue }),
          ...(attribute.BinaryValue !== undefined && { binaryValue: attribute.BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
          dataType: attribute.DataType,
        },
      ]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  }
}

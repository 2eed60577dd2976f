import { availableParallelism } from 'node:os'
import { region } from '../assembly/provider.ts'
import type { ReceivedMessage } from '../sqs/message.ts'
import { within } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { QueueMapping } from './mapping-configuration.ts'
import { isTooLarge, Poller } from './poller.ts'

/** The longest wait that SQS allows for a receive. */
const longPollMs = 20_000
const maximumPerReceive = 10

/** A batch beyond one for each core would only wait for a core: its messages stay in the queue and make the next one larger. */
const batchesPerMachine = Math.max(2, availableParallelism())

/**
 * A batch runs without a younger one for so long. One after the other, batches are larger than at the same time, and take
 * less of the cores from the batches of other queues; a slow one must not hold up all others.
 */
const aloneMs = 1000

/**
 * Invokes a function with batches from a queue; failed messages stay in the queue until their visibility timeout
 * ends.
 */
export class QueuePoller extends Poller<QueueMapping> {
  /** The batches with the times at which they began. */
  readonly #running = new Map<Promise<void>, number>()

  /** Polls until the signal aborts and the running batches have ended. */
  override async run(): Promise<void> {
    await super.run()
    await Promise.all(this.#running.keys())
  }

  protected override async round(): Promise<void> {
    await this.#turn()
    if (this.signal.aborted) return
    // Lambda reads the attributes to decide how many pollers a queue needs.
    this.require('sqs:GetQueueAttributes', 'sqs:ReceiveMessage')
    const messages = await this.#receive()
    // A message that was received but not handled becomes visible again by itself.
    if (messages.length === 0 || this.signal.aborted) return
    const batch = this.#handle(messages).finally(() => this.#running.delete(batch))
    this.#running.set(batch, this.context.clock.now())
  }

  /** Resolves when another batch may begin. */
  async #turn(): Promise<void> {
    const { clock } = this.context
    const batchesAtOnce = Math.min(this.mapping.maximumConcurrency, batchesPerMachine)
    while (this.#running.size > 0) {
      const waitMs = Math.max(...this.#running.values()) + aloneMs - clock.now()
      const isFull = this.#running.size >= batchesAtOnce
      if (!isFull && waitMs <= 0) return
      const oneEnds = Promise.race(this.#running.keys())
      await (isFull ? oneEnds : within(waitMs, oneEnds, clock))
    }
  }

  async #receive(): Promise<ReceivedMessage[]> {
    const { batchSize, batchingWindowMs } = this.mapping
    const messages = await this.#receiveOnce(batchSize, longPollMs)
    const deadlineMs = this.context.clock.now() + batchingWindowMs
    while (messages.length > 0 && messages.length < batchSize && !this.signal.aborted) {
      const leftMs = deadlineMs - this.context.clock.now()
      if (leftMs <= 0) break
      messages.push(...(await this.#receiveOnce(batchSize - messages.length, leftMs)))
    }
    return messages
  }

  #receiveOnce(count: number, waitMs: number): Promise<ReceivedMessage[]> {
    const max = Math.min(maximumPerReceive, count)
    return this.context.sqs.receive(this.mapping.eventSourceArn, { max, waitMs, signal: this.signal })
  }

  async #handle(received: ReceivedMessage[]): Promise<void> {
    try {
      this.#delete(await this.#succeeded(received))
    } catch (error) {
      if (this.signal.aborted) return
      if (!(error instanceof AwsError)) throw error
      this.context.warn(`A batch of ${this.mapping.eventSourceArn} failed: ${error.message}`)
    }
  }

  async #succeeded(messages: ReceivedMessage[]): Promise<ReceivedMessage[]> {
    const event = JSON.stringify({ Records: messages.map((message) => recordOf(message, this.mapping.eventSourceArn)) })
    if (isTooLarge(event) && messages.length > 1) {
      const middle = Math.ceil(messages.length / 2)
      return [...(await this.#succeeded(messages.slice(0, middle))), ...(await this.#succeeded(messages.slice(middle)))]
    }
    const invoked = await this.context.invoker.invoke(this.target(), { event })
    const identifiers = messages.map((message) => message.messageId)
    const failed = this.failuresOf(invoked, identifiers)
    return failed === 'all' ? [] : messages.filter((message) => !failed.has(message.messageId))
  }

  #delete(messages: ReceivedMessage[]): void {
    if (messages.length === 0) return
    const { sqs, state } = this.context
    this.require('sqs:DeleteMessage')
    state.transaction(() => {
      for (const message of messages) sqs.delete(this.mapping.eventSourceArn, message.receiptHandle)
    })
  }
}

/** A message as a record of the function's event. */
function recordOf(message: ReceivedMessage, queueArn: string): object {
  const { messageId, receiptHandle, body, attributes, md5OfBody } = message
  const messageAttributes = Object.entries(message.messageAttributes).map(([name, attribute]) => [
    name,
    {
      ...(attribute.StringValue !== undefined && { stringValue: attribute.StringValue }),
      ...(attribute.BinaryValue !== undefined && { binaryValue: attribute.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: attribute.DataType,
    },
  ])
  return {
    messageId,
    receiptHandle,
    body,
    attributes,
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  }
}

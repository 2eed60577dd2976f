import { randomUUID } from 'node:crypto'
import type { Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { accountId } from '../assembly/provider.ts'
import {
  checkMessage,
  formatReceipt,
  invalidParameter,
  longestVisibilityTimeoutSeconds,
  md5,
  parseReceipt,
} from './message.ts'
import type { MessageAttributes, ReceivedMessage } from './message.ts'
import { queueArn, type Queue, type QueueStore } from './queue-store.ts'

interface MessageRow {
  id: number
  queue: string
  message_id: string
  body: string
  attributes: string
  trace_header: string | null
  sender: string
  sent_ms: number
  first_received_ms: number | null
  receive_count: number
  visible_ms: number
  receipt: string | null
  source: string | null
}

/** `receipt`: nonce of the latest receive from this queue. `source`: ARN of the queue a dead-letter message came from. */
const schema = `
CREATE TABLE IF NOT EXISTS sqs_message (
  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL REFERENCES sqs_queue (name) ON DELETE CASCADE,
  message_id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL, trace_header TEXT, sender TEXT NOT NULL,
  sent_ms INTEGER NOT NULL, first_received_ms INTEGER, receive_count INTEGER NOT NULL, visible_ms INTEGER NOT NULL,
  receipt TEXT, source TEXT);
CREATE INDEX IF NOT EXISTS sqs_message_visible ON sqs_message (queue, visible_ms, id);
CREATE INDEX IF NOT EXISTS sqs_message_sent ON sqs_message (queue, sent_ms)`

export interface NewMessage {
  readonly body: string
  readonly attributes?: MessageAttributes
  readonly traceHeader?: string | undefined
  /** @default that of the queue */
  readonly delaySeconds?: number | undefined
  /** @default the account */
  readonly senderId?: string
}

/** A message as it is stored, without having been received. */
export interface StoredMessage {
  readonly messageId: string
  readonly body: string
  readonly attributes: MessageAttributes
  readonly state: 'waiting' | 'in flight' | 'delayed'
  readonly receiveCount: number
  readonly sentMs: number
  /** In a dead-letter queue: the ARN of the queue it came from. */
  readonly source: string | null
}

export interface Depth {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
}

interface MessageStoreOptions {
  readonly state: State
  readonly clock: Clock
  readonly queues: QueueStore
  /** Called within each transaction that may make a message visible; `arrived` if it adds the message to the queue. */
  readonly changed: (queue: string, arrived: boolean) => void
  readonly chaos: Chaos
}

/** The messages of all queues. */
export class MessageStore {
  readonly #options: MessageStoreOptions
  readonly #state: State

  constructor(options: MessageStoreOptions) {
    this.#options = options
    this.#state = options.state
    this.#state.define(schema)
  }

  /** @throws AwsError MissingParameter, InvalidParameterValue (too long), InvalidMessageContents. @returns the message's id */
  add(queue: Queue, message: NewMessage): string {
    const {
      body,
      attributes = {},
      traceHeader = null,
      delaySeconds = queue.delaySeconds,
      senderId = accountId,
    } = message
    checkMessage(body, attributes, queue.maxMessageBytes)
    const messageId = randomUUID()
    const nowMs = this.#nowMs()
    this.#state.run(
      `INSERT INTO sqs_message (queue, message_id, body, attributes, trace_header, sender, sent_ms, receive_count, visible_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
      queue.name,
      messageId,
      body,
      JSON.stringify(attributes),
      traceHeader,
      senderId,
      nowMs,
      nowMs + delaySeconds * 1000 + this.#options.chaos.delayMs('messages delayed and reordered'),
    )
    this.#options.changed(queue.name, true)
    return messageId
  }

  /** Receives up to `max` visible messages; one that was received too often moves to the dead-letter queue instead. */
  take(queue: Queue, max: number, visibilityTimeoutSeconds: number): ReceivedMessage[] {
    return this.#state.transaction(() => {
      this.#expire(queue)
      for (;;) {
        const candidates = this.#visible(queue, max)
        const exhausted = candidates.filter((row) => row.receive_count >= (queue.redrive?.maxReceiveCount ?? Infinity))
        if (exhausted.length === 0) return candidates.map((row) => this.#receive(row, visibilityTimeoutSeconds))
        for (const row of exhausted) this.#deadLetter(queue, row)
      }
    })
  }

  /** Deletes the message unless it was received again since; like a standard queue on AWS, silently. */
  delete(queue: Queue, receiptHandle: unknown): void {
    const { id, nonce } = parseReceipt(queue.arn, receiptHandle)
    const againMs = this.#options.chaos.delayMs('messages delivered again after their deletion')
    // Again only after the first receive, so that it ends in no dead-letter queue.
    const again = `UPDATE sqs_message SET visible_ms = ?, receipt = NULL
       WHERE id = ? AND queue = ? AND receipt = ? AND receive_count = 1`
    if (againMs > 0 && this.#state.run(again, this.#nowMs() + againMs, id, queue.name, nonce).changes > 0)
      return this.#options.changed(queue.name, false)
    this.#state.run('DELETE FROM sqs_message WHERE id = ? AND queue = ? AND receipt = ?', id, queue.name, nonce)
  }

  /**
   * "The maximum visibility timeout is 12 hours from the time that Amazon SQS receives the ReceiveMessage request. Extending
   * the visibility timeout does not reset the 12 hour maximum." (Amazon SQS Developer Guide,
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html). The message is
   * that of SQS (https://github.com/localstack/localstack/issues/3956).
   * @throws AwsError ReceiptHandleIsInvalid, InvalidParameterValue (not in flight, or longer than the maximum)
   */
  changeVisibility(queue: Queue, receiptHandle: unknown, seconds: number): void {
    const { id, nonce, receivedMs } = parseReceipt(queue.arn, receiptHandle)
    const row = this.#state.get<MessageRow>('SELECT * FROM sqs_message WHERE id = ? AND queue = ?', id, queue.name)
    // As on AWS, a handle is valid when the visibility has just expired, as long as the message was not received again. The
    // error is that of SQS in place of MessageNotInflight (https://github.com/aws/aws-sdk-net/issues/1927).
    if (row?.receipt !== nonce) {
      const reason = 'Message does not exist or is not available for visibility timeout change.'
      throw invalidParameter(receiptHandle, 'ReceiptHandle', reason)
    }
    const visibleMs = this.#nowMs() + seconds * 1000
    if (visibleMs > receivedMs + longestVisibilityTimeoutSeconds * 1000) {
      const reason = `Total VisibilityTimeout for the message is beyond the limit [${longestVisibilityTimeoutSeconds} seconds]`
      throw invalidParameter(seconds, 'VisibilityTimeout', reason)
    }
    this.#state.run('UPDATE sqs_message SET visible_ms = ? WHERE id = ?', visibleMs, id)
    this.#options.changed(queue.name, false)
  }

  /** Makes messages in flight visible again; their receives stay counted. */
  release(queue: Queue): void {
    const update = `UPDATE sqs_message SET visible_ms = ?1, receipt = NULL
       WHERE queue = ?2 AND receipt IS NOT NULL AND visible_ms > ?1`
    this.#state.run(update, this.#nowMs(), queue.name)
    this.#options.changed(queue.name, false)
  }

  purge(queue: Queue): void {
    this.#state.run('DELETE FROM sqs_message WHERE queue = ?', queue.name)
  }

  depth(queue: Queue): Depth {
    this.#expire(queue)
    return this.#state.get<Depth>(
      `SELECT COUNT(*) FILTER (WHERE visible_ms <= ?1) AS visible,
        COUNT(*) FILTER (WHERE visible_ms > ?1 AND receipt IS NOT NULL) AS inFlight,
        COUNT(*) FILTER (WHERE visible_ms > ?1 AND receipt IS NULL) AS delayed
       FROM sqs_message WHERE queue = ?2`,
      this.#nowMs(),
      queue.name,
    )!
  }

  /** The oldest messages, which this does not receive. */
  peek(queue: Queue, limit: number): StoredMessage[] {
    this.#expire(queue)
    const rows = this.#state.all<StoredMessage & { attributes: string }>(
      `SELECT message_id AS messageId, body, attributes, receive_count AS receiveCount, sent_ms AS sentMs, source,
        CASE WHEN visible_ms <= ? THEN 'waiting' WHEN receipt IS NULL THEN 'delayed' ELSE 'in flight' END AS state
       FROM sqs_message WHERE queue = ? ORDER BY sent_ms, id LIMIT ?`,
      this.#nowMs(),
      queue.name,
      limit,
    )
    return rows.map((row) => ({ ...row, attributes: JSON.parse(row.attributes) }))
  }

  /** Age since the oldest message was sent or, in a dead-letter queue, arrived there; 0 without a message. */
  oldestAgeMs(queue: Queue, nowMs: number): number {
    const oldest = `SELECT MIN(CASE WHEN source IS NOT NULL AND receipt IS NULL THEN visible_ms ELSE sent_ms END) AS since
       FROM sqs_message WHERE queue = ?`
    const { since } = this.#state.get<{ since: number | null }>(oldest, queue.name)!
    return since === null ? 0 : Math.max(0, nowMs - since)
  }

  /**
   * When the next message becomes visible. The time may already be past: the clock may have advanced since the receive
   * that found no message, and a waiting receiver must not miss it.
   */
  nextVisibleMs({ name }: Queue): number {
    const earliest = 'SELECT MIN(visible_ms) AS at FROM sqs_message WHERE queue = ?'
    return this.#state.get<{ at: number | null }>(earliest, name)?.at ?? Infinity
  }

  /** Moves up to `limit` visible messages to another queue, where they count as new ones, as on AWS. @returns how many */
  redrive(queue: Queue, target: Queue, limit: number): number {
    this.#expire(queue)
    const nowMs = this.#nowMs()
    const rows = this.#visible(queue, limit)
    const update = `UPDATE sqs_message SET queue = ?, message_id = ?, sent_ms = ?, visible_ms = ?, receive_count = 0,
       first_received_ms = NULL, receipt = NULL, source = NULL WHERE id = ?`
    const visibleMs = nowMs + target.delaySeconds * 1000
    for (const { id } of rows) this.#state.run(update, target.name, randomUUID(), nowMs, visibleMs, id)
    this.#options.changed(target.name, true)
    return rows.length
  }

  #visible(queue: Queue, limit: number): MessageRow[] {
    const select = 'SELECT * FROM sqs_message WHERE queue = ? AND visible_ms <= ? ORDER BY visible_ms, id LIMIT ?'
    return this.#state.all<MessageRow>(select, queue.name, this.#nowMs(), limit)
  }

  /** The message keeps its id and sent time, so its retention period continues, and its receives go on being counted, as on AWS. */
  #deadLetter(queue: Queue, row: MessageRow): void {
    const target = this.#options.queues.byArn(queue.redrive!.deadLetterTargetArn)
    const update = `UPDATE sqs_message SET queue = ?, source = ?, visible_ms = ?, first_received_ms = NULL, receipt = NULL
       WHERE id = ?`
    this.#state.run(update, target.name, queue.arn, this.#nowMs(), row.id)
    this.#options.changed(target.name, true)
  }

  #receive(row: MessageRow, visibilityTimeoutSeconds: number): ReceivedMessage {
    const nowMs = this.#nowMs()
    const nonce = randomUUID()
    const firstReceivedMs = row.first_received_ms ?? nowMs
    const twiceMs = row.receive_count === 0 ? this.#options.chaos.delayMs('messages delivered twice at once') : 0
    const update = `UPDATE sqs_message SET receive_count = receive_count + 1, first_received_ms = ?, receipt = ?, visible_ms = ?
       WHERE id = ?`
    this.#state.run(update, firstReceivedMs, nonce, nowMs + (twiceMs || visibilityTimeoutSeconds * 1000), row.id)
    return {
      messageId: row.message_id,
      receiptHandle: formatReceipt(queueArn(row.queue), { id: row.id, nonce, receivedMs: nowMs }),
      body: row.body,
      attributes: {
        ApproximateReceiveCount: String(row.receive_count + 1),
        SentTimestamp: String(row.sent_ms),
        ApproximateFirstReceiveTimestamp: String(firstReceivedMs),
        SenderId: row.sender,
        ...(row.source !== null && { DeadLetterQueueSourceArn: row.source }),
        ...(row.trace_header !== null && { AWSTraceHeader: row.trace_header }),
      },
      messageAttributes: JSON.parse(row.attributes),
      md5OfBody: md5(row.body),
    }
  }

  #expire(queue: Queue): void {
    const expired = 'DELETE FROM sqs_message WHERE queue = ? AND sent_ms <= ?'
    this.#state.run(expired, queue.name, this.#nowMs() - queue.retentionMs)
  }

  #nowMs(): number {
    return this.#options.clock.now()
  }
}

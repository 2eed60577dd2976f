import { randomUUID } from 'node:crypto'
import { onlyShardId, retentionMs, type StreamRecord } from '../dynamodb/stream-log.ts'
import { deliver } from './destination.ts'
import { stopping } from './environment-pool.ts'
import { addMetric, type Invoked } from './invoker.ts'
import type { StreamMapping } from './mapping-configuration.ts'
import { backoffMs, isTooLarge, pause, Poller, type PollerContext } from './poller.ts'

/** How long a poller sleeps without a wake-up; it only matters when a wake-up was missed. */
const idleMs = 60_000
const firstRetryMs = 100
const longestRetryMs = 30_000

interface Attempts {
  /** Failures that count towards the retry limit. */
  failures: number
  /** All invocations, including those before a split. */
  invocations: number
  last?: Invoked
}

/**
 * Invokes a function with the records of a stream, which has one shard, in order: with retries, bisecting and finally the
 * on-failure destination.
 *
 * A batch that fails as a whole is halved. A reported record splits the batch there instead: "the batch is bisected at the
 * returned sequence number, and Lambda retries only the remaining records" (Lambda Developer Guide, Configuring partial
 * batch response with DynamoDB and Lambda). The remaining records are one batch, so a record that is reported each time is
 * not isolated: when the retries end, the records after it are discarded with it.
 */
export class StreamPoller extends Poller<StreamMapping> {
  /** Aborting it ends a wait for records. */
  #sleep = new AbortController()

  constructor(mapping: StreamMapping, context: PollerContext, signal: AbortSignal) {
    super(mapping, context, signal)
    const { eventSourceArn, startingPosition } = mapping
    context.streams.require(eventSourceArn)
    context.state.define(`CREATE TABLE IF NOT EXISTS lambda_stream_positions (
      mapping TEXT NOT NULL, stream_arn TEXT NOT NULL, shard TEXT NOT NULL, position TEXT NOT NULL,
      PRIMARY KEY (mapping, stream_arn, shard))`)
    // `LATEST` starts at the creation of the mapping, so the position is stored before anything else happens.
    if (this.#position() === undefined) {
      const latest = () => context.streams.read(eventSourceArn, 'LATEST', 1).position
      this.#moveTo(startingPosition === 'LATEST' ? latest() : startingPosition)
    }
  }

  /** Polls until the signal aborts and the running batch has ended. */
  override async run(): Promise<void> {
    const wake = () => this.#sleep.abort()
    const unsubscribe = this.context.streams.onRecords(this.mapping.eventSourceArn, wake)
    this.signal.addEventListener('abort', wake)
    await super.run().finally(unsubscribe)
  }

  protected override async round(): Promise<void> {
    const actions = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams']
    this.require(...actions.map((action) => `dynamodb:${action}`))
    const records = await this.#nextBatch()
    if (records.length === 0 || this.signal.aborted) return
    const { filter } = this.mapping
    await this.#handle(filter ? records.filter((record) => filter(record)) : records)
    this.#checkpoint(records.at(-1)!)
  }

  /** Waits for records, then up to the batching window for the batch to fill. */
  async #nextBatch(): Promise<StreamRecord[]> {
    const { eventSourceArn, batchSize, batchingWindowMs } = this.mapping
    const { clock, streams } = this.context
    let deadlineMs: number | undefined
    while (!this.signal.aborted) {
      this.#sleep = new AbortController()
      const { records } = streams.read(eventSourceArn, this.#position()!, batchSize)
      if (records.length > 0) deadlineMs ??= clock.now() + batchingWindowMs
      const leftMs = deadlineMs === undefined ? idleMs : deadlineMs - clock.now()
      if (records.length >= batchSize || leftMs <= 0) return records
      await pause(clock, leftMs, this.#sleep.signal)
    }
    return []
  }

  /**
   * Resolves once each record was accepted by the function or discarded.
   * @throws AwsError on shutdown and when a destination rejects the record; records past the checkpoint are read again
   */
  async #handle(records: readonly StreamRecord[], before: Attempts = { failures: 0, invocations: 0 }): Promise<void> {
    const attempts = { ...before }
    let remaining = records
    while (remaining.length > 0) {
      const trimmed = remaining.filter((record) => this.#ageMs(record) >= retentionMs)
      if (trimmed.length > 0) {
        this.#drop(trimmed)
        remaining = remaining.slice(trimmed.length)
        continue
      }
      const expired = remaining.filter((record) => this.#ageMs(record) > this.mapping.maximumRecordAgeMs)
      if (expired.length > 0) {
        this.#discard(expired, 'RecordAgeExceeded', attempts)
        remaining = remaining.slice(expired.length)
        continue
      }
      const event = JSON.stringify({ Records: remaining })
      if (isTooLarge(event) && remaining.length > 1) return this.#split(remaining, attempts)
      const accepted = await this.#invoke(remaining, event, attempts)
      if (accepted === undefined && this.mapping.bisectsOnError && remaining.length > 1)
        return this.#split(remaining, attempts)
      if (accepted) {
        this.#checkpoint(remaining[accepted - 1]!)
        // After progress, the remaining records are a new batch with all its retries.
        attempts.failures = 0
        remaining = remaining.slice(accepted)
        if (remaining.length === 0) return
      }
      if (attempts.failures >= this.mapping.maximumRetries)
        return this.#discard(remaining, 'RetryAttemptsExhausted', attempts)
      await pause(this.context.clock, backoffMs(attempts.failures, firstRetryMs, longestRetryMs), this.signal)
      if (this.signal.aborted) throw stopping()
      attempts.failures += 1
    }
  }

  /** A split does not count as a retry. */
  async #split(records: readonly StreamRecord[], attempts: Attempts): Promise<void> {
    const middle = Math.ceil(records.length / 2)
    await this.#handle(records.slice(0, middle), attempts)
    await this.#handle(records.slice(middle), attempts)
  }

  /**
   * @returns how many records were accepted, those before the lowest that the function reported, which are all if it
   *   reported none; undefined if nothing is known about any of them
   */
  async #invoke(records: readonly StreamRecord[], event: string, attempts: Attempts): Promise<number | undefined> {
    const target = this.target()
    // The age of the newest record at the time of the invocation: it grows while a batch is retried.
    addMetric(this.context.metrics, 'IteratorAge', this.#ageMs(records.at(-1)!), target.arn)
    attempts.last = await this.context.invoker.invoke(target, { event })
    attempts.invocations += 1
    const identifiers = records.map((record) => record.dynamodb.SequenceNumber)
    const failed = this.failuresOf(attempts.last, identifiers)
    if (failed === 'all') return undefined
    // All records from the lowest reported number on are read again, in order.
    const lowest = identifiers.findIndex((identifier) => failed.has(identifier))
    return lowest < 0 ? records.length : lowest
  }

  /**
   * Records that the stream does not have any more. Without a limit of its own, a mapping retries "until the record expires" (Lambda
   * Developer Guide, DynamoDB parameters); no page says that the on-failure destination gets such a record, so it does not.
   */
  #drop(records: readonly StreamRecord[]): void {
    this.#checkpoint(records.at(-1)!)
    this.context.warn(
      `${records.length} stream record(s) that ${this.mapping.functionName} did not accept expired after the 24 hours of the stream, and are lost: a MaximumRecordAgeInSeconds below that sends them to the on-failure destination.`,
    )
  }

  /** Sending the record and moving the checkpoint past it are one transaction. */
  #discard(records: readonly StreamRecord[], reason: DiscardReason, attempts: Attempts): void {
    const { state, clock, metrics, warn } = this.context
    const { onFailure, uuid, functionName, countsEvents } = this.mapping
    const { configuration } = this.target()
    state.transaction(() => {
      if (onFailure !== undefined) {
        const record = failureRecord({ functionArn: configuration.arn, reason, attempts, records })
        const prefix = `${uuid}/${onlyShardId}`
        const failed = { configuration, record, payload: { Records: records }, prefix, nowMs: clock.now() }
        deliver(this.context, onFailure, failed)
      }
      this.#checkpoint(records.at(-1)!)
    })
    if (onFailure !== undefined && countsEvents) {
      const name = 'OnFailureDestinationDeliveredEventCount'
      metrics.add({ namespace: 'AWS/Lambda', name, dimensions: { EventSourceMappingUUID: uuid } }, records.length)
    }
    const target = onFailure ? `sent to ${onFailure}` : 'dropped, since the mapping has no on-failure destination'
    warn(`${records.length} stream record(s) that ${functionName} did not accept (${reason}) were ${target}.`)
  }

  #ageMs(record: StreamRecord): number {
    return this.context.clock.now() - record.dynamodb.ApproximateCreationDateTime * 1000
  }

  /** Stores that all records up to this one are processed. */
  #checkpoint(record: StreamRecord): void {
    this.#moveTo(record.dynamodb.SequenceNumber)
  }

  /** @param position a sequence number, or the named position to start from */
  #moveTo(position: string): void {
    const { uuid, eventSourceArn } = this.mapping
    const sql = 'INSERT OR REPLACE INTO lambda_stream_positions VALUES (?, ?, ?, ?)'
    this.context.state.run(sql, uuid, eventSourceArn, onlyShardId, position)
  }

  #position(): string | undefined {
    const { uuid, eventSourceArn } = this.mapping
    const sql = 'SELECT position FROM lambda_stream_positions WHERE mapping = ? AND stream_arn = ? AND shard = ?'
    return this.context.state.get<{ position: string }>(sql, uuid, eventSourceArn, onlyShardId)?.position
  }
}

type DiscardReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded'

/** What an on-failure destination gets for discarded records: pointers into the stream. */
function failureRecord(discarded: {
  functionArn: string
  reason: DiscardReason
  attempts: Attempts
  records: readonly StreamRecord[]
}): object {
  const { functionArn, reason, records } = discarded
  const { last, invocations } = discarded.attempts
  const [first, end] = [records[0]!, records.at(-1)!]
  const functionError = last?.outcome.kind === 'error' ? 'Unhandled' : null
  return {
    requestContext: {
      requestId: last?.requestId ?? randomUUID(),
      functionArn,
      condition: reason,
      approximateInvokeCount: invocations,
    },
    ...(last && { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError } }),
    DDBStreamBatchInfo: {
      shardId: onlyShardId,
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: end.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(end),
      batchSize: records.length,
      streamArn: first.eventSourceARN,
    },
  }
}

const arrival = (record: StreamRecord) =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString().replace('.000Z', 'Z')

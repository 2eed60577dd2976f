import { randomUUID } from 'node:crypto'
import type { StreamRecord } from '../dynamodb/stream-log.ts'
import { stopping } from './environment-pool.ts'
import { roleOf, type FunctionConfiguration } from './function-configuration.ts'
import type { Invoked } from './invoker.ts'
import type { StreamMapping } from './mapping-configuration.ts'
import { backoffMs, invokeUnthrottled, isTooLarge, pause, readBatchResponse, type PollerContext } from './poller.ts'

const firstRetryMs = 100
const longestRetryMs = 30_000

type DiscardReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded'

interface Attempts {
  /** Failures that count towards the retry limit. */
  failures: number
  /** All invocations, including those before a split. */
  invocations: number
  last?: Invoked
}

/** What an invocation did with its records. */
type Processed =
  | { readonly kind: 'succeeded' }
  /** The function threw, timed out or returned no valid response: nothing is known about any record. */
  | { readonly kind: 'failed' }
  /** The function reported records; `accepted` is how many there are before the lowest of them. */
  | { readonly kind: 'reported'; readonly accepted: number }

/**
 * Invokes the function with one batch of one shard, with retries, bisecting and finally the on-failure destination.
 *
 * A batch that fails as a whole is halved. A reported record splits the batch there instead: "the batch is bisected at the
 * returned sequence number, and Lambda retries only the remaining records" (Lambda Developer Guide, Configuring partial
 * batch response with DynamoDB and Lambda). The remaining records are one batch, so a record that is reported each time is
 * not isolated: when the retries end, the records after it are discarded with it.
 */
export class ShardBatch {
  readonly #mapping: StreamMapping
  readonly #context: PollerContext
  readonly #signal: AbortSignal
  readonly #shardId: string
  readonly #checkpoint: (record: StreamRecord) => void

  constructor(options: {
    mapping: StreamMapping
    context: PollerContext
    signal: AbortSignal
    shardId: string
    /** Stores that all records up to this one are processed. */
    checkpoint: (record: StreamRecord) => void
  }) {
    this.#mapping = options.mapping
    this.#context = options.context
    this.#signal = options.signal
    this.#shardId = options.shardId
    this.#checkpoint = options.checkpoint
  }

  /**
   * Resolves once each record was accepted by the function or discarded.
   * @throws AwsError on shutdown and when a destination rejects the record; records past the checkpoint are read again
   */
  async handle(records: readonly StreamRecord[], before: Attempts = { failures: 0, invocations: 0 }): Promise<void> {
    const attempts = { ...before }
    let remaining = records
    while (remaining.length > 0) {
      const expired = remaining.filter((record) => this.#ageMs(record) > this.#mapping.maximumRecordAgeMs)
      if (expired.length > 0) {
        this.#discard(expired, 'RecordAgeExceeded', attempts)
        remaining = remaining.slice(expired.length)
        continue
      }
      const event = JSON.stringify({ Records: remaining })
      if (isTooLarge(event) && remaining.length > 1) return this.#split(remaining, attempts)
      const processed = await this.#invoke(remaining, event, attempts)
      if (processed.kind === 'succeeded') return this.#checkpoint(remaining.at(-1)!)
      if (processed.kind === 'failed' && this.#mapping.bisectsOnError && remaining.length > 1) {
        return this.#split(remaining, attempts)
      }
      if (processed.kind === 'reported' && processed.accepted > 0) {
        this.#checkpoint(remaining[processed.accepted - 1]!)
        // After progress, the remaining records are a new batch with all its retries.
        attempts.failures = 0
        remaining = remaining.slice(processed.accepted)
      }
      if (attempts.failures >= this.#mapping.maximumRetries)
        return this.#discard(remaining, 'RetryAttemptsExhausted', attempts)
      await pause(this.#context.clock, backoffMs(attempts.failures, firstRetryMs, longestRetryMs), this.#signal)
      if (this.#signal.aborted) throw stopping()
      attempts.failures += 1
    }
  }

  /** A split does not count as a retry. */
  async #split(records: readonly StreamRecord[], attempts: Attempts): Promise<void> {
    const middle = Math.ceil(records.length / 2)
    await this.handle(records.slice(0, middle), attempts)
    await this.handle(records.slice(middle), attempts)
  }

  async #invoke(records: readonly StreamRecord[], event: string, attempts: Attempts): Promise<Processed> {
    const { metrics, functions } = this.#context
    // The age of the newest record at the time of the invocation: it grows while a batch is retried.
    metrics.add('IteratorAge', this.#ageMs(records.at(-1)!), functions.resolve(this.#mapping.functionName).arn)
    const options = { context: this.#context, signal: this.#signal, untilMs: Infinity }
    attempts.last = (await invokeUnthrottled(this.#mapping, { event }, options))!
    attempts.invocations += 1
    const { outcome, requestId } = attempts.last
    if (outcome.kind === 'error') return { kind: 'failed' }
    if (!this.#mapping.reportsItemFailures) return { kind: 'succeeded' }
    const identifiers = records.map((record) => record.dynamodb.SequenceNumber)
    const result = readBatchResponse(outcome.payload, identifiers)
    switch (result.kind) {
      case 'all-succeeded':
        return { kind: 'succeeded' }
      case 'all-failed':
        this.#context.warn(
          `${this.#mapping.functionName} failed the whole batch (request ${requestId}): ${result.why}.`,
        )
        return { kind: 'failed' }
      case 'some-failed':
        // The lowest reported number is the checkpoint: all records from there on are read again, in order.
        return {
          kind: 'reported',
          accepted: identifiers.findIndex((identifier) => result.identifiers.has(identifier)),
        }
      default:
        return result satisfies never
    }
  }

  /** Sending the record and moving the checkpoint past it are one transaction. */
  #discard(records: readonly StreamRecord[], reason: DiscardReason, attempts: Attempts): void {
    const { state, clock, destinations, functions, metrics, warn } = this.#context
    const { onFailure, uuid, functionName } = this.#mapping
    const { configuration } = functions.resolve(functionName)
    state.transaction(() => {
      if (onFailure) {
        const nowMs = clock.now()
        const { invocations, last } = attempts
        const details = { configuration, reason, invocations, last, records, shardId: this.#shardId, nowMs }
        const record = streamFailureRecord(details)
        const wholeRecord = { ...record, payload: JSON.stringify({ Records: records }) }
        const prefix = `${uuid}/${this.#shardId}`
        destinations.deliver(onFailure, { caller: roleOf(configuration), record, wholeRecord, prefix, nowMs })
      }
      this.#checkpoint(records.at(-1)!)
    })
    if (onFailure) metrics.discarded(this.#mapping, records.length)
    const target = onFailure ? `sent to ${onFailure.arn}` : 'dropped, since the mapping has no on-failure destination'
    warn(`${records.length} stream record(s) that ${functionName} did not accept (${reason}) were ${target}.`)
  }

  #ageMs(record: StreamRecord): number {
    return this.#context.clock.now() - record.dynamodb.ApproximateCreationDateTime * 1000
  }
}

/**
 * The record that an on-failure destination gets for discarded stream records: pointers into the stream, not the
 * records.
 */
function streamFailureRecord(details: {
  configuration: FunctionConfiguration
  reason: DiscardReason
  invocations: number
  /** The last invocation, if there was any. */
  last?: Invoked
  records: readonly StreamRecord[]
  shardId: string
  nowMs: number
}): object {
  const { records, last } = details
  return {
    requestContext: {
      requestId: last?.requestId ?? randomUUID(),
      functionArn: details.configuration.arn,
      condition: details.reason,
      approximateInvokeCount: details.invocations,
    },
    ...(last && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: last.outcome.kind === 'error' ? 'Unhandled' : null,
      },
    }),
    version: '1.0',
    timestamp: new Date(details.nowMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: details.shardId,
      startSequenceNumber: records[0]!.dynamodb.SequenceNumber,
      endSequenceNumber: records.at(-1)!.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(records[0]!),
      approximateArrivalOfLastRecord: arrival(records.at(-1)!),
      batchSize: records.length,
      streamArn: records[0]!.eventSourceARN,
    },
  }
}

const arrival = (record: StreamRecord) =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString().replace('.000Z', 'Z')

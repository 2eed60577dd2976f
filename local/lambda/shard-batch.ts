import type { StreamRecord } from '../dynamodb/stream-source.ts'
import { readBatchResponse } from './batch-response.ts'
import { stopping } from './environment-pool.ts'
import type { Invoked } from './invoker.ts'
import type { StreamMapping } from './mapping-configuration.ts'
import { backoffMs, pause } from './pause.ts'
import { invokeUnthrottled, roleOf, type PollerContext } from './poller.ts'
import { streamFailureRecord, type DiscardReason } from './stream-failure-record.ts'

const firstRetryMs = 100
const longestRetryMs = 30_000

interface Tries {
  /** Failures that count against the retry limit. */
  failures: number
  /** All invocations, those before a split included. */
  invocations: number
  last?: Invoked
}

/** Brings the records of one batch of one shard to the function, with retries, splits and, at last, the destination. */
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
    /** Writes down that everything up to this record is dealt with. */
    checkpoint: (record: StreamRecord) => void
  }) {
    this.#mapping = options.mapping
    this.#context = options.context
    this.#signal = options.signal
    this.#shardId = options.shardId
    this.#checkpoint = options.checkpoint
  }

  /**
   * Returns once each record was accepted by the function or discarded.
   * @throws AwsError on shutdown and when a destination refuses; what is not checkpointed comes again
   */
  async handle(records: readonly StreamRecord[], before: Tries = { failures: 0, invocations: 0 }): Promise<void> {
    const tries = { ...before }
    let left = records
    while (left.length > 0) {
      const expired = left.filter((record) => this.#ageMs(record) > this.#mapping.maximumRecordAgeMs)
      if (expired.length > 0) {
        this.#discard(expired, 'RecordAgeExceeded', tries)
        left = left.slice(expired.length)
        continue
      }
      const accepted = await this.#try(left, tries)
      if (accepted > 0) this.#checkpoint(left[accepted - 1]!)
      // Who gets on has a batch of its own before it, with all its retries.
      if (accepted > 0) tries.failures = 0
      left = left.slice(accepted)
      if (left.length === 0) return
      if (this.#mapping.bisectsOnError && left.length > 1) return this.#split(left, tries)
      if (tries.failures >= this.#mapping.maximumRetries) return this.#discard(left, 'RetryAttemptsExhausted', tries)
      await pause(this.#context.clock, backoffMs(tries.failures, firstRetryMs, longestRetryMs), this.#signal)
      if (this.#signal.aborted) throw stopping()
      tries.failures += 1
    }
  }

  /** A split does not count as a retry. */
  async #split(records: readonly StreamRecord[], tries: Tries): Promise<void> {
    const middle = Math.ceil(records.length / 2)
    await this.handle(records.slice(0, middle), tries)
    await this.handle(records.slice(middle), tries)
  }

  /** @returns how many records, from the first on, the function accepted */
  async #try(records: readonly StreamRecord[], tries: Tries): Promise<number> {
    const { metrics, functions } = this.#context
    // Of the newest record, when it is handed over: a batch that is tried again makes it grow.
    metrics.add('IteratorAge', this.#ageMs(records.at(-1)!), functions.resolve(this.#mapping.functionName).arn)
    metrics.events(this.#mapping, 'InvokedEventCount', records.length)
    const event = JSON.stringify({ Records: records })
    const options = { context: this.#context, signal: this.#signal, untilMs: Infinity }
    tries.last = (await invokeUnthrottled(this.#mapping, { event }, options))!
    tries.invocations += 1
    const { outcome, requestId } = tries.last
    if (outcome.kind === 'error') {
      metrics.events(this.#mapping, 'FailedInvokeEventCount', records.length)
      return 0
    }
    if (!this.#mapping.reportsItemFailures) return records.length
    const identifiers = records.map((record) => record.dynamodb.SequenceNumber)
    const result = readBatchResponse(outcome.payload, identifiers)
    switch (result.kind) {
      case 'all-succeeded':
        return records.length
      case 'all-failed':
        this.#context.warn(
          `${this.#mapping.functionName} failed its whole batch (request ${requestId}): ${result.why}.`,
        )
        return 0
      case 'some-failed':
        // The lowest reported number is the checkpoint: all behind it come again, in their order.
        return identifiers.findIndex((identifier) => result.identifiers.has(identifier))
      default:
        return result satisfies never
    }
  }

  /** The record at the destination and the progress past it are one transaction. */
  #discard(records: readonly StreamRecord[], reason: DiscardReason, tries: Tries): void {
    const { state, clock, destinations, functions, metrics, warn } = this.#context
    const { onFailure, uuid, functionName } = this.#mapping
    const { configuration } = functions.resolve(functionName)
    state.transaction(() => {
      if (onFailure) {
        const nowMs = clock.now()
        const { invocations, last } = tries
        const details = { configuration, reason, invocations, last, records, shardId: this.#shardId, nowMs }
        const record = streamFailureRecord(details)
        const wholeRecord = { ...record, payload: JSON.stringify({ Records: records }) }
        const prefix = `aws/lambda/${uuid}/${this.#shardId}`
        destinations.deliver(onFailure, { caller: roleOf(configuration), record, wholeRecord, prefix, nowMs })
      }
      this.#checkpoint(records.at(-1)!)
    })
    const counted = onFailure ? 'OnFailureDestinationDeliveredEventCount' : 'DroppedEventCount'
    metrics.events(this.#mapping, counted, records.length)
    const whither = onFailure ? `sent to ${onFailure.arn}` : 'dropped, since the mapping has no on-failure destination'
    warn(`${records.length} stream record(s) that ${functionName} did not accept (${reason}) were ${whither}.`)
  }

  #ageMs(record: StreamRecord): number {
    return this.#context.clock.now() - record.dynamodb.ApproximateCreationDateTime * 1000
  }
}

import type { StreamRecord } from '../dynamodb/stream-log.ts'
import type { State } from '../state/state.ts'
import type { StreamMapping } from './mapping-configuration.ts'
import { pause, repeat, requireOf, type PollerContext } from './poller.ts'
import { ShardBatch } from './shard-batch.ts'

/** How long a poller sleeps without a wake-up; it only matters when a wake-up was missed. */
const idleMs = 60_000

/** Invokes a function with the records of a stream, in order within each shard. */
export class StreamPoller {
  readonly #mapping: StreamMapping
  readonly #context: PollerContext
  readonly #positions: StreamPositions
  readonly #signal: AbortSignal

  constructor(mapping: StreamMapping, context: PollerContext, positions: StreamPositions, signal: AbortSignal) {
    this.#mapping = mapping
    this.#context = context
    this.#positions = positions
    this.#signal = signal
    this.#initializePositions()
  }

  /** Polls until the signal aborts and the running batch has ended. */
  async run(): Promise<void> {
    const { eventSourceArn, functionName } = this.#mapping
    const what = `The poller of ${eventSourceArn} for ${functionName}`
    const options = { what, context: this.#context, signal: this.#signal }
    const shards = this.#context.streams.shards(eventSourceArn)
    await Promise.all(shards.map(({ shardId }) => repeat(() => this.#round(shardId), options)))
  }

  /** `LATEST` starts at the creation of the mapping, so the position is stored before anything else happens. */
  #initializePositions(): void {
    const { uuid, eventSourceArn, startingPosition } = this.#mapping
    for (const { shardId } of this.#context.streams.shards(eventSourceArn)) {
      if (this.#positions.get(uuid, eventSourceArn, shardId) !== undefined) continue
      const { position } =
        startingPosition === 'LATEST'
          ? this.#context.streams.read(eventSourceArn, shardId, 'LATEST', 1)
          : { position: 'TRIM_HORIZON' }
      this.#positions.put(uuid, eventSourceArn, shardId, position)
    }
  }

  async #round(shardId: string): Promise<void> {
    this.#requireAccess()
    const records = await this.#nextBatch(shardId)
    if (records.length === 0 || this.#signal.aborted) return
    const { uuid, eventSourceArn, filter } = this.#mapping
    const checkpoint = (record: StreamRecord) =>
      this.#positions.put(uuid, eventSourceArn, shardId, record.dynamodb.SequenceNumber)
    const matching = filter ? records.filter((record) => filter(record)) : records
    if (matching.length > 0) {
      const options = { mapping: this.#mapping, context: this.#context, signal: this.#signal, shardId, checkpoint }
      await new ShardBatch(options).handle(matching)
    }
    checkpoint(records.at(-1)!)
  }

  /** Waits for records, then up to the batching window for the batch to fill. */
  async #nextBatch(shardId: string): Promise<StreamRecord[]> {
    const { batchSize, batchingWindowMs } = this.#mapping
    const { clock } = this.#context
    let deadlineMs: number | undefined
    while (!this.#signal.aborted) {
      const woken = this.#wakeUp()
      const records = this.#read(shardId)
      if (records.length > 0) deadlineMs ??= clock.now() + batchingWindowMs
      const leftMs = deadlineMs === undefined ? idleMs : deadlineMs - clock.now()
      if (records.length >= batchSize || leftMs <= 0) {
        woken.abort()
        return records
      }
      await pause(clock, leftMs, woken.signal)
      woken.abort()
    }
    return []
  }

  /** A controller that aborts when records arrive or the poller stops; aborting it ends the subscriptions. */
  #wakeUp(): AbortController {
    const woken = new AbortController()
    const wake = () => woken.abort()
    const unsubscribe = this.#context.streams.onRecords(this.#mapping.eventSourceArn, wake)
    this.#signal.addEventListener('abort', wake)
    woken.signal.addEventListener('abort', () => {
      unsubscribe()
      this.#signal.removeEventListener('abort', wake)
    })
    return woken
  }

  #read(shardId: string): StreamRecord[] {
    const { uuid, eventSourceArn, batchSize } = this.#mapping
    const after = this.#positions.get(uuid, eventSourceArn, shardId)!
    return this.#context.streams.read(eventSourceArn, shardId, after, batchSize).records
  }

  #requireAccess(): void {
    const { configuration } = this.#context.functions.resolve(this.#mapping.functionName)
    const ofStream = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams']
    const actions = ofStream.map((operation) => `dynamodb:${operation}`)
    requireOf(configuration, this.#context, actions, this.#mapping.eventSourceArn)
  }
}

/** The checkpoint of each mapping in each shard: a sequence number, or the named position it starts from. */
export class StreamPositions {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
    state.define(`CREATE TABLE IF NOT EXISTS lambda_stream_positions (
      mapping TEXT NOT NULL, stream_arn TEXT NOT NULL, shard TEXT NOT NULL, position TEXT NOT NULL,
      PRIMARY KEY (mapping, stream_arn, shard))`)
  }

  get(mapping: string, streamArn: string, shard: string): string | undefined {
    return this.#state.get<{ position: string }>(
      'SELECT position FROM lambda_stream_positions WHERE mapping = ? AND stream_arn = ? AND shard = ?',
      mapping,
      streamArn,
      shard,
    )?.position
  }

  put(mapping: string, streamArn: string, shard: string, position: string): void {
    this.#state.run(
      'INSERT OR REPLACE INTO lambda_stream_positions VALUES (?, ?, ?, ?)',
      mapping,
      streamArn,
      shard,
      position,
    )
  }
}

import { AwsError } from '../../wire/aws-error.ts'
import type { Engine } from '../engine.ts'
import type { TableEndpoint } from './endpoint.ts'
import type { ShardPosition, ShardPositions } from './shard-positions.ts'

/** A shard as DescribeStream lists it. */
interface Shard {
  readonly ShardId: string
  readonly ParentShardId?: string
}

/** A remote stream and the local stream that receives its records. */
export interface CopiedStream {
  readonly remoteArn: string
  readonly localArn: string
}

export interface CopyContext {
  readonly engine: Pick<Engine, 'state' | 'clock' | 'streams'>
  readonly endpoint: TableEndpoint
  readonly positions: ShardPositions
  /** Reports a problem to the user. */
  readonly warn: (sentence: string) => void
}

/** Shards split within hours; the shards are listed again immediately after one closes. */
const relistIntervalMs = 10_000
const pageRecords = 1000

/**
 * Copies the records of a remote stream to the local stream log, each once: the records of a page and the new position are
 * written in one transaction.
 */
export class StreamCopy {
  readonly #stream: CopiedStream
  readonly #context: CopyContext
  readonly #iterators = new Map<string, string>()
  #shards: readonly Shard[] = []
  #listedMs = -Infinity

  constructor(stream: CopiedStream, context: CopyContext) {
    this.#stream = stream
    this.#context = context
  }

  /**
   * Reads one page of every readable shard: a child's records must follow those of its parent.
   * @returns the numbers of copied records and of finished shards, whose children can be read next
   * @throws AwsError of the remote endpoint
   */
  async round(signal: AbortSignal): Promise<{ records: number; finishedShards: number }> {
    if (this.#context.engine.clock.now() - this.#listedMs >= relistIntervalMs) await this.#list(signal)
    if (signal.aborted) return { records: 0, finishedShards: 0 }
    const sum = { records: 0, finishedShards: 0 }
    for (const shard of this.#readable()) {
      const page = await this.#copyPage(shard, signal)
      if (signal.aborted) return sum
      sum.records += page.records
      if (page.finished) sum.finishedShards += 1
    }
    if (sum.finishedShards > 0 || this.#readable().length === 0) this.#listedMs = -Infinity
    return sum
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { endpoint, positions, engine } = this.#context
    const { remoteArn } = this.#stream
    const shards: Shard[] = []
    let last: string | undefined
    do {
      const input = { StreamArn: remoteArn, ExclusiveStartShardId: last }
      const { StreamDescription } = await endpoint.call('DynamoDBStreams', 'DescribeStream', input)
      shards.push(...(StreamDescription.Shards ?? []))
      last = StreamDescription.LastEvaluatedShardId
    } while (last !== undefined)
    if (signal.aborted) return
    const shardIds = shards.map((shard) => shard.ShardId)
    positions.keepOnly(remoteArn, shardIds)
    this.#shards = shards
    this.#listedMs = engine.clock.now()
  }

  #readable(): Shard[] {
    const unfinished = this.#shards.filter(({ ShardId }) => !this.#position(ShardId).finished)
    const open = new Set(unfinished.map(({ ShardId }) => ShardId))
    return unfinished.filter(({ ParentShardId }) => ParentShardId === undefined || !open.has(ParentShardId))
  }

  async #copyPage({ ShardId: shardId }: Shard, signal: AbortSignal): Promise<{ records: number; finished: boolean }> {
    const { engine, positions } = this.#context
    const { Records: records = [], NextShardIterator: next } = await this.#read(shardId)
    if (signal.aborted) return { records: 0, finished: false }
    const finished = next === undefined || next === null
    if (records.length > 0 || finished) {
      engine.state.transaction(() => {
        for (const record of records) engine.streams.copy(this.#stream.localArn, record)
        const sequenceNumber = records.at(-1)?.dynamodb.SequenceNumber ?? this.#position(shardId).sequenceNumber
        positions.put(this.#stream.remoteArn, shardId, { sequenceNumber, finished })
      })
    }
    if (finished) this.#iterators.delete(shardId)
    else this.#iterators.set(shardId, next)
    return { records: records.length, finished }
  }

  async #read(shardId: string): Promise<any> {
    const iterator = this.#iterators.get(shardId) ?? (await this.#iteratorAt(shardId, this.#position(shardId)))
    try {
      const input = { ShardIterator: iterator, Limit: pageRecords }
      return await this.#context.endpoint.call('DynamoDBStreams', 'GetRecords', input)
    } catch (error) {
      // The next round requests an iterator at the stored position.
      this.#iterators.delete(shardId)
      if (isNamed(error, 'ExpiredIteratorException')) return this.#read(shardId)
      throw error
    }
  }

  async #iteratorAt(shardId: string, { sequenceNumber }: ShardPosition): Promise<string> {
    const from =
      sequenceNumber === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequenceNumber }
    try {
      const input = { StreamArn: this.#stream.remoteArn, ShardId: shardId, ...from }
      const { ShardIterator } = await this.#context.endpoint.call('DynamoDBStreams', 'GetShardIterator', input)
      return ShardIterator
    } catch (error) {
      if (sequenceNumber === undefined || !isNamed(error, 'TrimmedDataAccessException')) throw error
      this.#context.warn(`Records of ${this.#stream.remoteArn} were trimmed before they were copied.`)
      return this.#iteratorAt(shardId, { finished: false })
    }
  }

  #position(shardId: string): ShardPosition {
    return this.#context.positions.get(this.#stream.remoteArn, shardId)
  }
}

const isNamed = (error: unknown, name: string) => error instanceof AwsError && error.name === name

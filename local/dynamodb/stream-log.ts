import { hash } from 'node:crypto'
import { region } from '../assembly/provider.ts'
import { dayMs, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { itemSize, type Item } from './attribute-value.ts'
import { keyOf } from './item-key.ts'
import { streamArnOf, type StreamViewType, type Table } from './schema.ts'
import type { PlannedWrite } from './item-store.ts'

/** "All data in DynamoDB Streams is subject to a 24-hour lifetime" (DynamoDB developer guide, Change data capture). */
export const retentionMs = dayMs

/** An emulated stream has a single shard. */
export const onlyShardId = 'shardId-00000000000000000000-00000001'

/** Sequence numbers sort as text and have at least 21 digits. */
const sequenceNumber = (sequence: number) => `1${String(sequence).padStart(20, '0')}`
const sequenceOf = (number: string) => Number(number.slice(1))

/** One change of an item, in the form that a function receives. */
export interface StreamRecord {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly eventVersion: '1.1'
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly eventSourceARN: string
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number
    readonly Keys: Item
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: StreamViewType
  }
  /** Present when time to live deleted the item. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' }
}

/** The records of all streams, written in the transaction that changes the item. */
export class StreamLog {
  readonly #state: State
  readonly #clock: Clock
  readonly #listeners = new Map<string, Set<() => void>>()

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`
      CREATE TABLE IF NOT EXISTS ddb_stream_records (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        stream_arn TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        record TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS ddb_stream_records_by_stream ON ddb_stream_records (stream_arn, sequence);
      DROP INDEX IF EXISTS ddb_stream_records_by_age;
      CREATE TABLE IF NOT EXISTS ddb_streams (
        stream_arn TEXT PRIMARY KEY,
        table_name TEXT NOT NULL
      )`)
  }

  /** Registers the stream of a table; a stream exists until its table and its records are deleted. */
  open(table: Table): void {
    const streamArn = streamArnOf(table)
    if (streamArn !== undefined) {
      this.#state.run('INSERT OR IGNORE INTO ddb_streams VALUES (?, ?)', streamArn, table.name)
    }
  }

  append(write: PlannedWrite, byTimeToLive: boolean): void {
    const streamArn = streamArnOf(write.table)
    if (streamArn === undefined) return
    const nowMs = this.#clock.now()
    const record = recordOf(streamArn, write, byTimeToLive, nowMs)

    this.#state.run(
      'INSERT INTO ddb_stream_records (stream_arn, created_ms, record) VALUES (?, ?, ?)',
      streamArn,
      nowMs,
      JSON.stringify(record),
    )
    // The writer gets its response first: a stream is read after the write, on AWS some hundred milliseconds later.
    this.#state.afterCommit(() => setImmediate(() => this.#wake(streamArn)))
  }

  streams(): { streamArn: string; tableName: string }[] {
    return this.#state.all(
      'SELECT stream_arn AS streamArn, table_name AS tableName FROM ddb_streams ORDER BY stream_arn',
    )
  }

  /**
   * At most `limit` records after a position, and the position to continue from.
   * @param after `TRIM_HORIZON` (the oldest stored record), `LATEST` (only new records) or a sequence number
   */
  read(streamArn: string, after: string, limit: number): { records: StreamRecord[]; position: string } {
    this.require(streamArn)
    if (after === 'LATEST') return { records: [], position: this.latestPosition(streamArn) }
    const rows = this.#state.all<{ sequence: number; record: string }>(
      `SELECT sequence, record FROM ddb_stream_records
       WHERE stream_arn = ? AND sequence > ? AND created_ms > ? ORDER BY sequence LIMIT ?`,
      streamArn,
      after === 'TRIM_HORIZON' ? 0 : sequenceOf(after),
      this.#clock.now() - retentionMs,
      limit,
    )
    const last = rows.at(-1)
    return {
      records: rows.map((row) => withSequenceNumber(streamArn, row)),
      position: last ? sequenceNumber(last.sequence) : after,
    }
  }

  /** The position after the latest record. */
  latestPosition(streamArn: string): string {
    const row = this.#state.get<{ sequence: number | null }>(
      'SELECT MAX(sequence) AS sequence FROM ddb_stream_records WHERE stream_arn = ?',
      streamArn,
    )
    return sequenceNumber(row?.sequence ?? 0)
  }

  /** Calls `wake` soon after each commit that wrote records. @returns a function that unsubscribes */
  onRecords(streamArn: string, wake: () => void): () => void {
    const listeners = this.#listeners.get(streamArn) ?? new Set()
    this.#listeners.set(streamArn, listeners)
    listeners.add(wake)
    return () => listeners.delete(wake)
  }

  #wake(streamArn: string): void {
    for (const wake of this.#listeners.get(streamArn) ?? []) wake()
  }

  /**
   * Deletes records older than the retention period, and streams without records.
   * @param openStreams ARNs of the streams that tables still write to
   */
  trim(openStreams: ReadonlySet<string>): void {
    // Sequence numbers rise with time: the records before the first one that is kept are deleted, without an index by age.
    const kept = this.#state.get<{ sequence: number }>(
      'SELECT sequence FROM ddb_stream_records WHERE created_ms > ? ORDER BY sequence LIMIT 1',
      this.#clock.now() - retentionMs,
    )
    this.#state.run('DELETE FROM ddb_stream_records WHERE sequence < ?', kept?.sequence ?? Number.MAX_SAFE_INTEGER)
    for (const { streamArn } of this.streams()) {
      if (openStreams.has(streamArn)) continue
      if (this.#state.get('SELECT 1 FROM ddb_stream_records WHERE stream_arn = ? LIMIT 1', streamArn)) continue
      this.#state.run('DELETE FROM ddb_streams WHERE stream_arn = ?', streamArn)
    }
  }

  /** @throws AwsError ResourceNotFoundException when there is no such stream */
  require(streamArn: string): void {
    if (!this.#state.get('SELECT 1 FROM ddb_streams WHERE stream_arn = ?', streamArn)) {
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${streamArn} not found`)
    }
  }
}

/** A record without its sequence number and id, which the database assigns. */
type StoredRecord = Omit<StreamRecord, 'eventID' | 'dynamodb'> & {
  dynamodb: Omit<StreamRecord['dynamodb'], 'SequenceNumber'>
}

function withSequenceNumber(streamArn: string, row: { sequence: number; record: string }): StreamRecord {
  const stored = JSON.parse(row.record) as StoredRecord
  return {
    eventID: hash('md5', `${streamArn} ${row.sequence}`),
    ...stored,
    dynamodb: { ...stored.dynamodb, SequenceNumber: sequenceNumber(row.sequence) },
  }
}

function recordOf(streamArn: string, write: PlannedWrite, byTimeToLive: boolean, nowMs: number): StoredRecord {
  const { table, before, after } = write
  const view = table.streamViewType!
  const keys = keyOf(table.key, (after ?? before)!)
  const newImage = view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES' ? after : undefined
  const oldImage = view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES' ? before : undefined
  return {
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(nowMs / 1000),
      Keys: keys,
      ...(newImage && { NewImage: newImage }),
      ...(oldImage && { OldImage: oldImage }),
      SizeBytes: itemSize(keys) + (newImage ? write.afterSize : 0) + (oldImage ? write.beforeSize : 0),
      StreamViewType: view,
    },
    eventSourceARN: streamArn,
    ...(byTimeToLive && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  }
}

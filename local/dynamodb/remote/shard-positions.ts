import type { State } from '../../state/state.ts'

export interface ShardPosition {
  /** The sequence number of the last copied record; undefined before the first. */
  readonly sequenceNumber?: string
  /** True after a closed shard was read to its end. */
  readonly finished: boolean
}

/** The positions up to which remote streams are copied, written in the transaction that copies the records. */
export class ShardPositions {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
    state.define(`CREATE TABLE IF NOT EXISTS ddb_remote_shards (
      stream_arn TEXT NOT NULL, shard TEXT NOT NULL, sequence_number TEXT, finished INTEGER NOT NULL,
      PRIMARY KEY (stream_arn, shard)) WITHOUT ROWID`)
  }

  get(streamArn: string, shardId: string): ShardPosition {
    const row = this.#state.get<{ sequence_number: string | null; finished: number }>(
      'SELECT sequence_number, finished FROM ddb_remote_shards WHERE stream_arn = ? AND shard = ?',
      streamArn,
      shardId,
    )
    return { sequenceNumber: row?.sequence_number ?? undefined, finished: row?.finished === 1 }
  }

  put(streamArn: string, shardId: string, position: ShardPosition): void {
    this.#state.run(
      'INSERT OR REPLACE INTO ddb_remote_shards VALUES (?, ?, ?, ?)',
      streamArn,
      shardId,
      position.sequenceNumber ?? null,
      position.finished ? 1 : 0,
    )
  }

  /** Deletes the positions of shards that a stream no longer has. */
  keepOnly(streamArn: string, shardIds: readonly string[]): void {
    this.#state.run(
      'DELETE FROM ddb_remote_shards WHERE stream_arn = ? AND shard NOT IN (SELECT value FROM json_each(?))',
      streamArn,
      JSON.stringify(shardIds),
    )
  }
}

import type { State } from '../state/state.ts'

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

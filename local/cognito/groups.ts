import type { State } from '../state/state.ts'
import type { User } from './directory.ts'

export interface Group {
  readonly name: string
  readonly description: string | undefined
  readonly precedence: number | undefined
  readonly createdAtMs: number
}

interface GroupRow {
  name: string
  description: string | null
  precedence: number | null
  created_at_ms: number
}

/** The groups of all pools and their members. */
export class GroupStore {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
    state.define(`
      CREATE TABLE IF NOT EXISTS cognito_groups (
        pool_id TEXT NOT NULL, name TEXT NOT NULL, description TEXT, precedence INTEGER, created_at_ms INTEGER NOT NULL,
        PRIMARY KEY (pool_id, name)
      );
      CREATE TABLE IF NOT EXISTS cognito_memberships (
        pool_id TEXT NOT NULL, group_name TEXT NOT NULL, username TEXT NOT NULL, PRIMARY KEY (pool_id, group_name, username)
      )`)
  }

  /** Adds the group, or changes description and precedence of the existing one. */
  put(poolId: string, group: Group): void {
    this.#state.run(
      `INSERT INTO cognito_groups VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (pool_id, name) DO UPDATE SET description = excluded.description, precedence = excluded.precedence`,
      poolId,
      group.name,
      group.description ?? null,
      group.precedence ?? null,
      group.createdAtMs,
    )
  }

  find(poolId: string, name: string): Group | undefined {
    return this.list(poolId).find((group) => group.name === name)
  }

  list(poolId: string): Group[] {
    return this.#state
      .all<GroupRow>('SELECT * FROM cognito_groups WHERE pool_id = ? ORDER BY name', poolId)
      .map(toGroup)
  }

  /** The user's groups, by ascending precedence. */
  of(user: User): Group[] {
    const sql = `SELECT g.* FROM cognito_groups g JOIN cognito_memberships m ON m.pool_id = g.pool_id AND m.group_name = g.name
      WHERE m.pool_id = ? AND m.username = ? ORDER BY g.precedence IS NULL, g.precedence, g.name`
    return this.#state.all<GroupRow>(sql, user.poolId, user.username).map(toGroup)
  }

  join(user: User, name: string): void {
    this.#state.run('INSERT OR IGNORE INTO cognito_memberships VALUES (?, ?, ?)', user.poolId, name, user.username)
  }

  leave(user: User, name: string): void {
    const sql = 'DELETE FROM cognito_memberships WHERE pool_id = ? AND group_name = ? AND username = ?'
    this.#state.run(sql, user.poolId, name, user.username)
  }

  leaveAll(user: User): void {
    this.#state.run('DELETE FROM cognito_memberships WHERE pool_id = ? AND username = ?', user.poolId, user.username)
  }
}

const toGroup = (row: GroupRow): Group => ({
  name: row.name,
  description: row.description ?? undefined,
  precedence: row.precedence ?? undefined,
  createdAtMs: row.created_at_ms,
})

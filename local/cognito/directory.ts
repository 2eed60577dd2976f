import type { State } from '../state/state.ts'
import type { Pool } from './pool.ts'

export type UserStatus = 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD'
export type Attributes = Readonly<Record<string, string>>

export interface User {
  readonly poolId: string
  readonly username: string
  readonly attributes: Attributes
  readonly passwordHash: string | undefined
  readonly passwordSetAtMs: number
  readonly status: UserStatus
  readonly enabled: boolean
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

interface UserRow {
  pool_id: string
  username: string
  attributes: string
  password_hash: string | null
  password_set_at_ms: number
  status: UserStatus
  enabled: number
  created_at_ms: number
  modified_at_ms: number
}

/** The users of all pools, in the state file. */
export class Directory {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
    state.define(`
      CREATE TABLE IF NOT EXISTS cognito_users (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, sign_in_name TEXT NOT NULL, attributes TEXT NOT NULL,
        password_hash TEXT, password_set_at_ms INTEGER NOT NULL, status TEXT NOT NULL, enabled INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL, modified_at_ms INTEGER NOT NULL,
        PRIMARY KEY (pool_id, username), UNIQUE (pool_id, sign_in_name)
      )`)
  }

  /** Finds a user by sign-in name (such as the address) or by username. */
  find(pool: Pool, name: string): User | undefined {
    const row = this.#state.get<UserRow>(
      'SELECT * FROM cognito_users WHERE pool_id = ? AND (sign_in_name = ? OR username = ?)',
      pool.poolId,
      signInName(pool, name),
      name,
    )
    return row && toUser(row)
  }

  /** @param after lists the users after this username */
  list(pool: Pool, after = ''): User[] {
    const sql = 'SELECT * FROM cognito_users WHERE pool_id = ? AND username > ? ORDER BY username'
    return this.#state.all<UserRow>(sql, pool.poolId, after).map(toUser)
  }

  count(pool: Pool): number {
    return this.#state.get<{ n: number }>('SELECT COUNT(*) AS n FROM cognito_users WHERE pool_id = ?', pool.poolId)!.n
  }

  /** Adds the user, or replaces the one with the same username. */
  put(pool: Pool, user: User): User {
    const name = pool.emailIsUsername ? (user.attributes['email'] ?? user.username) : user.username
    this.#state.run(
      `INSERT INTO cognito_users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pool_id, username) DO UPDATE SET
        sign_in_name = excluded.sign_in_name, attributes = excluded.attributes, password_hash = excluded.password_hash,
        password_set_at_ms = excluded.password_set_at_ms, status = excluded.status, enabled = excluded.enabled,
        modified_at_ms = excluded.modified_at_ms`,
      pool.poolId,
      user.username,
      signInName(pool, name),
      JSON.stringify(user.attributes),
      user.passwordHash ?? null,
      user.passwordSetAtMs,
      user.status,
      user.enabled ? 1 : 0,
      user.createdAtMs,
      user.modifiedAtMs,
    )
    return user
  }

  delete(user: User): void {
    this.#state.run('DELETE FROM cognito_users WHERE pool_id = ? AND username = ?', user.poolId, user.username)
  }
}

const signInName = (pool: Pool, name: string) => (pool.caseSensitive ? name : name.toLowerCase())

const toUser = (row: UserRow): User => ({
  poolId: row.pool_id,
  username: row.username,
  attributes: JSON.parse(row.attributes) as Attributes,
  passwordHash: row.password_hash ?? undefined,
  passwordSetAtMs: row.password_set_at_ms,
  status: row.status,
  enabled: row.enabled === 1,
  createdAtMs: row.created_at_ms,
  modifiedAtMs: row.modified_at_ms,
})

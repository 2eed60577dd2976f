import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Group, Pool } from './pool.ts'

export type UserStatus = 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD'

export interface User {
  readonly poolId: string
  readonly username: string
  readonly attributes: Readonly<Record<string, string>>
  /** Null for a user without a known password. */
  readonly passwordHash: string | null
  readonly passwordSetAtMs: number
  readonly status: UserStatus
  readonly enabled: boolean
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

const columns = `pool_id AS poolId, username, attributes, password_hash AS passwordHash, password_set_at_ms AS passwordSetAtMs,
  status, enabled, created_at_ms AS createdAtMs, modified_at_ms AS modifiedAtMs`

type UserRow = Omit<User, 'attributes' | 'enabled'> & { readonly attributes: string; readonly enabled: number }

/** The users of all pools and their memberships in groups, in the state file. */
export class Directory {
  readonly #state: State
  readonly #clock: Clock

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`
      CREATE TABLE IF NOT EXISTS cognito_users (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, sign_in_name TEXT NOT NULL, attributes TEXT NOT NULL,
        password_hash TEXT, password_set_at_ms INTEGER NOT NULL, status TEXT NOT NULL, enabled INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL, modified_at_ms INTEGER NOT NULL,
        PRIMARY KEY (pool_id, username), UNIQUE (pool_id, sign_in_name)
      );
      CREATE TABLE IF NOT EXISTS cognito_memberships (
        pool_id TEXT NOT NULL, group_name TEXT NOT NULL, username TEXT NOT NULL, PRIMARY KEY (pool_id, group_name, username)
      )`)
  }

  /** Finds a user by address or by username. */
  find(pool: Pool, name: string): User | undefined {
    const sql = `SELECT ${columns} FROM cognito_users WHERE pool_id = ? AND (sign_in_name = ? OR username = ?)`
    const row = this.#state.get<UserRow>(sql, pool.poolId, signInName(pool, name), name)
    return row && { ...row, attributes: JSON.parse(row.attributes), enabled: row.enabled === 1 }
  }

  /** @throws AwsError UserNotFoundException */
  get(pool: Pool, name: string): User {
    const user = this.find(pool, name)
    if (!user) throw new AwsError('UserNotFoundException', 'User does not exist.')
    return user
  }

  /** @throws AwsError UsernameExistsException */
  requireAvailable(pool: Pool, email: string): void {
    if (this.find(pool, email))
      throw new AwsError('UsernameExistsException', 'An account with the given email already exists.')
  }

  /** Adds the user, or replaces the one with the same username. */
  put(pool: Pool, user: User): User {
    this.#state.run(
      `INSERT INTO cognito_users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pool_id, username) DO UPDATE SET
        sign_in_name = excluded.sign_in_name, attributes = excluded.attributes, password_hash = excluded.password_hash,
        password_set_at_ms = excluded.password_set_at_ms, status = excluded.status, enabled = excluded.enabled,
        modified_at_ms = excluded.modified_at_ms`,
      pool.poolId,
      user.username,
      signInName(pool, user.attributes['email']!),
      JSON.stringify(user.attributes),
      user.passwordHash,
      user.passwordSetAtMs,
      user.status,
      user.enabled ? 1 : 0,
      user.createdAtMs,
      user.modifiedAtMs,
    )
    return user
  }

  /** Applies the changes to the current state: other requests may have changed or deleted the user since it was read. */
  change(pool: Pool, user: User, changes: Partial<User>): User {
    return this.put(pool, { ...this.get(pool, user.username), ...changes, modifiedAtMs: this.#clock.now() })
  }

  /** Sets attributes; an empty value removes one. */
  setAttributes(pool: Pool, user: User, changes: User['attributes']): User {
    const { attributes } = this.get(pool, user.username)
    const merged = Object.entries({ ...attributes, ...changes }).filter(([, value]) => value !== '')
    return this.change(pool, user, { attributes: Object.fromEntries(merged) })
  }

  setPassword(pool: Pool, user: User, passwordHash: string, status: UserStatus = user.status): User {
    return this.change(pool, user, { passwordHash, passwordSetAtMs: this.#clock.now(), status })
  }

  delete({ poolId, username }: User): void {
    this.#state.run('DELETE FROM cognito_memberships WHERE pool_id = ? AND username = ?', poolId, username)
    this.#state.run('DELETE FROM cognito_users WHERE pool_id = ? AND username = ?', poolId, username)
  }

  /** The user's groups, by ascending precedence. */
  groupsOf({ groups }: Pool, { poolId, username }: User): Group[] {
    const sql = 'SELECT group_name FROM cognito_memberships WHERE pool_id = ? AND username = ? ORDER BY group_name'
    return this.#state
      .all<{ group_name: string }>(sql, poolId, username)
      .flatMap(({ group_name }) => groups.get(group_name) ?? [])
      .toSorted((a, b) => (a.precedence ?? Number.MAX_VALUE) - (b.precedence ?? Number.MAX_VALUE))
  }

  join({ poolId, username }: User, group: string): void {
    this.#state.run('INSERT OR IGNORE INTO cognito_memberships VALUES (?, ?, ?)', poolId, group, username)
  }

  leave({ poolId, username }: User, group: string): void {
    const sql = 'DELETE FROM cognito_memberships WHERE pool_id = ? AND group_name = ? AND username = ?'
    this.#state.run(sql, poolId, group, username)
  }
}

const signInName = ({ caseSensitive }: Pool, email: string) => (caseSensitive ? email : email.toLowerCase())

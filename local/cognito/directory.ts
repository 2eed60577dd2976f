import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Pool } from './pool.ts'

export type CodePurpose = 'sign-up' | 'forgot-password' | 'verify-email'

/** A code that was sent to an address. */
export interface SentCode {
  readonly code: string
  /** For `verify-email`, this address replaces the user's own when it is verified. */
  readonly email: string
  readonly expiresAtMs: number
}

export interface User {
  readonly poolId: string
  readonly username: string
  readonly attributes: Readonly<Record<string, string>>
  /** Null for a user without a known password. */
  readonly passwordHash: string | null
  readonly passwordSetAtMs: number
  readonly status: 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD'
  readonly enabled: boolean
  readonly groups: readonly string[]
  readonly codes: Readonly<Partial<Record<CodePurpose, SentCode>>>
  /** Incremented when all sessions are revoked. */
  readonly sessionEpoch: number
  /** The single sessions of this epoch that are revoked. */
  readonly revokedSessions: readonly string[]
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

/** The users of all pools, each a JSON document in the state file. */
export class Directory {
  readonly #state: State
  readonly #clock: Clock

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`CREATE TABLE IF NOT EXISTS cognito_directory (
      pool_id TEXT NOT NULL, username TEXT NOT NULL, sign_in_name TEXT NOT NULL, user TEXT NOT NULL,
      PRIMARY KEY (pool_id, username), UNIQUE (pool_id, sign_in_name))`)
  }

  /** Finds a user by address or by username. */
  find(pool: Pool, name: string): User | undefined {
    const sql = 'SELECT user FROM cognito_directory WHERE pool_id = ? AND (sign_in_name = ? OR username = ?)'
    const row = this.#state.get<{ user: string }>(sql, pool.poolId, signInName(pool, name), name)
    return row && JSON.parse(row.user)
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
      `INSERT INTO cognito_directory VALUES (?, ?, ?, ?) ON CONFLICT (pool_id, username)
        DO UPDATE SET sign_in_name = excluded.sign_in_name, user = excluded.user`,
      pool.poolId,
      user.username,
      signInName(pool, user.attributes['email']!),
      JSON.stringify(user),
    )
    return user
  }

  /** Changes the current user: other requests may have changed or deleted it since it was read. */
  change(pool: Pool, { username }: User, changesOf: (current: User) => Partial<User>): User {
    return this.#state.transaction(() => {
      const current = this.get(pool, username)
      return this.put(pool, { ...current, ...changesOf(current), modifiedAtMs: this.#clock.now() })
    })
  }

  /** Sets attributes; an empty value removes one. */
  setAttributes(pool: Pool, user: User, changes: User['attributes']): User {
    return this.change(pool, user, ({ attributes }) => {
      const merged = Object.entries({ ...attributes, ...changes }).filter(([, value]) => value !== '')
      return { attributes: Object.fromEntries(merged) }
    })
  }

  setPassword(pool: Pool, user: User, passwordHash: string, status = user.status): User {
    return this.change(pool, user, () => ({ passwordHash, passwordSetAtMs: this.#clock.now(), status }))
  }

  revokeSession(pool: Pool, user: User, sessionId: string): void {
    this.change(pool, user, ({ revokedSessions }) => ({ revokedSessions: [...revokedSessions, sessionId] }))
  }

  revokeSessions(pool: Pool, user: User): void {
    this.change(pool, user, ({ sessionEpoch }) => ({ sessionEpoch: sessionEpoch + 1, revokedSessions: [] }))
  }

  delete({ poolId, username }: User): void {
    this.#state.run('DELETE FROM cognito_directory WHERE pool_id = ? AND username = ?', poolId, username)
  }
}

const signInName = ({ caseSensitive }: Pool, email: string) => (caseSensitive ? email : email.toLowerCase())

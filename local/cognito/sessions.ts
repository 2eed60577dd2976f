import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { User } from './directory.ts'
import type { Client } from './pool.ts'

/** One sign-in with its refresh token. All tokens issued from it have its id as `origin_jti`. */
export interface Session {
  readonly sessionId: string
  readonly username: string
  readonly authTimeSeconds: number
}

export const notAuthorized = (message: string) => new AwsError('NotAuthorizedException', message)

/** Stores refresh tokens as hashes only. */
export class SessionStore {
  readonly #state: State
  readonly #clock: Clock

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`
      CREATE TABLE IF NOT EXISTS cognito_sessions (
        session_id TEXT PRIMARY KEY, pool_id TEXT NOT NULL, client_id TEXT NOT NULL, username TEXT NOT NULL,
        refresh_hash TEXT NOT NULL UNIQUE, auth_time_seconds INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL, revoked INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS cognito_sessions_of_user ON cognito_sessions (pool_id, username)`)
  }

  create(client: Client, user: User): { session: Session; refreshToken: string } {
    const nowMs = this.#clock.now()
    const refreshToken = randomBytes(64).toString('base64url')
    const session = { sessionId: randomUUID(), username: user.username, authTimeSeconds: Math.floor(nowMs / 1000) }
    this.#state.run('DELETE FROM cognito_sessions WHERE expires_at_ms <= ?', nowMs)
    this.#state.run(
      'INSERT INTO cognito_sessions VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
      session.sessionId,
      client.poolId,
      client.clientId,
      user.username,
      hashOf(refreshToken),
      session.authTimeSeconds,
      nowMs + client.refreshTokenSeconds * 1000,
    )
    return { session, refreshToken }
  }

  /** @throws AwsError NotAuthorizedException when the token is unknown to this client, expired or revoked */
  byRefreshToken(client: Client, refreshToken: unknown): Session {
    const sql = `SELECT session_id AS sessionId, username, auth_time_seconds AS authTimeSeconds, expires_at_ms AS expiresAtMs, revoked
      FROM cognito_sessions WHERE client_id = ? AND refresh_hash = ?`
    const session = this.#state.get<Session & { expiresAtMs: number; revoked: number }>(
      sql,
      client.clientId,
      hashOf(String(refreshToken)),
    )
    if (!session) throw notAuthorized('Invalid Refresh Token')
    if (session.revoked) throw notAuthorized('Refresh Token has been revoked')
    if (session.expiresAtMs <= this.#clock.now()) throw notAuthorized('Refresh Token has expired')
    return session
  }

  isRevoked(sessionId: string): boolean {
    const sql = 'SELECT revoked FROM cognito_sessions WHERE session_id = ?'
    return this.#state.get<{ revoked: number }>(sql, sessionId)?.revoked === 1
  }

  revoke(sessionId: string): void {
    this.#state.run('UPDATE cognito_sessions SET revoked = 1 WHERE session_id = ?', sessionId)
  }

  revokeAll({ poolId, username }: User): void {
    const sql = 'UPDATE cognito_sessions SET revoked = 1 WHERE pool_id = ? AND username = ?'
    this.#state.run(sql, poolId, username)
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

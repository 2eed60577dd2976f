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

/** The sessions that are neither revoked nor expired; refresh tokens are stored as hashes only. */
export class SessionStore {
  readonly #state: State
  readonly #clock: Clock

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`
      CREATE TABLE IF NOT EXISTS cognito_live_sessions (
        session_id TEXT PRIMARY KEY, pool_id TEXT NOT NULL, client_id TEXT NOT NULL, username TEXT NOT NULL,
        refresh_hash TEXT NOT NULL UNIQUE, auth_time_seconds INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS cognito_sessions_of_user ON cognito_live_sessions (pool_id, username)`)
  }

  create({ poolId, clientId, refreshTokenSeconds }: Client, { username }: User) {
    const nowMs = this.#clock.now()
    const refreshToken = randomBytes(64).toString('base64url')
    const session: Session = { sessionId: randomUUID(), username, authTimeSeconds: Math.floor(nowMs / 1000) }
    const hash = hashOf(refreshToken)
    const expiresAtMs = nowMs + refreshTokenSeconds * 1000
    const row = [session.sessionId, poolId, clientId, username, hash, session.authTimeSeconds, expiresAtMs]
    this.#state.run('DELETE FROM cognito_live_sessions WHERE expires_at_ms <= ?', nowMs)
    this.#state.run('INSERT INTO cognito_live_sessions VALUES (?, ?, ?, ?, ?, ?, ?)', ...row)
    return { session, refreshToken }
  }

  /** @throws AwsError NotAuthorizedException when the token is unknown to this client, expired or revoked */
  byRefreshToken({ clientId }: Client, refreshToken: string): Session {
    const sql = `SELECT session_id AS sessionId, username, auth_time_seconds AS authTimeSeconds, expires_at_ms AS expiresAtMs
      FROM cognito_live_sessions WHERE client_id = ? AND refresh_hash = ?`
    const session = this.#state.get<Session & { expiresAtMs: number }>(sql, clientId, hashOf(refreshToken))
    if (!session) throw notAuthorized('Invalid Refresh Token')
    if (session.expiresAtMs <= this.#clock.now()) throw notAuthorized('Refresh Token has expired')
    return session
  }

  isLive(sessionId: string): boolean {
    return this.#state.get('SELECT 1 FROM cognito_live_sessions WHERE session_id = ?', sessionId) !== undefined
  }

  revoke({ sessionId }: Session): void {
    this.#state.run('DELETE FROM cognito_live_sessions WHERE session_id = ?', sessionId)
  }

  revokeAll({ poolId, username }: User): void {
    this.#state.run('DELETE FROM cognito_live_sessions WHERE pool_id = ? AND username = ?', poolId, username)
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

import { randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { User } from './directory.ts'

export type CodePurpose = 'sign-up' | 'forgot-password' | 'verify-email'

const hourMs = 3_600_000
const lifetimeMs: Record<CodePurpose, number> = {
  'sign-up': 24 * hourMs,
  'forgot-password': hourMs,
  'verify-email': 24 * hourMs,
}

const expired = () => new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.')

/** Six-digit codes; a new one replaces the previous one of the same purpose. */
export class CodeStore {
  readonly #state: State
  readonly #clock: Clock

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`
      CREATE TABLE IF NOT EXISTS cognito_codes (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, purpose TEXT NOT NULL, code TEXT NOT NULL, expires_at_ms INTEGER NOT NULL,
        PRIMARY KEY (pool_id, username, purpose)
      );
      CREATE TABLE IF NOT EXISTS cognito_pending_emails (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, email TEXT NOT NULL, PRIMARY KEY (pool_id, username)
      )`)
  }

  create(user: User, purpose: CodePurpose): string {
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    const expiresAtMs = this.#clock.now() + lifetimeMs[purpose]
    this.#state.run(
      'INSERT OR REPLACE INTO cognito_codes VALUES (?, ?, ?, ?, ?)',
      user.poolId,
      user.username,
      purpose,
      code,
      expiresAtMs,
    )
    return code
  }

  /** @throws AwsError CodeMismatchException, ExpiredCodeException */
  check(user: User, purpose: CodePurpose, code: unknown): void {
    const stored = this.#state.get<{ code: string; expires_at_ms: number }>(
      'SELECT code, expires_at_ms FROM cognito_codes WHERE pool_id = ? AND username = ? AND purpose = ?',
      user.poolId,
      user.username,
      purpose,
    )
    if (!stored || stored.expires_at_ms <= this.#clock.now()) throw expired()
    if (stored.code !== code) throw codeMismatch()
  }

  /** A code can be used once. */
  remove(user: User, purpose: CodePurpose): void {
    this.#state.run(
      'DELETE FROM cognito_codes WHERE pool_id = ? AND username = ? AND purpose = ?',
      user.poolId,
      user.username,
      purpose,
    )
  }

  /** The address that replaces the user's own when it is verified. */
  pendingEmail(user: User): string | undefined {
    const sql = 'SELECT email FROM cognito_pending_emails WHERE pool_id = ? AND username = ?'
    return this.#state.get<{ email: string }>(sql, user.poolId, user.username)?.email
  }

  /** A code for the previous address is no longer valid. */
  setPendingEmail(user: User, email: string | undefined): void {
    this.#state.run('DELETE FROM cognito_pending_emails WHERE pool_id = ? AND username = ?', user.poolId, user.username)
    this.remove(user, 'verify-email')
    if (email === undefined) return
    this.#state.run('INSERT INTO cognito_pending_emails VALUES (?, ?, ?)', user.poolId, user.username, email)
  }

  removeAll(user: User): void {
    this.setPendingEmail(user, undefined)
    this.#state.run('DELETE FROM cognito_codes WHERE pool_id = ? AND username = ?', user.poolId, user.username)
  }
}

export const codeMismatch = () =>
  new AwsError('CodeMismatchException', 'Invalid verification code provided, please try again.')

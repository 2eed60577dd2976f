import { randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { User } from './directory.ts'
import type { Pool } from './pool.ts'

export interface Mail {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Cognito's default sender. */
const sender = 'no-reply@verificationemail.com'

const hourMs = 3_600_000
const lifetimeMs = { 'sign-up': 24 * hourMs, 'forgot-password': hourMs, 'verify-email': 24 * hourMs }
type Purpose = keyof typeof lifetimeMs

/** Six-digit codes, sent by email; a new one replaces the previous one of the same purpose. */
export class Codes {
  readonly #state: State
  readonly #clock: Clock
  readonly #sendMail: (mail: Mail) => void

  /** @param sendMail called inside the transaction that creates the code */
  constructor(state: State, clock: Clock, sendMail: (mail: Mail) => void) {
    this.#state = state
    this.#clock = clock
    this.#sendMail = sendMail
    state.define(`
      CREATE TABLE IF NOT EXISTS cognito_codes (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, purpose TEXT NOT NULL, code TEXT NOT NULL, expires_at_ms INTEGER NOT NULL,
        PRIMARY KEY (pool_id, username, purpose)
      );
      CREATE TABLE IF NOT EXISTS cognito_pending_emails (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, email TEXT NOT NULL, PRIMARY KEY (pool_id, username)
      )`)
  }

  /** @param to @default the user's address. @returns CodeDeliveryDetails */
  send(pool: Pool, user: User, purpose: Purpose, to = user.attributes['email']!) {
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    const { subject, html } = pool.codeMessage
    const plain = html.replace(/<br\s*\/?>/gi, '\n').replace(/<[^>]+>/g, '')
    const expiresAtMs = this.#clock.now() + lifetimeMs[purpose]
    this.#state.transaction(() => {
      const sql = 'INSERT OR REPLACE INTO cognito_codes VALUES (?, ?, ?, ?, ?)'
      this.#state.run(sql, ...keyOf(user), purpose, code, expiresAtMs)
      const [body, text] = [html, plain].map((template) => template.replaceAll('{####}', code))
      this.#sendMail({ from: sender, to, subject, html: body!, text: text! })
    })
    return codeDelivery(to)
  }

  /** @throws AwsError CodeMismatchException, ExpiredCodeException */
  check(user: User, purpose: Purpose, code: unknown): void {
    const stored = this.#state.get<{ code: string; expires_at_ms: number }>(
      'SELECT code, expires_at_ms FROM cognito_codes WHERE pool_id = ? AND username = ? AND purpose = ?',
      ...keyOf(user),
      purpose,
    )
    if (!stored || stored.expires_at_ms <= this.#clock.now()) throw expiredCode()
    if (stored.code !== code) throw codeMismatch()
  }

  /** A code can be used once. */
  remove(user: User, purpose: Purpose): void {
    const sql = 'DELETE FROM cognito_codes WHERE pool_id = ? AND username = ? AND purpose = ?'
    this.#state.run(sql, ...keyOf(user), purpose)
  }

  /** The address that replaces the user's own when it is verified. */
  pendingEmail(user: User): string | undefined {
    const sql = 'SELECT email FROM cognito_pending_emails WHERE pool_id = ? AND username = ?'
    return this.#state.get<{ email: string }>(sql, ...keyOf(user))?.email
  }

  /** A code for the previous address is no longer valid. */
  setPendingEmail(user: User, email: string | undefined): void {
    this.#state.run('DELETE FROM cognito_pending_emails WHERE pool_id = ? AND username = ?', ...keyOf(user))
    this.remove(user, 'verify-email')
    if (email !== undefined)
      this.#state.run('INSERT INTO cognito_pending_emails VALUES (?, ?, ?)', ...keyOf(user), email)
  }

  removeAll(user: User): void {
    this.setPendingEmail(user, undefined)
    this.#state.run('DELETE FROM cognito_codes WHERE pool_id = ? AND username = ?', ...keyOf(user))
  }
}

const keyOf = ({ poolId, username }: User) => [poolId, username] as const

export const expiredCode = () =>
  new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.')

export const codeMismatch = () =>
  new AwsError('CodeMismatchException', 'Invalid verification code provided, please try again.')

/** CodeDeliveryDetails with a masked address: `a***@e***`. */
export function codeDelivery(email: string) {
  const [name = '', domain = ''] = email.split('@')
  return {
    Destination: `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`,
    DeliveryMedium: 'EMAIL',
    AttributeName: 'email',
  }
}

import { randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { CodePurpose, Directory, SentCode, User } from './directory.ts'
import type { Pool } from './pool.ts'

export interface Mail {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Cognito's default sender. */
const from = 'no-reply@verificationemail.com'

const hourMs = 3_600_000
const lifetimeMs = { 'sign-up': 24 * hourMs, 'forgot-password': hourMs, 'verify-email': 24 * hourMs }

interface CodeParts {
  readonly state: State
  readonly clock: Clock
  readonly directory: Directory
  /** Called inside the transaction that creates a code. */
  readonly sendMail: (mail: Mail) => void
}

/** Six-digit codes, sent by email; a new one replaces the previous one of the same purpose. */
export class Codes {
  readonly #parts: CodeParts

  constructor(parts: CodeParts) {
    this.#parts = parts
  }

  /** @param email @default the user's address. @returns CodeDeliveryDetails */
  send(pool: Pool, user: User, purpose: CodePurpose, email = user.attributes['email']!) {
    const { state, clock, directory, sendMail } = this.#parts
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    const { subject, html } = pool.codeMessage
    const plain = html.replace(/<br\s*\/?>/gi, '\n').replace(/<[^>]+>/g, '')
    const [htmlWithCode, text] = [html, plain].map((template) => template.replaceAll('{####}', code))
    state.transaction(() => {
      const sent = { code, email, expiresAtMs: clock.now() + lifetimeMs[purpose] }
      directory.change(pool, user, ({ codes }) => ({ codes: { ...codes, [purpose]: sent } }))
      sendMail({ from, to: email, subject, html: htmlWithCode!, text: text! })
    })
    return codeDelivery(email)
  }

  /** @throws AwsError CodeMismatchException, ExpiredCodeException */
  check(pool: Pool, user: User, purpose: CodePurpose, code: unknown): SentCode {
    const sent = this.#parts.directory.get(pool, user.username).codes[purpose]
    if (!sent || sent.expiresAtMs <= this.#parts.clock.now()) throw expiredCode()
    if (sent.code !== code) throw codeMismatch()
    return sent
  }

  remove(pool: Pool, user: User, purpose: CodePurpose): void {
    this.#parts.directory.change(pool, user, ({ codes }) => ({ codes: { ...codes, [purpose]: undefined } }))
  }

  /** A code can be used once. @throws AwsError CodeMismatchException, ExpiredCodeException */
  use(pool: Pool, user: User, purpose: CodePurpose, code: unknown): SentCode {
    const sent = this.check(pool, user, purpose, code)
    this.remove(pool, user, purpose)
    return sent
  }
}

export const expiredCode = () =>
  new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.')

export const codeMismatch = () =>
  new AwsError('CodeMismatchException', 'Invalid verification code provided, please try again.')

/** CodeDeliveryDetails with a masked address: `a***@e***`. */
export const codeDelivery = (email: string) => ({
  Destination: email.replace(/^(.?)[^@]*@?(.?).*$/, '$1***@$2***'),
  DeliveryMedium: 'EMAIL',
  AttributeName: 'email',
})

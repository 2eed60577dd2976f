import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { User } from './directory.ts'
import type { Client } from './pool.ts'

const lifetimeMs = 3 * 60_000

/** Pending NEW_PASSWORD_REQUIRED challenges. They expire after three minutes and are not persisted. */
export class Challenges {
  readonly #clock: Clock
  readonly #open = new Map<string, { clientId: string; username: string; expiresAtMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns the `Session` for RespondToAuthChallenge */
  create(client: Client, user: User): string {
    const nowMs = this.#clock.now()
    for (const [session, { expiresAtMs }] of this.#open) if (expiresAtMs <= nowMs) this.#open.delete(session)
    const session = randomBytes(48).toString('base64url')
    this.#open.set(session, { clientId: client.clientId, username: user.username, expiresAtMs: nowMs + lifetimeMs })
    return session
  }

  /** @returns the username. @throws AwsError NotAuthorizedException */
  check(client: Client, session: unknown): string {
    const open = this.#open.get(String(session))
    if (!open || open.clientId !== client.clientId)
      throw new AwsError('NotAuthorizedException', 'Invalid session for the user.')
    if (open.expiresAtMs <= this.#clock.now()) {
      throw new AwsError('NotAuthorizedException', 'Invalid session for the user, session is expired.')
    }
    return open.username
  }

  end(session: unknown): void {
    this.#open.delete(String(session))
  }
}

import type { Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import { notAuthorized } from './tokens.ts'

const failuresBeforeLockout = 5
const forgottenAfterMs = 15 * 60_000
/** "up to a maximum of approximately 15 minutes" */
const longestLockoutMs = 15 * 60_000

interface Attempts {
  readonly failures: number
  readonly lastMs: number
  readonly lockedUntilMs: number
}

/**
 * Counts failed sign-ins with a password, in memory. "After five failed unauthenticated or IAM-authorized sign-in attempts with
 * a password, Amazon Cognito locks out your user for one second. The lockout duration then doubles after each additional one
 * failed attempt" (Amazon Cognito Developer Guide, "Lockout behavior for failed sign-in attempts").
 */
export class Lockout {
  readonly #clock: Clock
  readonly #attempts = new Map<string, Attempts>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Starts an attempt. @throws AwsError NotAuthorizedException during a lockout, which such an attempt does not extend */
  check(name: string): void {
    const nowMs = this.#clock.now()
    for (const [each, { lastMs }] of this.#attempts) if (nowMs - lastMs >= forgottenAfterMs) this.#attempts.delete(each)
    const known = this.#attempts.get(name)
    if (!known) return
    this.#attempts.set(name, { ...known, lastMs: nowMs })
    if (nowMs < known.lockedUntilMs) throw notAuthorized('Password attempts exceeded')
  }

  failed(name: string): void {
    const nowMs = this.#clock.now()
    const failures = (this.#attempts.get(name)?.failures ?? 0) + 1
    const lockoutMs = failures < failuresBeforeLockout ? 0 : 1000 * 2 ** (failures - failuresBeforeLockout)
    const lockedUntilMs = nowMs + Math.min(lockoutMs, longestLockoutMs)
    this.#attempts.set(name, { failures, lastMs: nowMs, lockedUntilMs })
  }

  succeeded(name: string): void {
    this.#attempts.delete(name)
  }
}

const resetsPerHour = 5

/**
 * Counts the requests and tries of codes that reset a password, in memory. "In a given hour, we allow between 5 and 20
 * attempts for a user to request or enter a password reset code as part of forgot-password and confirm-forgot-password
 * actions. The exact value depends on the risk parameters" (Amazon Cognito Developer Guide, "Recovering user accounts").
 */
export class PasswordResets {
  readonly #clock: Clock
  readonly #attemptsMs = new Map<string, readonly number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Starts an attempt. @throws AwsError LimitExceededException */
  count(name: string): void {
    const nowMs = this.#clock.now()
    const recentMs = (this.#attemptsMs.get(name) ?? []).filter((atMs) => nowMs - atMs < 60 * 60_000)
    if (recentMs.length >= resetsPerHour)
      throw new AwsError('LimitExceededException', 'Attempt limit exceeded, please try after some time.')
    this.#attemptsMs.set(name, [...recentMs, nowMs])
  }
}

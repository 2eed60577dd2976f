import type { Result } from '#shared/result.ts'
import type { OrderCounters, Profile, Registration } from './domain/profile.ts'

export interface Profiles {
  find(userId: string): Promise<(Profile & OrderCounters) | undefined>
  /** Stores profile, counters and event in one transaction. `exists`: the user is registered; nothing was written. */
  create(registration: Registration): Promise<'created' | 'exists'>
}

/** The claims of a token whose signature, issuer, audience and times are valid. */
export interface TokenClaims {
  readonly userId: string
  readonly groups: readonly string[]
}

export interface TokenVerifier {
  /**
   * The failure is the reason for the log; the caller is informed only that the token is rejected.
   * @throws Error when an issuer's keys cannot be fetched, so that the validity of the token is unknown
   */
  verify(token: string): Promise<Result<TokenClaims, string>>
}

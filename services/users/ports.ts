import type { EventOf } from '#shared/events/envelope.ts'
import type { Profile } from './domain/profile.ts'
import type { UserRegistered } from './events.ts'

export interface Profiles {
  find(userId: string): Promise<Profile | undefined>
  /** Stores the profile together with its event, unless the user has one. */
  create(profile: Profile, event: EventOf<typeof UserRegistered>): Promise<'created' | 'exists'>
}

/** What a token says once its signature, issuer, audience and times were found right. */
export interface TokenClaims {
  readonly userId: string
  readonly groups: readonly string[]
}

export type TokenVerdict =
  | { readonly ok: true; readonly claims: TokenClaims }
  /** The reason is for the log; the caller learns only that the token is not taken. */
  | { readonly ok: false; readonly reason: string }

export interface TokenVerifier {
  /** @throws when an issuer's keys cannot be fetched, which is no statement about the token */
  verify(token: string): Promise<TokenVerdict>
}

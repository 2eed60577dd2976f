import type { Result } from '#shared/result.ts'
import type {
  Account,
  Avatar,
  Deletion,
  OrderCounters,
  Profile,
  ProfileChanges,
  Registration,
} from './domain/profile.ts'

export type StoredProfile = Profile & OrderCounters

export interface Profiles {
  find(userId: string): Promise<StoredProfile | undefined>
  /**
   * Stores profile, counters, event and the reference from the address in one transaction. `exists`: the user is
   * registered; nothing was written. `deleted`: the account was deleted, and nothing brings it back.
   */
  create(registration: Registration): Promise<'created' | 'exists' | 'deleted'>
  /** Changes the address of a profile, and the reference from it. `stale`: it was changed or removed since it was read. */
  changeEmail(profile: Pick<Profile, 'userId' | 'email'>, email: string): Promise<'changed' | 'stale'>
  /** Changes only these fields of an existing profile. */
  change(userId: string, changes: ProfileChanges): Promise<'changed' | 'absent'>
  /** The newest upload wins, in whatever order they are stored. `kept`: there is a newer one. `absent`: no profile. */
  changeAvatar(userId: string, avatar: Avatar): Promise<'changed' | 'kept' | 'absent'>
  /**
   * Removes all that is stored about the user, and stores the deletion with its event, in one transaction. The user may
   * have no profile. `stale`: the profile was created, its address changed, or an order was placed since it was read; can
   * be retried.
   */
  remove(
    deletion: Deletion,
    profile: Pick<StoredProfile, 'email' | 'orderCount'> | undefined,
  ): Promise<'removed' | 'already-removed' | 'stale'>
}

/** The media bucket. */
export interface MediaLinks {
  /** The URL of a private image, for five minutes. */
  urlOf(key: string): Promise<string>
}

/** The accounts of the user pool, in which customers sign in. */
export interface Accounts {
  /**
   * The account of an access token, whose user the API's authorizer has checked. Undefined: the account was deleted, or
   * the token revoked.
   */
  ofToken(accessToken: string): Promise<Account | undefined>
}

/** The accounts, without a token of their users. */
export interface AccountLookup {
  /** Undefined: the account was deleted. */
  ofUser(userId: string): Promise<Account | undefined>
}

/** The user pool as the administrator of its accounts. */
export interface AccountRemoval {
  /** With it, no token of the account can be refreshed. Removing an absent account is not an error. */
  remove(userId: string): Promise<void>
}

/** The claims of a token whose signature, issuer, audience and times are valid. */
export interface TokenClaims {
  readonly userId: string
  readonly groups: readonly string[]
  /** The user pool that issued the token. @default another issuer, whose users cannot be looked up */
  readonly userPoolId?: string
}

/** A user of a user pool as of now, whatever the claims of an earlier token. */
export interface PoolMember {
  readonly isEnabled: boolean
  readonly groups: readonly string[]
  /** Whether signing in takes a second factor. */
  readonly hasMfa: boolean
}

export interface PoolMembers {
  /**
   * Undefined: the user was deleted.
   * @throws Error when the user pool does not respond, or throttles the call
   */
  find(userPoolId: string, userId: string): Promise<PoolMember | undefined>
}

export interface TokenVerifier {
  /**
   * The failure is the reason for the log; the caller is informed only that the token is rejected.
   * @throws Error when an issuer's keys cannot be fetched, so that the validity of the token is unknown
   */
  verify(token: string): Promise<Result<TokenClaims, string>>
}

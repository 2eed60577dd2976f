import type { Cause } from '#shared/events/envelope.ts'
import { failed, ok } from '#shared/result.ts'
import { register, type Account } from '../domain/profile.ts'
import type { Accounts, Profiles, StoredProfile } from '../ports.ts'

export interface OwnProfileDependencies {
  readonly profiles: Profiles
  readonly accounts: Accounts
  readonly now: () => Date
  /** Reports that the account could not be read, although a profile is there. */
  readonly onStale: (error: unknown) => void
}

/**
 * The profile of the customer who asks. It is created if the sign-up did not create it, and takes over an address that the
 * customer has verified since: Cognito invokes no trigger for either. An access token contains no address, so the account
 * is read with it, at the same time as the profile.
 * @returns undefined for an account that has neither profile nor user
 */
export async function ownProfile(
  { profiles, accounts, now, onStale }: OwnProfileDependencies,
  { userId, accessToken, cause }: { userId: string; accessToken: string; cause: Cause },
): Promise<StoredProfile | undefined> {
  const [profile, account] = await Promise.all([profiles.find(userId), accounts.ofToken(accessToken).then(ok, failed)])
  if (!account.ok) {
    if (!profile) throw account.failure
    onStale(account.failure)
    return profile
  }
  if (profile) return account.value ? followed(profiles, profile, account.value) : profile
  if (!account.value) return undefined
  await profiles.create(register(account.value, now(), cause))
  return profiles.find(userId)
}

/** An address that is not verified could be any person's. */
async function followed(
  profiles: Profiles,
  profile: StoredProfile,
  { email, emailVerified }: Account,
): Promise<StoredProfile | undefined> {
  if (!emailVerified || email === undefined || email === profile.email) return profile
  const outcome = await profiles.changeEmail(profile, email)
  return outcome === 'changed' ? { ...profile, email } : profiles.find(profile.userId)
}

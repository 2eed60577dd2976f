import type { Cause } from '#shared/events/envelope.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { deletionOf } from '../domain/profile.ts'
import type { Profiles } from '../ports.ts'

export interface DeleteAccountDependencies {
  readonly profiles: Profiles
  readonly now: () => Date
  readonly backoff: Backoff
}

/**
 * Removes what is stored about a customer, whether or not there is a profile. The services that keep more about the customer
 * remove it when they receive the event.
 * @throws ThrottledError when other requests keep changing the profile
 */
export async function deleteAccount(
  { profiles, now, backoff }: DeleteAccountDependencies,
  { userId, cause }: { userId: string; cause: Cause },
): Promise<'removed' | 'already-removed'> {
  const outcome = await retryWhileContended(
    backoff,
    async () => {
      const profile = await profiles.find(userId)
      return profiles.remove(deletionOf({ userId, orderCount: profile?.orderCount ?? 0 }, now(), cause), profile)
    },
    (attempted) => attempted === 'stale',
  )
  if (outcome === 'stale') throw new ThrottledError('Other requests kept changing the profile.')
  return outcome
}

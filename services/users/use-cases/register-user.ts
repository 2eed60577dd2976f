import { createEvent, type Cause } from '#shared/events/envelope.ts'
import { createProfile, type SignUp } from '../domain/profile.ts'
import { UserRegistered } from '../events.ts'
import type { Profiles } from '../ports.ts'

/** Gives a confirmed sign-up its profile. A second call for the same user changes nothing. */
export async function registerUser(
  profiles: Profiles,
  command: { signUp: SignUp; now: Date; cause: Cause },
): Promise<'created' | 'exists'> {
  const { signUp, now, cause } = command
  const event = createEvent(UserRegistered, {
    aggregateId: signUp.userId,
    aggregateVersion: 1,
    time: now,
    cause,
    data: { userId: signUp.userId },
  })
  return profiles.create(createProfile(signUp, now), event)
}

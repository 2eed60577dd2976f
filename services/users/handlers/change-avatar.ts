import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { causedBy } from '#shared/events/envelope.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { register } from '../domain/profile.ts'
import type { AccountLookup, Profiles } from '../ports.ts'

export interface ChangeAvatarDependencies {
  readonly profiles: Pick<Profiles, 'changeAvatar' | 'create'>
  readonly accounts: AccountLookup
  readonly now: () => Date
}

/**
 * An upload can be the first use of an account whose sign-up created no profile: it is created, as by `GET /me`. Product
 * images are ignored; the rule's pattern does not match them either.
 */
export const changeAvatarHandler = ({ profiles, accounts, now }: ChangeAvatarDependencies) =>
  eventConsumer([ThumbnailsReady], async ({ data, metadata }) => {
    if (data.purpose !== 'avatar') return { outcome: 'not-an-avatar' }
    const { ownerId, uploadId, thumbnails } = data
    const change = () => profiles.changeAvatar(ownerId, { uploadId, thumbnails })
    const outcome = await change()
    const account = outcome === 'absent' ? await accounts.ofUser(ownerId) : undefined
    if (!account) return { outcome, upload_id: uploadId }
    await profiles.create(register(account, now(), causedBy(metadata)))
    return { outcome: await change(), upload_id: uploadId }
  })

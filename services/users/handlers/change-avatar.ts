import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import type { Profiles } from '../ports.ts'

/** Product images are ignored; the rule's pattern does not match them either. */
export const changeAvatarHandler = (profiles: Pick<Profiles, 'changeAvatar'>) =>
  eventConsumer([ThumbnailsReady], async ({ data }) => {
    if (data.purpose !== 'avatar') return { outcome: 'not-an-avatar' }
    const { ownerId, uploadId, thumbnails } = data
    return { outcome: await profiles.changeAvatar(ownerId, { uploadId, thumbnails }), upload_id: uploadId }
  })

import { UserDeleted } from '#services/users/events.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { ThumbnailsReady, UploadRejected } from '../events.ts'
import { removeUploads, type RemoveUploadsDependencies } from '../use-cases/remove-uploads.ts'

/** Product images are left to the catalog. */
export const removeUploadsHandler = (dependencies: RemoveUploadsDependencies) =>
  eventConsumer([ThumbnailsReady, UploadRejected, UserDeleted], async (event) => {
    if (event.type === 'UserDeleted') {
      return { outcome: 'removed', uploads: await removeUploads(dependencies, { ownerId: event.data.userId }) }
    }
    const { purpose, ownerId, uploadId } = event.data
    if (purpose !== 'avatar') return { outcome: 'not-an-avatar' }
    const readyId = event.type === 'ThumbnailsReady' ? uploadId : undefined
    return { outcome: 'removed', uploads: await removeUploads(dependencies, { ownerId, readyId }) }
  })

import { ProductChanged } from '#services/catalog/events.ts'
import { UserDeleted } from '#services/users/events.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { ThumbnailsReady, UploadRejected } from '../events.ts'
import type { MediaRemover, UploadRemover } from '../ports.ts'
import { removeUploads, type RemoveUploadsDependencies } from '../use-cases/remove-uploads.ts'

/** Avatars only: product images are removed by staff. */
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

export interface RemoveProductImagesDependencies {
  readonly uploads: UploadRemover
  readonly media: Pick<MediaRemover, 'remove'>
}

/** Removes what a product no longer shows, the images before their uploads. */
export const removeProductImagesHandler = ({ uploads, media }: RemoveProductImagesDependencies) =>
  eventConsumer([ProductChanged], async ({ data: { productId, removedImages } }) => {
    if (!removedImages) return { outcome: 'no-image-removed' }
    const { uploadIds, keys } = removedImages
    await Promise.all(keys.map((key) => media.remove(key)))
    await Promise.all(uploadIds.map((uploadId) => uploads.remove(uploadId)))
    return { outcome: 'removed', product_id: productId, upload_ids: uploadIds, images: keys.length }
  })

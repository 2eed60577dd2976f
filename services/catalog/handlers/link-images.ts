import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { causedBy } from '#shared/events/envelope.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { linkImages, type LinkImagesDependencies } from '../use-cases/link-images.ts'

/** Pictures of products become part of them; avatars are none of the catalogue's business. */
export const linkImagesHandler = (dependencies: LinkImagesDependencies) =>
  eventConsumer([ThumbnailsReady], async ({ data, metadata }) => {
    if (data.purpose !== 'product-image') return
    const { uploadId, productId, thumbnails } = data
    const outcome = await linkImages(dependencies, {
      productId,
      picture: { uploadId, images: thumbnails },
      cause: causedBy(metadata),
    })
    if (outcome === 'stale') throw new Error(`Others kept changing ${productId} meanwhile.`)
    logger.info(`Picture of a product: ${outcome}`, { product_id: productId, upload_id: uploadId, outcome })
  })

import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { causedBy } from '#shared/events/envelope.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { linkImages, type LinkImagesDependencies } from '../use-cases/link-images.ts'

/** Adds the images of products to them. Avatars are ignored; the rule's pattern does not match them either. */
export const linkImagesHandler = (dependencies: LinkImagesDependencies) =>
  eventConsumer([ThumbnailsReady], async ({ data, metadata }) => {
    if (data.purpose !== 'product-image') return
    const { uploadId, productId, thumbnails } = data
    const image = { uploadId, sizes: thumbnails }
    const outcome = await linkImages(dependencies, { productId, image, cause: causedBy(metadata) })
    if (outcome === 'stale') throw new Error(`Product ${productId} was changed by other writers in every attempt.`)
    logger.info(`Product image: ${outcome}`, { product_id: productId, upload_id: uploadId, outcome })
  })

import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { causedBy, type Cause } from '#shared/events/envelope.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { addImage, type ProductImage } from '../domain/product.ts'
import { ProductChanged, productEvent } from '../events.ts'
import type { ProductChanges } from '../ports.ts'

export interface LinkImagesDependencies {
  readonly products: ProductChanges
  readonly now: () => Date
  readonly backoff: Backoff
}

interface UploadedImage {
  readonly uploadId: string
  readonly sizes: readonly Omit<ProductImage, 'uploadId'>[]
}

/** Adds the images of products to them. Avatars are ignored; the rule's pattern does not match them either. */
export const linkImagesHandler = (dependencies: LinkImagesDependencies) =>
  eventConsumer(
    [ThumbnailsReady],
    async ({ data, metadata }) => {
      if (data.purpose !== 'product-image') return { outcome: 'not-a-product-image' }
      const { uploadId, productId, thumbnails } = data
      const image = { uploadId, sizes: thumbnails }
      const outcome = await retryWhileContended(
        dependencies.backoff,
        () => linkImage(dependencies, productId, image, causedBy(metadata)),
        (attempted) => attempted === 'stale',
      )
      if (outcome === 'stale') throw new Error(`Product ${productId} was changed by other writers in every attempt.`)
      return { outcome, product_id: productId, upload_id: uploadId }
    },
    ({ data }) => (data.purpose === 'product-image' ? data.productId : data.uploadId),
  )

/** A duplicate changes nothing, also after the image was removed. A write that conflicts with another write is `stale`. */
async function linkImage(
  { products, now }: LinkImagesDependencies,
  productId: string,
  image: UploadedImage,
  cause: Cause,
): Promise<'linked' | 'already-linked' | 'removed' | 'no-product' | 'stale'> {
  const product = await products.current(productId)
  if (!product) return 'no-product'
  const changed = addImage(product, image, now())
  if (!changed.ok) return changed.failure === 'removed' ? 'removed' : 'already-linked'
  const event = productEvent(ProductChanged, changed.value, cause)
  return (await products.change(changed.value, event)) === 'changed' ? 'linked' : 'stale'
}

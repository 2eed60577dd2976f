import { createEvent, type Cause } from '#shared/events/envelope.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { addPicture, type ProductImage } from '../domain/product.ts'
import { ProductChanged } from '../events.ts'
import type { ProductChanges } from '../ports.ts'

export interface LinkImagesDependencies {
  readonly products: ProductChanges
  readonly now: () => Date
  readonly backoff: Backoff
}

export interface LinkImagesCommand {
  readonly productId: string
  readonly picture: { readonly uploadId: string; readonly images: readonly Omit<ProductImage, 'uploadId'>[] }
  readonly cause: Cause
}

export type LinkImagesOutcome = 'linked' | 'linked-before' | 'no-product' | 'stale'

/** Adds a picture to its product; a repeat changes nothing. Who loses a race against another change looks again. */
export const linkImages = (dependencies: LinkImagesDependencies, command: LinkImagesCommand) =>
  retryWhileContended(
    dependencies.backoff,
    () => tryToLink(dependencies, command),
    (outcome) => outcome === 'stale',
  )

async function tryToLink(
  { products, now }: LinkImagesDependencies,
  { productId, picture, cause }: LinkImagesCommand,
): Promise<LinkImagesOutcome> {
  const product = await products.current(productId)
  if (!product) return 'no-product'
  const time = now()
  const changed = addPicture(product, picture, time)
  if (!changed.ok) return 'linked-before'
  const { sku, version } = changed.value
  const event = createEvent(ProductChanged, {
    aggregateId: productId,
    aggregateVersion: version,
    time,
    cause,
    data: { productId, sku, version },
  })
  return (await products.change(changed.value, event)) === 'stale' ? 'stale' : 'linked'
}

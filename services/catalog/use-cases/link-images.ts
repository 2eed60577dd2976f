import type { Cause } from '#shared/events/envelope.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { addImage, type ProductImage } from '../domain/product.ts'
import { ProductChanged, productEvent } from '../events.ts'
import type { ProductChanges } from '../ports.ts'

export interface LinkImagesDependencies {
  readonly products: ProductChanges
  readonly now: () => Date
  readonly backoff: Backoff
}

export interface LinkImagesCommand {
  readonly productId: string
  readonly image: { readonly uploadId: string; readonly sizes: readonly Omit<ProductImage, 'uploadId'>[] }
  readonly cause: Cause
}

export type LinkImagesOutcome = 'linked' | 'already-linked' | 'no-product' | 'stale'

/** Adds an image to its product; a repeat changes nothing. A write that loses against another one is tried again. */
export const linkImages = ({ products, now, backoff }: LinkImagesDependencies, command: LinkImagesCommand) => {
  const attempt = async (): Promise<LinkImagesOutcome> => {
    const product = await products.current(command.productId)
    if (!product) return 'no-product'
    const changed = addImage(product, command.image, now())
    if (!changed.ok) return 'already-linked'
    const event = productEvent(ProductChanged, changed.value, command.cause)
    return (await products.change(changed.value, event)) === 'changed' ? 'linked' : 'stale'
  }
  return retryWhileContended(backoff, attempt, (outcome) => outcome === 'stale')
}

import type { Cause } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import {
  changeProduct,
  invalidImages,
  removedImages,
  type OfferedProduct,
  type ProductChange,
} from '../domain/product.ts'
import { ProductChanged, productEvent } from '../events.ts'
import type { ProductChanges } from '../ports.ts'

export interface ChangeProductCommand {
  readonly productId: string
  readonly change: ProductChange
  /** Whether the client has read this version. */
  readonly isExpected: (version: number) => boolean
  readonly time: Date
  readonly cause: Cause
  readonly backoff: Backoff
}

export type ChangeProductFailure =
  /** `stale`: other writes kept changing the product. */
  | { readonly kind: 'no-product' | 'version-changed' | 'stale' }
  /** The positions of upload ids that are no image of the product, or repeated. */
  | { readonly kind: 'invalid-images'; readonly positions: readonly number[] }

/**
 * Changes a product. A change without effect makes no new version. After a conflict with another write the product is read
 * again, since its new version may be expected too.
 */
export const changeExpectedProduct = (
  products: ProductChanges,
  command: ChangeProductCommand,
): Promise<Result<OfferedProduct, ChangeProductFailure>> =>
  retryWhileContended(
    command.backoff,
    () => attemptChange(products, command),
    (outcome) => !outcome.ok && outcome.failure.kind === 'stale',
  )

async function attemptChange(
  products: ProductChanges,
  { productId, change, isExpected, time, cause }: ChangeProductCommand,
): Promise<Result<OfferedProduct, ChangeProductFailure>> {
  const product = await products.current(productId)
  if (!product) return failed({ kind: 'no-product' })
  if (!isExpected(product.version)) return failed({ kind: 'version-changed' })
  const positions = invalidImages(product, change.images ?? [])
  if (positions.length > 0) return failed({ kind: 'invalid-images', positions })
  const changed = changeProduct(product, change, time)
  if (!changed.ok) return ok(product)
  const removed = removedImages(product, changed.value.images)
  const event = productEvent(ProductChanged, { ...changed.value, removedImages: removed }, cause)
  const outcome = await products.change(changed.value, event)
  return outcome === 'changed' ? changed : failed({ kind: 'stale' })
}

import type { Cause } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { changeProduct, type OfferedProduct, type ProductChange } from '../domain/product.ts'
import { ProductChanged, productEvent } from '../events.ts'
import type { ProductChanges } from '../ports.ts'

export interface ChangeProductCommand {
  readonly productId: string
  readonly change: ProductChange
  /** Whether the client has read this version. */
  readonly isExpected: (version: number) => boolean
  readonly time: Date
  readonly cause: Cause
}

/** Changes a product. A change without effect makes no new version. */
export async function changeExpectedProduct(
  products: ProductChanges,
  { productId, change, isExpected, time, cause }: ChangeProductCommand,
): Promise<Result<OfferedProduct, 'no-product' | 'version-changed'>> {
  const product = await products.current(productId)
  if (!product) return failed('no-product')
  if (!isExpected(product.version)) return failed('version-changed')
  const changed = changeProduct(product, change, time)
  if (!changed.ok) return ok(product)
  const outcome = await products.change(changed.value, productEvent(ProductChanged, changed.value, cause))
  return outcome === 'changed' ? changed : failed('version-changed')
}

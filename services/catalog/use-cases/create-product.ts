import type { Cause } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { newProduct, type Product, type ProductDetails } from '../domain/product.ts'
import { ProductCreated, productEvent } from '../events.ts'
import type { ProductWriter } from '../ports.ts'

/** Adds a product to the catalog. An existing product of the SKU stays unchanged. */
export async function createProduct(
  products: ProductWriter,
  { details, time, cause }: { details: ProductDetails; time: Date; cause: Cause },
): Promise<Result<Product, 'sku-exists'>> {
  const product = newProduct(details, time)
  const outcome = await products.create(product, productEvent(ProductCreated, product, cause))
  return outcome === 'created' ? ok(product) : failed(outcome)
}

import { createEvent, type Cause } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { createProduct as create, type Product, type ProductDetails } from '../domain/product.ts'
import { ProductCreated } from '../events.ts'
import type { ProductWriter } from '../ports.ts'

/** Adds a product to the catalogue; a SKU that is taken stays as it is. */
export async function createProduct(
  products: ProductWriter,
  command: { details: ProductDetails; now: Date; cause: Cause },
): Promise<Result<Product, 'sku-taken'>> {
  const product = create(command.details, command.now)
  const { productId, sku, version } = product
  const event = createEvent(ProductCreated, {
    aggregateId: productId,
    aggregateVersion: version,
    time: command.now,
    cause: command.cause,
    data: { productId, sku, version },
  })
  const outcome = await products.create(product, event)
  return outcome === 'created' ? ok(product) : failed(outcome)
}

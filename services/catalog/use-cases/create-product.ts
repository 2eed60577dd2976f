import type { Cause } from '#shared/events/envelope.ts'
import type { IdempotentResponse, IdempotentRequest, StoredResponse } from '#shared/idempotency.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { newProduct, type OfferedProduct, type ProductDetails } from '../domain/product.ts'
import { ProductCreated, productEvent, type Availability } from '../events.ts'
import type { ProductWriter } from '../ports.ts'

export interface CreateProductCommand {
  readonly details: ProductDetails
  /** @default not stored, until the stock changes */
  readonly availability?: Availability | undefined
  readonly time: Date
  readonly cause: Cause
  /** Of a request with an Idempotency-Key. */
  readonly once?:
    | { readonly request: IdempotentRequest; readonly responseOf: (product: OfferedProduct) => IdempotentResponse }
    | undefined
}

export type CreateProductSuccess =
  | { readonly kind: 'created'; readonly product: OfferedProduct }
  /** The key was used before, for this request or another one. */
  | { readonly kind: 'key-used'; readonly stored: StoredResponse }

/** Adds a product to the catalog. An existing product of the SKU stays unchanged. */
export async function createProduct(
  products: ProductWriter,
  { details, availability, time, cause, once }: CreateProductCommand,
): Promise<Result<CreateProductSuccess, 'sku-exists' | 'contended'>> {
  const product: OfferedProduct = { ...newProduct(details, time), availability }
  const event = productEvent(ProductCreated, product, cause)
  const keyedResponse = once && { request: once.request, response: once.responseOf(product), time }
  const creation = await products.create(product, event, keyedResponse)
  switch (creation.kind) {
    case 'created':
      return ok({ kind: 'created', product })
    case 'key-used':
      return ok(creation)
    default:
      return failed(creation.kind)
  }
}

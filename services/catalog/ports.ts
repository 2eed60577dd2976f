import type { EventOf } from '#shared/events/envelope.ts'
import type { IdempotentResponse, IdempotentRequest, StoredResponse } from '#shared/idempotency.ts'
import type { AvailabilityChange } from './domain/availability.ts'
import type { Category, OfferedProduct } from './domain/product.ts'
import type { ProductChanged, ProductCreated } from './events.ts'

export const sortOrders = ['newest', 'price', '-price'] as const
export type SortOrder = (typeof sortOrders)[number]

export interface CatalogSlice {
  readonly categories: readonly Category[]
  /** Archived products have one order, the last changed first. */
  readonly sort: SortOrder | 'archived'
  /** The number of entries, at most 100. */
  readonly size: number
  /** The position after which the slice starts. */
  readonly after?: string | undefined
}

export interface CatalogEntry {
  /** The entry's position in the sort order. */
  readonly position: string
  /** Undefined when it was archived or restored after its index entry was written. */
  readonly product: OfferedProduct | undefined
}

export interface CatalogEntries {
  /** In order; fewer than `size` only at the end of the list. */
  readonly entries: readonly CatalogEntry[]
  /** Whether others follow. */
  readonly more: boolean
}

export interface ProductReader {
  find(productId: string): Promise<OfferedProduct | undefined>
  slice(slice: CatalogSlice): Promise<CatalogEntries>
}

/** The response to a request with an Idempotency-Key, to be stored in the same write as its effect. */
export interface KeyedResponse {
  readonly request: IdempotentRequest
  readonly response: IdempotentResponse
  readonly time: Date
}

export type Creation =
  | { readonly kind: 'created' }
  | { readonly kind: 'sku-exists' }
  /** The key was used before, for this request or another one. */
  | { readonly kind: 'key-used'; readonly stored: StoredResponse }
  /** Another write of the same product or key is in progress. */
  | { readonly kind: 'contended' }

export interface ProductWriter {
  /** Stores the product with its event, unless its SKU exists. */
  create(
    product: OfferedProduct,
    event: EventOf<typeof ProductCreated>,
    keyedResponse?: KeyedResponse,
  ): Promise<Creation>
}

export interface ProductChanges {
  /** A consistent read. */
  current(productId: string): Promise<OfferedProduct | undefined>
  /**
   * Stores the next version of a product with its event, and leaves its availability as it is. `stale`: another write
   * changed the product. `changed` also when this version is stored already, with the same content.
   */
  change(product: OfferedProduct, event: EventOf<typeof ProductChanged>): Promise<'changed' | 'stale'>
}

export interface ProductAvailabilities {
  /**
   * Stores the availability without a new version of the product. `outdated`: that of a newer version of the stock is
   * stored, or there is no product.
   */
  set(change: AvailabilityChange): Promise<'set' | 'outdated'>
}

import type { EventOf } from '#shared/events/envelope.ts'
import type { Category, Product } from './domain/product.ts'
import type { ProductChanged, ProductCreated } from './events.ts'

export const sortOrders = ['newest', 'price', '-price'] as const
export type SortOrder = (typeof sortOrders)[number]

export interface CatalogSlice {
  readonly categories: readonly Category[]
  readonly sort: SortOrder
  /** The number of entries, at most 100. */
  readonly size: number
  /** The position after which the slice starts. */
  readonly after?: string | undefined
}

export interface CatalogEntry {
  /** The entry's position in the sort order. */
  readonly position: string
  /** Undefined when it was archived after its index entry was written. */
  readonly product: Product | undefined
}

export interface ProductReader {
  find(productId: string): Promise<Product | undefined>
  /** Entries in order; fewer than `size` only at the end of the list. */
  slice(slice: CatalogSlice): Promise<CatalogEntry[]>
}

export interface ProductWriter {
  /** Stores the product with its event, unless its SKU exists. */
  create(product: Product, event: EventOf<typeof ProductCreated>): Promise<'created' | 'sku-exists'>
}

export interface ProductChanges {
  /** A consistent read. */
  current(productId: string): Promise<Product | undefined>
  /** Stores the next version of a product with its event. `stale`: another write changed the product. */
  change(product: Product, event: EventOf<typeof ProductChanged>): Promise<'changed' | 'stale'>
}

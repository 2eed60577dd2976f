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

export interface CatalogEntries {
  /** In order; fewer than `size` only at the end of the list. */
  readonly entries: readonly CatalogEntry[]
  /** Whether others follow. */
  readonly more: boolean
}

export interface ProductReader {
  find(productId: string): Promise<Product | undefined>
  slice(slice: CatalogSlice): Promise<CatalogEntries>
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

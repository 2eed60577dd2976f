import type { EventOf } from '#shared/events/envelope.ts'
import type { Category } from './domain/category.ts'
import type { Product } from './domain/product.ts'
import type { ProductChanged, ProductCreated } from './events.ts'

export const sortOrders = ['newest', 'price', '-price'] as const
export type SortOrder = (typeof sortOrders)[number]

export interface CatalogSlice {
  readonly categories: readonly Category[]
  readonly sort: SortOrder
  /** How many entries to read, at most 100. */
  readonly size: number
  /** The position of the entry before the first one wanted. */
  readonly after?: string | undefined
}

export interface CatalogEntry {
  /** Where the entry stands in its order: what the next slice goes on after. */
  readonly position: string
  /** Undefined when it was archived since its index entry was written. */
  readonly product: Product | undefined
}

export interface ProductReader {
  find(productId: string): Promise<Product | undefined>
  /** Active products in order, as many as asked for unless there are no more. */
  slice(slice: CatalogSlice): Promise<CatalogEntry[]>
}

export interface ProductWriter {
  /** Stores the product together with its event, unless its SKU is taken. */
  create(product: Product, event: EventOf<typeof ProductCreated>): Promise<'created' | 'sku-taken'>
}

export interface ProductChanges {
  /** The product as it stands this moment. */
  current(productId: string): Promise<Product | undefined>
  /** Stores the next version of a product together with its event, unless somebody else was first. */
  change(product: Product, event: EventOf<typeof ProductChanged>): Promise<'changed' | 'stale'>
}

import { categories, isCategory, matches, type Product } from '../domain/product.ts'
import type { CatalogEntry, ProductReader, SortOrder } from '../ports.ts'

export interface ListProductsQuery {
  readonly category?: string | undefined
  readonly sort: SortOrder
  readonly text?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
}

export interface ListedProducts {
  readonly products: readonly Product[]
  /** The position after which the next page starts; undefined at the end of the list. */
  readonly next?: string | undefined
}

/** Bounds the reads of a search with few hits; the next page continues it. */
const maxSlices = 5
const maxSliceSize = 100

/**
 * One page of the catalog. A search text filters the products read, so that a page of a search may hold fewer products
 * than its limit, or none, and still have a next page. An unknown category is an empty list.
 */
export async function listProducts(products: ProductReader, query: ListProductsQuery): Promise<ListedProducts> {
  const wanted = query.category === undefined ? categories : [query.category].filter(isCategory)
  if (wanted.length === 0) return { products: [] }
  const size = query.text === undefined ? Math.min(query.limit + 1, maxSliceSize) : maxSliceSize
  const found: Found[] = []
  let after = query.after
  for (let slices = 0; slices < maxSlices; slices += 1) {
    const entries = await products.slice({ categories: wanted, sort: query.sort, size, after })
    found.push(...entries.filter((entry) => isWanted(entry, query.text)))
    // One more than the limit means that there is a next page.
    if (found.length > query.limit) return pageOf(found.slice(0, query.limit), found[query.limit - 1]!.position)
    if (entries.length < size) return pageOf(found)
    after = entries.at(-1)!.position
  }
  return pageOf(found, after)
}

type Found = CatalogEntry & { readonly product: Product }

const isWanted = (entry: CatalogEntry, text: string | undefined): entry is Found =>
  entry.product !== undefined && (text === undefined || matches(entry.product, text))

const pageOf = (found: readonly Found[], next?: string): ListedProducts => ({
  products: found.map(({ product }) => product),
  next,
})

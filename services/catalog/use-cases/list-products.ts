import { categories, isCategory, matches, type Product } from '../domain/product.ts'
import type { CatalogEntry, ProductReader, SortOrder } from '../ports.ts'

export interface ListProductsQuery {
  readonly category?: string | undefined
  readonly sort: SortOrder | 'archived'
  readonly text?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
}

export interface ListedProducts {
  readonly products: readonly Product[]
  /** The position after which the next page starts; undefined at the end of the list. */
  readonly next?: string | undefined
}

/**
 * The maximum number of products that a request reads, which limits the table capacity that a caller without an account
 * can use. The next page continues.
 */
export const maxProductsRead = 40

/**
 * One page of the catalog. A search text filters the products read, so a page of a search may contain fewer products
 * than its limit, or none, and still have a next page; without a search, a page of more than `maxProductsRead` is short. An
 * unknown category is an empty list.
 */
export async function listProducts(products: ProductReader, query: ListProductsQuery): Promise<ListedProducts> {
  const { category, sort, text, limit, after } = query
  const wanted = category === undefined ? categories : [category].filter(isCategory)
  if (wanted.length === 0) return { products: [] }
  const isFiltered = text !== undefined || (sort === 'archived' && category !== undefined)
  const size = isFiltered ? maxProductsRead : Math.min(limit, maxProductsRead)
  const { entries, more } = await products.slice({ categories: wanted, sort, size, after })
  const found = entries.filter((entry): entry is Found => isWanted(entry, query))
  if (found.length > limit) return pageOf(found.slice(0, limit), found[limit - 1]!.position)
  return pageOf(found, more ? entries.at(-1)!.position : undefined)
}

type Found = CatalogEntry & { readonly product: Product }

/** The archived products of all categories are one list. */
const isWanted = ({ product }: CatalogEntry, { category, text }: ListProductsQuery): boolean =>
  product !== undefined &&
  (category === undefined || product.category === category) &&
  (text === undefined || matches(product, text))

const pageOf = (found: readonly Found[], next?: string): ListedProducts => ({
  products: found.map(({ product }) => product),
  next,
})

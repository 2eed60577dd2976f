import { bodyOf, type Api } from '../api/client.ts'
import type { Product } from '../api/types.ts'
import type { ProductFilter } from './product-filter.ts'

interface ProductPage {
  readonly items: readonly Product[]
  readonly nextCursor?: string | undefined
}

/** A search that matches little reads on, within limits: the customer continues it by the button. */
const maxRequests = 5

/** A page of the API may be short or empty and still have a next one: reads until `size` products are found. */
export async function readProducts(
  api: Api,
  filter: ProductFilter,
  { size, cursor, signal }: { size: number; cursor: string | undefined; signal: AbortSignal },
): Promise<ProductPage> {
  const items: Product[] = []
  let next = cursor
  for (let requests = 0; requests < maxRequests; requests += 1) {
    const query = { ...filter, limit: size - items.length, ...(next === undefined ? {} : { cursor: next }) }
    const page = await bodyOf(api.GET('/products', { params: { query }, signal }))
    items.push(...page.items)
    next = page.nextCursor
    if (next === undefined || items.length >= size) break
  }
  return { items, nextCursor: next }
}

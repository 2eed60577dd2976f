import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import { etagOf } from '#shared/http/if-match.ts'
import type { OfferedProduct } from '../domain/product.ts'
import type { ProductChanges, ProductReader } from '../ports.ts'
import * as routes from '../routes.ts'
import { listProducts, type ListedProducts } from '../use-cases/list-products.ts'
import { viewProduct, viewProductForStaff, type ViewOptions } from './view-product.ts'

/**
 * Caches may store responses for 30 seconds: the binding price is read when an order is placed. The version is no ETag here:
 * a new availability has the same version, and a cache would keep showing the old one after a 304.
 */
const caching = { 'cache-control': 'public, max-age=30' }

export const getProductHandler = (products: ProductReader, view: ViewOptions) =>
  apiHandler(routes.getProduct, async ({ parameters }) => {
    const product = await products.find(parameters.productId)
    if (!product) return notFound
    return { status: 200, headers: caching, body: viewProduct(product, view) }
  })

export const listProductsHandler = (products: ProductReader, view: ViewOptions) =>
  apiHandler(routes.listProducts, async ({ query }) => {
    const { category, sort, q, limit, cursor } = query
    const after = decodeCursor(cursor, positionIn(sort))?.after
    const page = await listProducts(products, { category, sort, text: q, limit, after })
    return {
      status: 200,
      headers: caching,
      body: pageBody(page, sort, (product) => viewProduct(product, view)),
    }
  })

/** Staff get no response from a cache: a change is based on the version that is stored. */
export const adminListProductsHandler = (products: ProductReader, view: ViewOptions) =>
  apiHandler(routes.adminListProducts, async ({ query }) => {
    const { status, category, q, limit, cursor } = query
    const sort = status === 'archived' ? 'archived' : 'newest'
    const after = decodeCursor(cursor, positionIn(sort))?.after
    const page = await listProducts(products, { category, sort, text: q, limit, after })
    return { status: 200, body: pageBody(page, sort, (product) => viewProductForStaff(product, view)) }
  })

export const adminGetProductHandler = (products: ProductChanges, view: ViewOptions) =>
  apiHandler(routes.adminGetProduct, async ({ parameters }) => {
    const product = await products.current(parameters.productId)
    if (!product) return notFound
    return { status: 200, headers: { etag: etagOf(product.version) }, body: viewProductForStaff(product, view) }
  })

const notFound = { problem: problem(commonProblems, 'not-found', 'The product does not exist.') }

const pageBody = ({ products, next }: ListedProducts, sort: string, view: (product: OfferedProduct) => object) => ({
  items: products.map(view),
  ...(next === undefined ? {} : { nextCursor: encodeCursor({ sort, after: next }) }),
})

/** A cursor is valid in its own sort order only. A position is made of numbers, times and SKUs. */
const positionIn = (sort: string) =>
  z.strictObject({ sort: z.literal(sort), after: z.string().regex(/^[\x21-\x7e]+$/) })

import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import { publicMediaUrl } from '#shared/media-url.ts'
import type { Product } from '../domain/product.ts'
import type { ProductReader } from '../ports.ts'
import * as routes from '../routes.ts'
import { listProducts } from '../use-cases/list-products.ts'

/** Caches may store responses for 30 seconds: the binding price is read when an order is placed. */
const caching = { 'cache-control': 'public, max-age=30' }

export const getProductHandler = (products: ProductReader, mediaUrl: string) =>
  apiHandler(routes.getProduct, async ({ parameters }) => {
    const product = await products.find(parameters.productId)
    if (!product) return { problem: problem(commonProblems, 'not-found', 'The product does not exist.') }
    return { status: 200, headers: { ...caching, etag: `"${product.version}"` }, body: viewProduct(product, mediaUrl) }
  })

export const listProductsHandler = (products: ProductReader, mediaUrl: string) =>
  apiHandler(routes.listProducts, async ({ query }) => {
    const { category, sort, q, limit, cursor } = query
    const after = decodeCursor(cursor, positionIn(sort))?.after
    const page = await listProducts(products, { category, sort, text: q, limit, after })
    return {
      status: 200,
      headers: caching,
      body: {
        items: page.products.map((product) => viewProduct(product, mediaUrl)),
        ...(page.next === undefined ? {} : { nextCursor: encodeCursor({ sort, after: page.next }) }),
      },
    }
  })

/** A cursor is valid in its own sort order only. */
const positionIn = (sort: string) => z.strictObject({ sort: z.literal(sort), after: z.string().min(1) })

/** Image URLs are created on reading, since they depend on the media domain. */
const viewProduct = (product: Product, mediaUrl: string): z.infer<typeof routes.ProductView> =>
  routes.ProductView.parse({
    ...product,
    images: product.images.map((image) => ({ ...image, url: publicMediaUrl(mediaUrl, image.key) })),
  })

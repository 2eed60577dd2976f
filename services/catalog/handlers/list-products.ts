import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import type { ProductReader } from '../ports.ts'
import { viewProduct } from '../product-view.ts'
import * as routes from '../routes.ts'
import { listProducts } from '../use-cases/list-products.ts'
import { briefly } from './caching.ts'

export const listProductsHandler = (products: ProductReader, mediaUrl: string) =>
  apiHandler(routes.listProducts, async ({ query }) => {
    const { category, sort, q, limit, cursor } = query
    const after = decodeCursor(cursor, positionIn(sort))?.after
    const page = await listProducts(products, { category, sort, text: q, limit, after })
    return {
      status: 200,
      headers: briefly,
      body: {
        items: page.products.map((product) => viewProduct(product, mediaUrl)),
        ...(page.next === undefined ? {} : { nextCursor: encodeCursor({ sort, after: page.next }) }),
      },
    }
  })

/** A cursor goes on in the order that it was made in, and in no other. */
const positionIn = (sort: string) => z.strictObject({ sort: z.literal(sort), after: z.string().min(1) })

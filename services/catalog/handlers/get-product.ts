import { apiHandler } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import type { ProductReader } from '../ports.ts'
import { viewProduct } from '../product-view.ts'
import * as routes from '../routes.ts'
import { briefly } from './caching.ts'

export const getProductHandler = (products: ProductReader, mediaUrl: string) =>
  apiHandler(routes.getProduct, async ({ parameters }) => {
    const product = await products.find(parameters.productId)
    if (!product) return { problem: problem(commonProblems, 'not-found', 'There is no such product.') }
    return { status: 200, headers: { ...briefly, etag: `"${product.version}"` }, body: viewProduct(product, mediaUrl) }
  })

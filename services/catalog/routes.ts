import * as z from 'zod'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { defineRoute } from '#shared/http/route.ts'
import { categories } from './domain/category.ts'
import { ProductView } from './product-view.ts'
import { sortOrders } from './ports.ts'

export const listProducts = defineRoute({
  operationId: 'listProducts',
  method: 'GET',
  path: '/products',
  access: 'public',
  summary: 'The catalogue, filtered and sorted',
  entry: 'list-products',
  query: z.strictObject({
    category: z
      .string()
      .max(60)
      .optional()
      .describe(`One of ${categories.join(', ')}; another has no products`),
    sort: z.enum(sortOrders).default('newest'),
    q: z.string().trim().min(1).max(100).optional().describe('Words that must all occur in name, description or tags'),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page of active products', schema: pageOf(ProductView) } },
})

export const getProduct = defineRoute({
  operationId: 'getProduct',
  method: 'GET',
  path: '/products/{productId}',
  access: 'public',
  summary: 'One product, archived ones included',
  entry: 'get-product',
  parameters: z.object({ productId: z.string().min(1) }),
  answers: { 200: { description: 'The product; its version is the ETag', schema: ProductView } },
})

export const routes = [listProducts, getProduct]

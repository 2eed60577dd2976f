import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { productWriter } from '../adapters/product-table.ts'
import { createProductHandler } from '../handlers/change-products.ts'
import { viewFromEnv } from '../handlers/view-product.ts'

export const handler = createProductHandler({
  products: productWriter(tableFromEnv()),
  view: viewFromEnv(),
  now: () => new Date(),
})

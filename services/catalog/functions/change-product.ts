import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { productChanges } from '../adapters/product-table.ts'
import { changeProductHandler } from '../handlers/change-products.ts'
import { viewFromEnv } from '../handlers/view-product.ts'

export const handler = changeProductHandler({
  products: productChanges(tableFromEnv()),
  view: viewFromEnv(),
  now: () => new Date(),
})

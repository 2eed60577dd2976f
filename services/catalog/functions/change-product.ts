import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { productChanges } from '../adapters/product-table.ts'
import { changeProductHandler } from '../handlers/change-products.ts'
import { viewFromEnv } from '../handlers/view-product.ts'

export const handler = changeProductHandler({
  products: productChanges(tableFromEnv()),
  view: viewFromEnv(),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 200 }),
})

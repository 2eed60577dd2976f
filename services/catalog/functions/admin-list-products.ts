import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { productReader } from '../adapters/product-table.ts'
import { adminListProductsHandler } from '../handlers/read-products.ts'
import { viewFromEnv } from '../handlers/view-product.ts'

export const handler = adminListProductsHandler(productReader(tableFromEnv()), viewFromEnv())

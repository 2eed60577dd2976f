import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { productReader } from '../adapters/product-table.ts'
import { listProductsHandler } from '../handlers/read-products.ts'
import { viewFromEnv } from '../handlers/view-product.ts'

export const handler = listProductsHandler(productReader(tableFromEnv()), viewFromEnv())

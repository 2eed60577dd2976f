import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { productReader } from '../adapters/product-table.ts'
import { getProductHandler } from '../handlers/read-products.ts'
import { viewFromEnv } from '../handlers/view-product.ts'

export const handler = getProductHandler(productReader(tableFromEnv()), viewFromEnv())

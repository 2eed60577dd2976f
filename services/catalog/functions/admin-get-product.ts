import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { productChanges } from '../adapters/product-table.ts'
import { adminGetProductHandler } from '../handlers/read-products.ts'
import { viewFromEnv } from '../handlers/view-product.ts'

export const handler = adminGetProductHandler(productChanges(tableFromEnv()), viewFromEnv())

import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { productTable } from '../adapters/product-table.ts'
import { listProductsHandler } from '../handlers/read-products.ts'

const env = readEnv(z.object({ MEDIA_URL: z.url() }))

export const handler = listProductsHandler(productTable(tableFromEnv()), env.MEDIA_URL)

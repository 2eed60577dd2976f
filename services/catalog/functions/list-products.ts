import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { productTable } from '../adapters/product-table.ts'
import { listProductsHandler } from '../handlers/list-products.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1), MEDIA_URL: z.url() }))

export const handler = listProductsHandler(
  productTable({ client: createDocumentClient(), name: env.TABLE_NAME }),
  env.MEDIA_URL,
)

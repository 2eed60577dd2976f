import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { productTable } from '../adapters/product-table.ts'
import { getProductHandler } from '../handlers/get-product.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1), MEDIA_URL: z.url() }))

export const handler = getProductHandler(
  productTable({ client: createDocumentClient(), name: env.TABLE_NAME }),
  env.MEDIA_URL,
)

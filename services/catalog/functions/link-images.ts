import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { productTable } from '../adapters/product-table.ts'
import { linkImagesHandler } from '../handlers/link-images.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1) }))

export const handler = linkImagesHandler({
  products: productTable({ client: createDocumentClient(), name: env.TABLE_NAME }),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 400 }),
})

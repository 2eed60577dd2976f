import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { productChanges } from '../adapters/product-table.ts'
import { linkImagesHandler } from '../handlers/link-images.ts'

export const handler = linkImagesHandler({
  products: productChanges(tableFromEnv()),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 400 }),
})

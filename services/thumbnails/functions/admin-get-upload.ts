import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { publicLinks } from '../adapters/media-bucket.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { adminGetUploadHandler } from '../handlers/uploads.ts'

const env = readEnv(z.object({ MEDIA_URL: z.url() }))

export const handler = adminGetUploadHandler({
  uploads: uploadTable(tableFromEnv()),
  links: publicLinks(env.MEDIA_URL),
  now: () => new Date(),
})

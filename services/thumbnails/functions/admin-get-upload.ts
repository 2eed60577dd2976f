import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { publicLinks } from '../adapters/media-bucket.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { adminGetUploadHandler } from '../handlers/get-upload.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1), MEDIA_URL: z.url() }))

export const handler = adminGetUploadHandler({
  uploads: uploadTable({ client: createDocumentClient(), name: env.TABLE_NAME }),
  links: publicLinks(env.MEDIA_URL),
  now: () => new Date(),
})

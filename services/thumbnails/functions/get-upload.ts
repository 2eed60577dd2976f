import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { mediaLinks } from '../adapters/media-bucket.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { getUploadHandler } from '../handlers/uploads.ts'

const env = readEnv(z.object({ MEDIA_BUCKET: z.string().min(1), MEDIA_URL: z.url() }))

export const handler = getUploadHandler({
  uploads: uploadTable(tableFromEnv()),
  links: mediaLinks(new S3Client(clientConfiguration), env.MEDIA_BUCKET, env.MEDIA_URL),
  now: () => new Date(),
})

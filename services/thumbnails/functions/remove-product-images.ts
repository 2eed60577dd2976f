import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { mediaBucket } from '../adapters/media-bucket.ts'
import { customerUploadTable } from '../adapters/upload-table.ts'
import { removeProductImagesHandler } from '../handlers/remove-uploads.ts'

const env = readEnv(z.object({ MEDIA_BUCKET: z.string().min(1) }))

export const handler = removeProductImagesHandler({
  uploads: customerUploadTable(tableFromEnv()),
  media: mediaBucket(new S3Client(clientConfiguration), env.MEDIA_BUCKET),
})

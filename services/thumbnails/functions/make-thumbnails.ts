import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { mediaBucket } from '../adapters/media-bucket.ts'
import { sharpThumbnails } from '../adapters/sharp-thumbnails.ts'
import { uploadBucket } from '../adapters/upload-bucket.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { makeThumbnailsHandler } from '../handlers/make-thumbnails.ts'

const env = readEnv(z.object({ UPLOAD_BUCKET: z.string().min(1), MEDIA_BUCKET: z.string().min(1) }))
const s3 = new S3Client(clientConfiguration)

export const handler = makeThumbnailsHandler(
  {
    uploads: uploadTable(tableFromEnv()),
    originals: uploadBucket(s3, env.UPLOAD_BUCKET),
    media: mediaBucket(s3, env.MEDIA_BUCKET),
    maker: sharpThumbnails,
    now: () => new Date(),
  },
  env.UPLOAD_BUCKET,
)

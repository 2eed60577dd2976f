import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { mediaBucket } from '../adapters/media-bucket.ts'
import { customerUploadTable } from '../adapters/upload-table.ts'
import { removeUploadsHandler } from '../handlers/remove-uploads.ts'

const env = readEnv(z.object({ MEDIA_BUCKET: z.string().min(1) }))
const table = tableFromEnv()

export const handler = removeUploadsHandler({
  uploads: customerUploadTable(table),
  media: mediaBucket(new S3Client(clientConfiguration), env.MEDIA_BUCKET),
  accounts: { isDeleted: (userId) => itemExists(table, deletedUserKey(userId)) },
})

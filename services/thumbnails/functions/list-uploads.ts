import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { mediaLinks } from '../adapters/media-bucket.ts'
import { customerUploadTable } from '../adapters/upload-table.ts'
import { listUploadsHandler } from '../handlers/uploads.ts'
import { listUploads } from '../routes.ts'

const env = readEnv(z.object({ MEDIA_BUCKET: z.string().min(1), MEDIA_URL: z.url() }))

const table = tableFromEnv()

const listHandler = listUploadsHandler({
  uploads: customerUploadTable(table),
  links: mediaLinks(new S3Client(clientConfiguration), env.MEDIA_BUCKET, env.MEDIA_URL),
  now: () => new Date(),
})

export const handler = forExistingAccount(
  listUploads,
  (userId) => itemExists(table, deletedUserKey(userId)),
  listHandler,
)

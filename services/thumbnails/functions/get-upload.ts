import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { mediaLinks } from '../adapters/media-bucket.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { getUploadHandler } from '../handlers/uploads.ts'
import { getUpload } from '../routes.ts'

const env = readEnv(z.object({ MEDIA_BUCKET: z.string().min(1), MEDIA_URL: z.url() }))

const table = tableFromEnv()

const getHandler = getUploadHandler({
  uploads: uploadTable(table),
  links: mediaLinks(new S3Client(clientConfiguration), env.MEDIA_BUCKET, env.MEDIA_URL),
  now: () => new Date(),
})

export const handler = forExistingAccount(getUpload, (userId) => itemExists(table, deletedUserKey(userId)), getHandler)

import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { deletedUserKey } from '#services/users/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { forExistingAccount } from '#shared/http/existing-account.ts'
import { newId } from '#shared/ids.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { wholeNumber } from '#shared/text.ts'
import { presignedForms } from '../adapters/upload-bucket.ts'
import { uploadRateTable } from '../adapters/upload-rate-table.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { createUploadHandler } from '../handlers/uploads.ts'
import { createUpload } from '../routes.ts'

const env = readEnv(z.object({ UPLOAD_BUCKET: z.string().min(1), UPLOADS_PER_MINUTE: wholeNumber({ min: 1 }) }))
const table = tableFromEnv()

const createHandler = createUploadHandler({
  uploads: uploadTable(table),
  rates: uploadRateTable(table),
  uploadsPerMinute: env.UPLOADS_PER_MINUTE,
  forms: presignedForms(new S3Client(clientConfiguration), env.UPLOAD_BUCKET),
  newUploadId: (time) => newId('upl', time),
  now: () => new Date(),
})

export const handler = forExistingAccount(
  createUpload,
  (userId) => itemExists(table, deletedUserKey(userId)),
  createHandler,
)

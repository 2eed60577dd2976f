import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { newId } from '#shared/ids.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { presignedForms } from '../adapters/presigned-forms.ts'
import { uploadTable } from '../adapters/upload-table.ts'
import { createUploadHandler } from '../handlers/create-upload.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1), UPLOAD_BUCKET: z.string().min(1) }))

export const handler = createUploadHandler({
  uploads: uploadTable({ client: createDocumentClient(), name: env.TABLE_NAME }),
  forms: presignedForms(new S3Client(), env.UPLOAD_BUCKET),
  newUploadId: (time) => newId('upl', time),
  now: () => new Date(),
})

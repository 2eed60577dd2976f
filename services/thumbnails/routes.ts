import * as z from 'zod'
import { defineRoute } from '#shared/http/route.ts'
import { rejectionReasons } from './domain/rejection.ts'
import { uploadTypes } from './domain/upload.ts'

const contentType = z.enum(uploadTypes)

const Form = z.object({
  uploadId: z.string(),
  url: z.string().describe('Where to POST a multipart form of the fields and, last, the file'),
  fields: z.record(z.string(), z.string()),
})

export const UploadView = z.object({
  uploadId: z.string(),
  purpose: z.enum(['avatar', 'product-image']),
  status: z.enum(['PENDING', 'READY', 'REJECTED']),
  thumbnails: z
    .array(z.object({ url: z.string(), width: z.int(), height: z.int(), contentType: z.string() }))
    .optional()
    .describe('A square of 150, then the wide ones of at most 400 and 800; one of these if the picture is no wider'),
  reason: z.enum(rejectionReasons).optional(),
})

const parameters = z.object({ uploadId: z.string() })

const formAnswer = {
  201: {
    description: 'A form for one file of this type, 1 byte to 15 MB, that can be used for ten minutes',
    schema: Form,
  },
}

export const createUpload = defineRoute({
  operationId: 'createUpload',
  method: 'POST',
  path: '/uploads',
  access: 'customer',
  summary: 'Begin the upload of an avatar',
  entry: 'create-upload',
  body: z.strictObject({ purpose: z.literal('avatar'), contentType }),
  answers: formAnswer,
})

export const getUpload = defineRoute({
  operationId: 'getUpload',
  method: 'GET',
  path: '/uploads/{uploadId}',
  access: 'customer',
  summary: 'How an own upload stands',
  entry: 'get-upload',
  parameters,
  answers: { 200: { description: 'The upload; the addresses of an avatar work for five minutes', schema: UploadView } },
  problems: { 'not-found': { status: 404, title: 'Not found' } },
})

export const adminCreateUpload = defineRoute({
  operationId: 'adminCreateUpload',
  method: 'POST',
  path: '/admin/uploads',
  access: 'staff',
  summary: 'Begin the upload of a picture of a product',
  entry: 'admin-create-upload',
  body: z.strictObject({ purpose: z.literal('product-image'), productId: z.string().min(1).max(40), contentType }),
  answers: formAnswer,
})

export const adminGetUpload = defineRoute({
  operationId: 'adminGetUpload',
  method: 'GET',
  path: '/admin/uploads/{uploadId}',
  access: 'staff',
  summary: 'How the upload of a picture of a product stands',
  entry: 'admin-get-upload',
  parameters,
  answers: { 200: { description: 'The upload', schema: UploadView } },
  problems: { 'not-found': { status: 404, title: 'Not found' } },
})

export const routes = [createUpload, getUpload, adminCreateUpload, adminGetUpload]

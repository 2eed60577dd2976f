import * as z from 'zod'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { rateLimitProblems } from '#shared/http/rate-limit.ts'
import { defineRoute } from '#shared/http/route.ts'
import { rejectionReasons, uploadTypes } from './domain/upload.ts'

const contentType = z.enum(uploadTypes)

const Form = z.object({
  uploadId: z.string(),
  url: z.string().describe('The target of a multipart POST of the fields and, last, the file'),
  fields: z.record(z.string(), z.string()),
})

export const UploadView = z.object({
  uploadId: z.string(),
  purpose: z.enum(['avatar', 'product-image']),
  status: z.enum(['PENDING', 'READY', 'REJECTED']),
  thumbnails: z
    .array(z.object({ url: z.string(), width: z.int(), height: z.int(), contentType: z.string() }))
    .optional()
    .describe(
      'A square of 150, then wide ones of at most 400 and 800; only one of these if the image is not wider than 400',
    ),
  reason: z.enum(rejectionReasons).optional(),
})

const parameters = z.object({ uploadId: z.string() })
const example = { parameters: { uploadId: 'upl_01M2P7Q8R9S0T1V2W3X4Y5Z6A7' } }

const formResponse = {
  201: {
    description: 'A form for one file of this type, 1 byte to 15 MB, valid for ten minutes',
    schema: Form,
  },
}

export const createUpload = defineRoute({
  operationId: 'createUpload',
  method: 'POST',
  path: '/uploads',
  access: 'customer',
  summary: 'Start the upload of an avatar',
  entry: 'create-upload',
  body: z.strictObject({ purpose: z.literal('avatar'), contentType }),
  example: { body: { purpose: 'avatar', contentType: 'image/jpeg' } },
  responses: formResponse,
  problems: rateLimitProblems,
})

export const getUpload = defineRoute({
  operationId: 'getUpload',
  method: 'GET',
  path: '/uploads/{uploadId}',
  access: 'customer',
  summary: 'The status of one of your uploads',
  entry: 'get-upload',
  parameters,
  example,
  responses: {
    200: { description: 'The upload; the URLs of an avatar expire after five minutes', schema: UploadView },
  },
})

export const listUploads = defineRoute({
  operationId: 'listUploads',
  method: 'GET',
  path: '/uploads',
  access: 'customer',
  summary: 'Your uploads, newest first',
  entry: 'list-uploads',
  query: z.object(pageQuery),
  responses: {
    200: { description: 'A page of your uploads; the URLs expire after five minutes', schema: pageOf(UploadView) },
  },
})

export const adminCreateUpload = defineRoute({
  operationId: 'adminCreateUpload',
  method: 'POST',
  path: '/admin/uploads',
  access: 'staff',
  summary: 'Start the upload of a product image',
  entry: 'admin-create-upload',
  body: z.strictObject({ purpose: z.literal('product-image'), productId: z.string().min(1).max(40), contentType }),
  example: { body: { purpose: 'product-image', productId: 'mug-stone-350', contentType: 'image/jpeg' } },
  responses: formResponse,
})

export const adminGetUpload = defineRoute({
  operationId: 'adminGetUpload',
  method: 'GET',
  path: '/admin/uploads/{uploadId}',
  access: 'staff',
  summary: 'The status of the upload of a product image',
  entry: 'admin-get-upload',
  parameters,
  example,
  responses: { 200: { description: 'The upload', schema: UploadView } },
})

export const routes = [createUpload, getUpload, listUploads, adminCreateUpload, adminGetUpload]

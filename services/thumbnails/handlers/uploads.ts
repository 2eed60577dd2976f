import * as z from 'zod'
import type { Cause } from '#shared/events/envelope.ts'
import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import { commonProblems, problem, validationFailed } from '#shared/http/problem.ts'
import { rateLimited } from '#shared/http/rate-limit.ts'
import {
  createUpload,
  isExpired,
  uploadIdPattern,
  type Subject,
  type Upload,
  type UploadType,
} from '../domain/upload.ts'
import type {
  CustomerUploads,
  MediaLinks,
  Products,
  UploadForms,
  UploadRates,
  UploadReader,
  UploadWriter,
} from '../ports.ts'
import * as routes from '../routes.ts'

export interface CreateUploadDependencies {
  readonly uploads: UploadWriter
  readonly forms: UploadForms
  readonly newUploadId: (time: Date) => string
  readonly now: () => Date
}

export const createUploadHandler = (
  dependencies: CreateUploadDependencies & { rates: UploadRates; uploadsPerMinute: number },
) =>
  apiHandler(routes.createUpload, async ({ userId, body, cause }) => {
    const { rates, uploadsPerMinute, now } = dependencies
    const counted = await rates.count(userId, now(), uploadsPerMinute)
    if (!counted.ok) return { problem: rateLimited(counted.failure) }
    const subject = { purpose: body.purpose, ownerId: userId }
    return created(dependencies, '/uploads', { subject, contentType: body.contentType, cause })
  })

export const adminCreateUploadHandler = (dependencies: CreateUploadDependencies & { products: Products }) =>
  apiHandler(routes.adminCreateUpload, async ({ userId, body, cause }) => {
    const { purpose, productId, contentType } = body
    const sku = await dependencies.products.skuOf(productId)
    if (sku === undefined) return { problem: unknownProduct }
    const subject = { purpose, ownerId: userId, productId, sku }
    return created(dependencies, '/admin/uploads', { subject, contentType, cause })
  })

const unknownProduct = validationFailed([{ pointer: '/productId', detail: 'This product is not in the catalog.' }])

/** Stores the upload before its form can be used, so that every object finds its upload. */
async function created(
  { uploads, forms, newUploadId, now }: CreateUploadDependencies,
  path: string,
  about: { subject: Subject; contentType: UploadType; cause: Cause },
): Promise<ApiReply> {
  const time = now()
  const uploadId = newUploadId(time)
  await uploads.create(createUpload({ uploadId, ...about }, time))
  const form = await forms.sign({ uploadId, contentType: about.contentType })
  // The form is a credential, so only the client may store it.
  const headers = { location: `${path}/${uploadId}`, 'cache-control': 'private, no-store' }
  return { status: 201, headers, body: { uploadId, ...form } }
}

export interface GetUploadDependencies {
  readonly uploads: UploadReader
  readonly links: MediaLinks
  readonly now: () => Date
}

/** For another customer's upload the response is the same as for an absent one. */
export const getUploadHandler = (dependencies: GetUploadDependencies) =>
  apiHandler(routes.getUpload, async ({ userId, parameters }) =>
    found(dependencies, parameters.uploadId, (upload) => upload.ownerId === userId),
  )

const UploadCursor = z.strictObject({ after: z.string().regex(uploadIdPattern) })

export const listUploadsHandler = ({
  uploads,
  links,
  now,
}: Pick<GetUploadDependencies, 'links' | 'now'> & { uploads: CustomerUploads }) =>
  apiHandler(routes.listUploads, async ({ userId, query: { limit, cursor } }) => {
    const slice = { size: limit, after: decodeCursor(cursor, UploadCursor)?.after }
    const { uploads: listed, after } = await uploads.ofCustomer(userId, slice)
    const items = await Promise.all(
      listed.filter((upload) => !isExpired(upload, now())).map((upload) => viewOf(upload, links)),
    )
    return {
      status: 200,
      headers: { 'cache-control': 'private, no-store' },
      body: { items, ...(after === undefined ? {} : { nextCursor: encodeCursor({ after }) }) },
    }
  })

/** Staff see the uploads of product images by any user, and no customer's. */
export const adminGetUploadHandler = (dependencies: GetUploadDependencies) =>
  apiHandler(routes.adminGetUpload, async ({ parameters }) =>
    found(dependencies, parameters.uploadId, (upload) => upload.purpose === 'product-image'),
  )

async function found(
  { uploads, links, now }: GetUploadDependencies,
  uploadId: string,
  isVisible: (upload: Upload) => boolean,
): Promise<ApiReply> {
  const upload = uploadIdPattern.test(uploadId) ? await uploads.find(uploadId) : undefined
  if (!upload || isExpired(upload, now()) || !isVisible(upload)) {
    return { problem: problem(commonProblems, 'not-found', 'The upload does not exist.') }
  }
  return { status: 200, headers: { 'cache-control': 'private, no-store' }, body: await viewOf(upload, links) }
}

async function viewOf(upload: Upload, links: MediaLinks): Promise<z.infer<typeof routes.UploadView>> {
  const { uploadId, purpose, status } = upload
  if (upload.status === 'REJECTED') return { uploadId, purpose, status, reason: upload.reason }
  if (upload.status === 'PENDING') return { uploadId, purpose, status }
  const thumbnails = await Promise.all(
    upload.thumbnails.map(async ({ key, width, height, contentType }) => ({
      url: await links.urlOf(key),
      width,
      height,
      contentType,
    })),
  )
  return { uploadId, purpose, status, thumbnails }
}

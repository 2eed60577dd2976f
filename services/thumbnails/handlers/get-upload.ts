import type * as z from 'zod'
import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import { isForgotten, uploadIdPattern, type Upload } from '../domain/upload.ts'
import type { MediaLinks, UploadReader } from '../ports.ts'
import * as routes from '../routes.ts'

export interface GetUploadDependencies {
  readonly uploads: UploadReader
  readonly links: MediaLinks
  readonly now: () => Date
}

/** A customer sees their own uploads alone; one of somebody else is as absent as one that never was. */
export const getUploadHandler = (dependencies: GetUploadDependencies) =>
  apiHandler(routes.getUpload, async (request) => {
    const { uploadId } = request.parameters
    return answer(dependencies, uploadId, (upload) => upload.ownerId === request.userId)
  })

/** Staff see the pictures of products, whoever sent them, and no customer's. */
export const adminGetUploadHandler = (dependencies: GetUploadDependencies) =>
  apiHandler(routes.adminGetUpload, async ({ parameters }) =>
    answer(dependencies, parameters.uploadId, (upload) => upload.purpose === 'product-image'),
  )

async function answer(
  { uploads, links, now }: GetUploadDependencies,
  uploadId: string,
  maySee: (upload: Upload) => boolean,
): Promise<ApiReply> {
  const upload = uploadIdPattern.test(uploadId) ? await uploads.find(uploadId) : undefined
  if (!upload || isForgotten(upload, now()) || !maySee(upload)) {
    return { problem: problem(commonProblems, 'not-found', 'There is no such upload.') }
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

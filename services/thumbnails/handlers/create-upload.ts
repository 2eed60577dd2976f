import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import type { Products, UploadForm } from '../ports.ts'
import * as routes from '../routes.ts'
import { createUploadUseCase, type CreateUploadDependencies } from '../use-cases/create-upload.ts'
import { callerOf } from './caller.ts'

export function createUploadHandler(dependencies: CreateUploadDependencies) {
  const createUpload = createUploadUseCase(dependencies)
  return apiHandler(routes.createUpload, async (request) => {
    const { correlationId, traceparent, body } = request
    const subject = { purpose: body.purpose, ownerId: callerOf(request) }
    const form = await createUpload({ subject, contentType: body.contentType, correlationId, traceparent })
    return created('/uploads', form)
  })
}

export function adminCreateUploadHandler(dependencies: CreateUploadDependencies & { products: Products }) {
  const createUpload = createUploadUseCase(dependencies)
  return apiHandler(routes.adminCreateUpload, async (request) => {
    const { correlationId, traceparent, body } = request
    const { purpose, productId, contentType } = body
    const sku = await dependencies.products.skuOf(productId)
    if (sku === undefined) return { problem: unknownProduct }
    const subject = { purpose, ownerId: callerOf(request), productId, sku }
    return created('/admin/uploads', await createUpload({ subject, contentType, correlationId, traceparent }))
  })
}

const unknownProduct = problem(commonProblems, 'validation-failed', 'Mend what errors names and send it again.', {
  errors: [{ pointer: '/productId', detail: 'This product is not in the catalogue.' }],
})

/** A form is as good as its signature, so nobody but the caller may keep it. */
const created = (path: string, form: UploadForm & { uploadId: string }): ApiReply => ({
  status: 201,
  headers: { location: `${path}/${form.uploadId}`, 'cache-control': 'private, no-store' },
  body: form,
})

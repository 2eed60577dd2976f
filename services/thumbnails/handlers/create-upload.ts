import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { validationFailed } from '#shared/http/problem.ts'
import type { Products, UploadForm } from '../ports.ts'
import * as routes from '../routes.ts'
import { createUploadUseCase, type CreateUploadDependencies } from '../use-cases/create-upload.ts'

export function createUploadHandler(dependencies: CreateUploadDependencies) {
  const createUpload = createUploadUseCase(dependencies)
  return apiHandler(routes.createUpload, async (request) => {
    const { body, cause } = request
    const subject = { purpose: body.purpose, ownerId: request.userId }
    const form = await createUpload({ subject, contentType: body.contentType, cause })
    return created('/uploads', form)
  })
}

export function adminCreateUploadHandler(dependencies: CreateUploadDependencies & { products: Products }) {
  const createUpload = createUploadUseCase(dependencies)
  return apiHandler(routes.adminCreateUpload, async (request) => {
    const { body, cause } = request
    const { purpose, productId, contentType } = body
    const sku = await dependencies.products.skuOf(productId)
    if (sku === undefined) return { problem: unknownProduct }
    const subject = { purpose, ownerId: request.userId, productId, sku }
    return created('/admin/uploads', await createUpload({ subject, contentType, cause }))
  })
}

const unknownProduct = validationFailed([{ pointer: '/productId', detail: 'This product is not in the catalogue.' }])

/** A form is as good as its signature, so nobody but the caller may keep it. */
const created = (path: string, form: UploadForm & { uploadId: string }): ApiReply => ({
  status: 201,
  headers: { location: `${path}/${form.uploadId}`, 'cache-control': 'private, no-store' },
  body: form,
})

import { apiClient, dataOf } from '../api/client.ts'
import type { operations } from '#services/api/schema.d.ts'
import { callApi, finishedUpload, hasRoute, sendForm } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'
import { signIn } from '../sign-in.ts'
import { renderImage } from './images.ts'
import { sampleProducts } from './products.ts'
import { newSeedId } from './seed-id.ts'
import { applicationId } from '#shared/application.ts'

export interface ImageReport {
  readonly added: number
  readonly existed: number
}

/** What every request of the seed carries. */
interface SeedCall {
  readonly token: string
  readonly headers: Record<string, string>
}

type ListedProduct = operations['getProduct']['responses'][200]['content']['application/json']

/** Each upload uses one core to render an image here and one to resize it in the function; more would only wait. */
const concurrentUploads = 3

/** Uploads an image for each sample product without one, through the API as staff do. Repeatable. */
export async function seedImages(deployment: Deployment, report: (line: string) => void): Promise<ImageReport> {
  const email = `seed@${applicationId}.example`
  return uploadImages(
    deployment,
    () => signIn(deployment, { email, group: 'staff', isCreatedByAdministrator: true }),
    report,
  )
}

/**
 * @param signStaffIn called only if an image is missing
 * @throws CommandError when the API rejects a request or an image
 */
export async function uploadImages(
  deployment: Deployment,
  signStaffIn: () => Promise<string>,
  report: (line: string) => void,
): Promise<ImageReport> {
  const headers = { 'x-correlation-id': newSeedId() }
  const listed = await listSampleProducts(deployment, headers)
  const missing = listed.filter(({ images }) => images.length === 0)
  const existed = listed.length - missing.length
  if (missing.length === 0) return { added: 0, existed }
  const call = { token: await signStaffIn(), headers }
  if (!hasRoute(await callApi(deployment, 'GET', '/admin/uploads/none', call))) {
    report('no images uploaded: this deployment has no uploads')
    return { added: 0, existed }
  }
  const waiting = missing.values()
  const work = async () => {
    for (const product of waiting) report(await uploadImage(deployment, call, product))
  }
  await Promise.all(Array.from({ length: concurrentUploads }, work))
  return { added: missing.length, existed }
}

/** The sample products in the catalog; other products are not changed. */
async function listSampleProducts(deployment: Deployment, headers: SeedCall['headers']): Promise<ListedProduct[]> {
  const skus = new Set(sampleProducts.map(({ details }) => details.sku))
  const found: ListedProduct[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) }
    const page = await dataOf(apiClient(deployment).GET('/products', { params: { query }, headers }))
    found.push(...page.items.filter(({ sku }) => skus.has(sku)))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return found
}

async function uploadImage(deployment: Deployment, call: SeedCall, product: ListedProduct): Promise<string> {
  const { productId, sku } = product
  const image = await renderImage(product)
  const body = { purpose: 'product-image', productId, contentType: 'image/jpeg' } as const
  const { token, headers } = call
  const form = await dataOf(apiClient(deployment, token).POST('/admin/uploads', { body, headers }))
  const sent = await sendForm(form, image)
  if (!sent.ok) throw new CommandError(`The image of ${sku} was not accepted: ${sent.status} ${await sent.text()}`)
  const upload = await finishedUpload(deployment, call.token, form.uploadId, {
    headers: call.headers,
    path: '/admin/uploads',
    timeoutMs: 60_000,
    intervalMs: 400,
  })
  if (upload.status !== 'READY') throw new CommandError(`The image of ${sku} was rejected: ${upload.reason}.`)
  const sizes = upload.thumbnails!.map(({ width, height }) => `${width}×${height}`)
  return ['uploaded', sku.padEnd(18), `${Math.round(image.length / 1024)} KB`.padStart(8), sizes.join(', ')].join('  ')
}

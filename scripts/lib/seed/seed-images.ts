import { callApi, eventually } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { sendForm, type Upload, type UploadForm } from '../upload-image.ts'
import { paintProduct } from './images.ts'
import { seedProducts } from './products.ts'

export interface PictureReport {
  readonly added: number
  readonly existed: number
}

interface ListedProduct {
  readonly productId: string
  readonly sku: string
  readonly category: string
  readonly images: readonly unknown[]
}

/** More would only wait for each other: a picture is painted here and made small there, each on one core. */
const uploadsAtOnce = 3

/**
 * Gives each sample product without a picture its own, the way staff do: a form, a file, and waiting for READY.
 * @throws Error when the API refuses a step or a picture is rejected
 */
export async function addPictures(
  deployment: Deployment,
  token: string,
  report: (line: string) => void,
): Promise<PictureReport> {
  const sampled = await sampleProducts(deployment)
  const missing = sampled.filter(({ images }) => images.length === 0)
  const waiting = missing.values()
  const work = async () => {
    for (const product of waiting) report(await addPicture(deployment, token, product))
  }
  await Promise.all(Array.from({ length: uploadsAtOnce }, work))
  return { added: missing.length, existed: sampled.length - missing.length }
}

/** Those of the shop that this seed made; what others sell there is theirs to show. */
async function sampleProducts(deployment: Deployment): Promise<ListedProduct[]> {
  const skus = new Set(seedProducts.map(({ details }) => details.sku))
  const found: ListedProduct[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor === undefined ? {} : { cursor }) })
    const { status, body } = await callApi(deployment, 'GET', `/products?${query}`)
    if (status !== 200) throw new Error(`The catalogue answered ${status}.`)
    found.push(...body.items.filter(({ sku }: ListedProduct) => skus.has(sku)))
    cursor = body.nextCursor
  } while (cursor !== undefined)
  return found
}

async function addPicture(deployment: Deployment, token: string, product: ListedProduct): Promise<string> {
  const { productId, sku } = product
  const picture = await paintProduct(product)
  const body = { purpose: 'product-image', productId, contentType: 'image/jpeg' }
  const created = await callApi(deployment, 'POST', '/admin/uploads', { token, body })
  if (created.status !== 201) throw new Error(`The upload for ${sku} was refused with ${created.status}.`)
  const form: UploadForm = created.body
  const sent = await sendForm(form, picture)
  if (!sent.ok) throw new Error(`The picture of ${sku} was not taken: ${sent.status} ${await sent.text()}`)
  const upload = await finished(deployment, token, form.uploadId)
  if (upload.status !== 'READY') throw new Error(`The picture of ${sku} was rejected: ${upload.reason}.`)
  const sizes = upload.thumbnails!.map(({ width, height }) => `${width}×${height}`)
  return ['drawn', sku.padEnd(18), `${Math.round(picture.length / 1024)} KB`.padStart(8), sizes.join(', ')].join('  ')
}

/** Asks seldom: on a new shop many are under way at once, and each question is a line on its terminal. */
const finished = (deployment: Deployment, token: string, uploadId: string): Promise<Upload> =>
  eventually(
    `upload ${uploadId} to be finished`,
    async () => {
      const { body } = await callApi(deployment, 'GET', `/admin/uploads/${uploadId}`, { token })
      return body.status !== 'PENDING' && body
    },
    60_000,
    400,
  )

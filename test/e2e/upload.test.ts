import sharp from 'sharp'
import { randomUUID } from 'node:crypto'
import { eventually, finishedUpload, sendForm, type UploadForm } from '#scripts/lib/api-client.ts'
import type { Customer } from '#test/support/shop.ts'
import { testWith } from './installed.ts'
import { api, archive, deployment, sampleProduct, sharedCustomer, staffToken } from './shop.ts'

const test = testWith('thumbnails')

let customer: Customer
beforeAll(async () => (customer = await sharedCustomer()))

type Bytes = Uint8Array<ArrayBuffer>

const picture = async (width = 1600, height = 1200, background = '#1e78c8'): Promise<Bytes> =>
  new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background } })
      .jpeg()
      .toBuffer(),
  )

const uniquePicture = () => picture(900, 900, `#${randomUUID().slice(0, 6)}`)

async function askForm(): Promise<UploadForm> {
  const { status, body } = await api('POST', '/uploads', {
    token: customer.token,
    body: { purpose: 'avatar', contentType: 'image/jpeg' },
  })
  expect(status).toBe(201)
  return body
}

async function uploaded(bytes: Bytes) {
  const form = await askForm()
  const { status } = await sendForm(form, bytes)
  expect([200, 201, 204]).toContain(status)
  return finishedUpload(deployment, customer.token, form.uploadId)
}

test('an avatar becomes three thumbnails, readable only through a signed URL', async () => {
  const form = await askForm()
  expect((await api('GET', `/uploads/${form.uploadId}`, { token: customer.token })).body).toMatchObject({
    status: 'PENDING',
    purpose: 'avatar',
  })
  await sendForm(form, await picture())
  const upload = await finishedUpload(deployment, customer.token, form.uploadId)
  expect(upload.status).toBe('READY')
  const sizes = upload.thumbnails!.map(({ width, height, contentType }) => ({ width, height, contentType }))
  expect(sizes).toEqual([
    { width: 150, height: 150, contentType: 'image/jpeg' },
    { width: 400, height: 300, contentType: 'image/webp' },
    { width: 800, height: 600, contentType: 'image/webp' },
  ])
  for (const { url, width, height } of upload.thumbnails!) {
    const response = await fetch(url)
    expect(response.status).toBe(200)
    const metadata = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
    expect([metadata.width, metadata.height]).toEqual([width, height])
    expect((await fetch(url.split('?')[0]!)).status).toBe(403)
  }
})

test("a product's image is linked to it and served with a long cache lifetime", async () => {
  const token = await staffToken()
  const product = (await api('GET', '/products?limit=1&sort=-price')).body.items[0]!
  const body = { purpose: 'product-image', productId: product.productId, contentType: 'image/jpeg' }
  const form = (await api('POST', '/admin/uploads', { token, body })).body
  await sendForm(form, await uniquePicture())
  const upload = await finishedUpload(deployment, token, form.uploadId, { path: '/admin/uploads' })
  expect(upload.status).toBe('READY')
  const url = upload.thumbnails![0]!.url
  await eventually('the image of the product', async () => {
    const { images } = (await api('GET', `/products/${product.productId}`)).body
    return images.some((image) => image.url === url)
  })
  const response = await fetch(url)
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toContain('immutable')
})

test('staff put the images of a product in order and remove one, whose files are deleted', async () => {
  const token = await staffToken()
  const { productId } = (await api('POST', '/admin/products', { token, body: sampleProduct() })).body
  const path = `/admin/products/${productId}` as const
  const product = async () => (await api('GET', path, { token })).body
  const change = (body: object, version: number) =>
    api('PATCH', path, { token, headers: { 'if-match': `"${version}"` }, body })
  try {
    const form = { purpose: 'product-image', productId, contentType: 'image/jpeg' }
    const [first, second] = await Promise.all(
      [1, 2].map(async () => {
        const { body } = await api('POST', '/admin/uploads', { token, body: form })
        await sendForm(body, await uniquePicture())
        return body.uploadId
      }),
    )
    const idsOf = ({ images }: Awaited<ReturnType<typeof product>>) => [
      ...new Set(images.map(({ uploadId }) => uploadId)),
    ]
    const linked = await eventually('both images', async () => {
      const current = await product()
      return idsOf(current).length === 2 && current
    })
    const removed = linked.images.filter(({ uploadId }) => uploadId === first)
    expect(removed.map(({ width }) => width)).toEqual([150, 400, 800])

    const ordered = await change({ images: idsOf(linked).toReversed() }, linked.version)
    expect(idsOf(ordered.body)).toEqual(idsOf(linked).toReversed())
    expect((await change({ images: [second] }, linked.version)).status).toBe(412)
    const unknown = await change({ images: [second, 'upl_none'] }, ordered.body.version)
    expect([unknown.status, unknown.body.errors?.[0]?.pointer]).toEqual([422, '/images/1'])
    expect((await change({ images: [second] }, ordered.body.version)).status).toBe(200)
    await eventually('the upload to be deleted', async () => {
      return (await api('GET', `/admin/uploads/${first}`, { token })).status === 404
    })
    const kept = (await product()).images
    expect(kept.map(({ uploadId }) => uploadId)).toEqual([second, second, second])
    // These addresses were not fetched before, so no cache has them.
    for (const { url } of removed) expect([403, 404]).toContain((await fetch(url)).status)
    for (const { url } of kept) expect((await fetch(url)).status).toBe(200)
  } finally {
    await archive(productId)
  }
})

test.each<[string, () => Promise<Bytes>, string]>([
  ['text', async () => new TextEncoder().encode('hello, I am no picture'), 'unsupported-type'],
  ['half a picture', async () => (await picture()).slice(0, 3000), 'corrupt'],
])(
  '%s declared as image/jpeg is rejected with a reason, and the next valid image succeeds',
  async (_name, bytes, reason) => {
    expect(await uploaded(await bytes())).toMatchObject({ status: 'REJECTED', reason })
    expect((await uploaded(await picture(200, 200))).status).toBe('READY')
  },
)

test('the upload form accepts only what its policy allows', async () => {
  const form = await askForm()
  const bytes = await picture(50, 50)
  const changed = (fields: Record<string, string>) =>
    sendForm({ url: form.url, fields: { ...form.fields, ...fields } }, bytes)
  expect((await changed({ key: 'incoming/other' })).status).toBe(403)
  expect((await changed({ 'Content-Type': 'text/html' })).status).toBe(403)
  expect((await sendForm(form, new Uint8Array(0))).status).toBe(400)
  expect((await sendForm(form, new Uint8Array(15 * 1024 * 1024 + 1))).status).toBe(400)
  expect((await api('GET', `/uploads/${form.uploadId}`, { token: customer.token })).body.status).toBe('PENDING')
})

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import sharp from 'sharp'
import { sendForm, type Upload, type UploadForm } from '#scripts/lib/api-client.ts'
import type { Flow, Visit } from '#test/least-privilege/flow.ts'

const paths = { avatar: '/uploads', 'product-image': '/admin/uploads' } as const

/** A unique image, since an image is linked to a product once. */
async function uniqueImage(): Promise<Uint8Array<ArrayBuffer>> {
  const background = `#${randomUUID().slice(0, 6)}`
  const image = sharp({ create: { width: 320, height: 240, channels: 3, background } })
  return new Uint8Array(await image.jpeg().toBuffer())
}

async function createUpload(
  { shop }: Visit,
  { token, ...about }: { token: string; purpose: keyof typeof paths; productId?: string },
): Promise<UploadForm> {
  const body = { ...about, contentType: 'image/jpeg' }
  const { status, body: form } = await shop.api('POST', paths[about.purpose], { token, body })
  assert.equal(status, 201)
  return form
}

/** Posts the bytes and waits until the upload is processed. */
async function postBytes(
  { shop, awaited }: Visit,
  form: UploadForm,
  { token, purpose, bytes }: { token: string; purpose: keyof typeof paths; bytes: Uint8Array<ArrayBuffer> },
): Promise<Upload> {
  assert.ok((await sendForm(form, bytes)).ok)
  return awaited(`upload ${form.uploadId} to be finished`, async () => {
    const { body } = await shop.api('GET', `${paths[purpose]}/${form.uploadId}`, { token })
    return body.status !== 'PENDING' && body
  })
}

/** S3's event of a form's file. */
async function redeliver({ output, redeliver: deliver }: Visit, { fields }: UploadForm): Promise<void> {
  const detail = { bucket: { name: output('UploadBucketName') }, object: { key: fields['key'] } }
  const event = { id: randomUUID(), source: 'aws.s3', 'detail-type': 'Object Created', detail }
  await deliver('thumbnails-make-thumbnails', event)
}

export const flows: readonly Flow[] = [
  {
    name: "a customer's avatar becomes thumbnails",
    async run(visit) {
      const as = { ...(await visit.shop.newCustomer()), purpose: 'avatar' } as const
      const form = await createUpload(visit, { token: as.token, purpose: as.purpose })
      const upload = await postBytes(visit, form, { ...as, bytes: await uniqueImage() })
      assert.equal(upload.status, 'READY')
      await redeliver(visit, form)
      for (const { url } of upload.thumbnails!) assert.equal((await fetch(url)).status, 200)
    },
  },
  {
    name: "a customer's avatar is shown, replaced and deleted with the account",
    async run(visit) {
      const { shop, aws, output, awaited } = visit
      const { token } = await shop.newCustomer()
      const me = async () => (await shop.api('GET', '/me', { token })).body
      const { userId } = await me()
      const avatarOf = async () => {
        const form = await createUpload(visit, { token, purpose: 'avatar' })
        await postBytes(visit, form, { token, purpose: 'avatar', bytes: await uniqueImage() })
        return awaited('the avatar in the profile', async () => {
          const { avatar } = await me()
          return avatar?.uploadId === form.uploadId && avatar
        })
      }
      const stored = async (folder: string) => {
        const Prefix = `private/avatars/${userId}/${folder}`
        const { KeyCount } = await aws.s3.send(new ListObjectsV2Command({ Bucket: output('MediaBucketName'), Prefix }))
        return KeyCount!
      }
      const first = await avatarOf()
      const second = await avatarOf()
      const { avatar } = (await shop.api('PATCH', '/me', { token, body: {} })).body
      for (const { url } of [...second.thumbnails, ...avatar!.thumbnails]) assert.equal((await fetch(url)).status, 200)
      await awaited('the first avatar to be deleted', async () => (await stored(first.uploadId)) === 0)
      const { items } = (await shop.api('GET', '/uploads', { token })).body
      assert.deepEqual(
        items.map((upload) => upload.uploadId),
        [second.uploadId],
      )
      for (const { url } of items[0]!.thumbnails!) assert.equal((await fetch(url)).status, 200)
      assert.equal((await shop.api('DELETE', '/me', { token })).status, 202)
      await awaited('all avatars to be deleted', async () => (await stored('')) === 0)
    },
  },
  {
    name: 'a product image is linked, served and removed',
    async run(visit) {
      const { shop, aws, output, awaited } = visit
      const { productId } = (await shop.api('GET', '/products?limit=1')).body.items[0]!
      const as = { token: await shop.staffToken(), purpose: 'product-image' } as const
      const form = await createUpload(visit, { ...as, productId })
      const upload = await postBytes(visit, form, { ...as, bytes: await uniqueImage() })
      assert.equal(upload.status, 'READY')
      await redeliver(visit, form)
      const { url } = upload.thumbnails![0]!
      await awaited('the image on its product', async () => {
        const { images } = (await shop.api('GET', `/products/${productId}`)).body
        return images.some((image) => image.url === url)
      })
      assert.equal((await fetch(url)).status, 200)

      const path = `/admin/products/${productId}` as const
      const read = await shop.api('GET', path, { token: as.token })
      const others = read.body.images.map(({ uploadId }) => uploadId).filter((uploadId) => uploadId !== form.uploadId)
      const change = { token: as.token, headers: { 'if-match': read.headers.get('etag')! } }
      const { status } = await shop.api('PATCH', path, { ...change, body: { images: [...new Set(others)] } })
      assert.equal(status, 200)
      await awaited('the upload to be deleted', async () => {
        const response = await shop.api('GET', `/admin/uploads/${form.uploadId}`, { token: as.token })
        return response.status === 404
      })
      const folder = new URL(url).pathname.split('/').slice(0, -1).join('/')
      const media = { Bucket: output('MediaBucketName'), Prefix: `public${folder}/` }
      assert.equal((await aws.s3.send(new ListObjectsV2Command(media))).KeyCount, 0)
    },
  },
  {
    name: 'a file that is not an image is rejected',
    async run(visit) {
      const as = { ...(await visit.shop.newCustomer()), purpose: 'avatar' } as const
      const form = await createUpload(visit, { token: as.token, purpose: as.purpose })
      const upload = await postBytes(visit, form, { ...as, bytes: new TextEncoder().encode('I am not an image') })
      assert.equal(upload.status, 'REJECTED')
    },
  },
  {
    name: 'an upload event arrives again after its object was deleted',
    async run(visit) {
      const { token } = await visit.shop.newCustomer()
      await redeliver(visit, await createUpload(visit, { token, purpose: 'avatar' }))
    },
  },
]

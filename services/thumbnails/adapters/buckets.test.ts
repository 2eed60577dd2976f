import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { formsContract, mediaContract, mediaLinksContract, originalsContract } from '../ports.contract.ts'
import { mediaBucket, mediaLinks, publicLinks } from './media-bucket.ts'
import { presignedForms, uploadBucket } from './upload-bucket.ts'

const mediaUrl = 'https://media.example.com'

let buckets: TestBuckets
beforeEach(async () => {
  buckets = await startTestBuckets('uploads', 'media')
})
afterEach(() => buckets.stop())

describe('presigned forms', () => {
  formsContract(async () => ({
    forms: presignedForms(buckets.client, 'uploads'),
    async send(form, { bytes, fields }) {
      const data = new FormData()
      for (const [name, value] of Object.entries({ ...form.fields, ...fields })) data.append(name, value)
      data.append('file', new Blob([bytes]))
      return (await fetch(form.url, { method: 'POST', body: data })).ok
    },
    count: async () => (await buckets.keys('uploads')).length,
    advance: (ms) => buckets.advance(ms),
  }))
})

describe('the upload bucket', () => {
  originalsContract(async () => ({
    originals: uploadBucket(buckets.client, 'uploads'),
    arrive: async (Key, Body) =>
      void (await buckets.client.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body }))),
  }))

  test('an absent bucket is an error, not an absent original', async () => {
    const nowhere = uploadBucket(buckets.client, 'another')
    await expect(nowhere.read('incoming/a', { maxBytes: 1 })).rejects.toThrow()
  })
})

describe('the media bucket', () => {
  mediaContract(async () => ({
    media: mediaBucket(buckets.client, 'media'),
    async stored(Key) {
      const { Body, ContentType } = await buckets.client.send(new GetObjectCommand({ Bucket: 'media', Key }))
      return { bytes: await Body!.transformToByteArray(), contentType: ContentType! }
    },
    keys: () => buckets.keys('media'),
  }))
})

describe('links to public images', () => {
  mediaLinksContract(mediaUrl, async () => publicLinks(mediaUrl))

  test('a private image has no URL', async () => {
    await expect(publicLinks(mediaUrl).urlOf('private/avatars/u-1/a.jpg')).rejects.toThrow('not public')
  })
})

describe('links to all images', () => {
  mediaLinksContract(mediaUrl, async () => mediaLinks(buckets.client, 'media', mediaUrl))

  test('a private image can be fetched for five minutes', async () => {
    const key = 'private/avatars/u-1/a.jpg'
    await mediaBucket(buckets.client, 'media').put({ key, bytes: Uint8Array.of(1), contentType: 'image/jpeg' })
    const url = await mediaLinks(buckets.client, 'media', mediaUrl).urlOf(key)
    buckets.advance(290_000)
    expect((await fetch(url)).status).toBe(200)
    buckets.advance(60_000)
    expect((await fetch(url)).status).toBe(403)
  })
})

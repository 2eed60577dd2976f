import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { AccessRequest } from '../iam/types.ts'
import { startS3 } from './testing.ts'

let s3: Awaited<ReturnType<typeof startS3>>
let denied: (request: AccessRequest) => boolean
let etag: string

beforeEach(async () => {
  denied = () => false
  s3 = await startS3({ denied: (request) => denied(request) })
  const NotificationConfiguration = { EventBridgeConfiguration: {} }
  await s3.declare('AWS::S3::Bucket', 'B', { BucketName: 'books' })
  await s3.declare('AWS::S3::Bucket', 'A', { BucketName: 'archive', NotificationConfiguration })
  const put = new PutObjectCommand({
    Bucket: 'books',
    Key: 'a b/ä',
    Body: 'text',
    ContentType: 'text/plain',
    Metadata: { shelf: '7' },
  })
  etag = (await s3.client.send(put)).ETag!
})
afterEach(() => s3.stop())

const copy = (more: object = {}) =>
  s3.client.send(
    new CopyObjectCommand({
      Bucket: 'archive',
      Key: 'copy',
      CopySource: `/books/${encodeURIComponent('a b/ä')}`,
      ...more,
    }),
  )
const copied = () => s3.client.send(new GetObjectCommand({ Bucket: 'archive', Key: 'copy', ChecksumMode: 'ENABLED' }))

test('a copy has the bytes, the type and the metadata of its source, and publishes an event', async () => {
  const { CopyObjectResult } = await copy()
  expect(CopyObjectResult).toMatchObject({ ETag: etag, LastModified: new Date(s3.clock.now()) })
  const object = await copied()
  expect(await object.Body!.transformToString()).toBe('text')
  expect(object).toMatchObject({ ContentType: 'text/plain', Metadata: { shelf: '7' } })
  expect(object.ChecksumCRC32).toBe(CopyObjectResult!.ChecksumCRC32)
  expect(s3.published).toMatchObject([{ detail: { object: { key: 'copy', size: 4 }, reason: 'CopyObject' } }])
})

test('a copy does not change with its source', async () => {
  await copy()
  await s3.client.send(new PutObjectCommand({ Bucket: 'books', Key: 'a b/ä', Body: 'new' }))
  expect(await (await copied()).Body!.transformToString()).toBe('text')
})

test('the metadata can be replaced, which a copy to itself requires', async () => {
  await copy({ MetadataDirective: 'REPLACE', ContentType: 'text/html' })
  expect(await copied()).toMatchObject({ ContentType: 'text/html', Metadata: {} })
  const self = { Bucket: 'books', Key: 'a b/ä' }
  await expect(copy(self)).rejects.toMatchObject({ name: 'InvalidRequest' })
  await copy({ ...self, MetadataDirective: 'REPLACE' })
})

test('CopyObject requires GetObject on the source and PutObject on the copy', async () => {
  s3.accessRequests.length = 0
  await copy()
  expect(s3.accessRequests).toEqual([
    { action: 's3:PutObject', resource: 'arn:aws:s3:::archive/copy' },
    { action: 's3:GetObject', resource: 'arn:aws:s3:::books/a b/ä' },
  ])
  denied = (request) => request.action === 's3:GetObject'
  await expect(copy()).rejects.toMatchObject({ name: 'AccessDenied' })
})

test.each<[string, () => object, string]>([
  ['a source that does not exist', () => ({ CopySource: 'books/none' }), 'NoSuchKey'],
  ['a source without a key', () => ({ CopySource: 'books' }), 'InvalidArgument'],
  ['a version', () => ({ CopySource: 'books/a?versionId=1' }), 'NotImplemented'],
  ['another ETag', () => ({ CopySourceIfMatch: '"other"' }), 'PreconditionFailed'],
  ['a source that has not changed', () => ({ CopySourceIfNoneMatch: etag }), 'PreconditionFailed'],
])('with %s the copy fails', async (_, more, name) => {
  await expect(copy(more())).rejects.toMatchObject({ name })
  await expect(copied()).rejects.toMatchObject({ name: 'NoSuchKey' })
})

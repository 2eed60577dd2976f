import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { type PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { AccessRequest } from '../iam/types.ts'
import { newStateFile } from '../test/folders.ts'
import { sendRaw } from '../wire/testing.ts'
import { startS3 } from './testing.ts'

let s3: Awaited<ReturnType<typeof startS3>>
let denied: (request: AccessRequest) => boolean

beforeEach(async () => {
  denied = () => false
  s3 = await startS3({ denied: (request) => denied(request) })
  await s3.declare('AWS::S3::Bucket', 'B', { BucketName: 'books' })
})
afterEach(() => s3.stop())

const put = (Key: string, Body: PutObjectCommandInput['Body'] = 'text', more: object = {}) =>
  s3.client.putObject({ Bucket: 'books', Key, Body, ...more })
const get = (Key: string, more: object = {}) => s3.client.getObject({ Bucket: 'books', Key, ...more })
const text = async (Key: string) => (await get(Key)).Body?.transformToString()
/** A request that the SDK would not send; unsigned, since this endpoint does not authenticate. */
const raw = (method: string, path: string, headers: Record<string, string>) =>
  fetch(`${s3.endpoint}${path}`, { method, headers })

test('an object is returned with its bytes, type, metadata and ETag', async () => {
  const ContentType = 'image/png'
  const { ETag } = await put('a/b c+d/é.png', Buffer.from([0, 255, 1]), {
    ContentType,
    Metadata: { shelf: '7' },
    CacheControl: 'no-cache',
  })
  const md5 = createHash('md5')
    .update(Buffer.from([0, 255, 1]))
    .digest('hex')
  expect(ETag).toBe(`"${md5}"`)
  const described = {
    ETag,
    ContentType,
    ContentLength: 3,
    Metadata: { shelf: '7' },
    CacheControl: 'no-cache',
    LastModified: new Date(s3.clock.now()),
  }
  const response = await get('a/b c+d/é.png')
  expect(response).toMatchObject(described)
  expect([...(await response.Body!.transformToByteArray())]).toEqual([0, 255, 1])
  expect(await s3.client.headObject({ Bucket: 'books', Key: 'a/b c+d/é.png' })).toMatchObject(described)
})

test('a body without its length is rejected', async () => {
  const head = 'PUT /books/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
  const response = await sendRaw(s3.endpoint, `${head}Transfer-Encoding: chunked\r\n\r\n4\r\ntext\r\n0\r\n\r\n`)
  expect(response).toContain('<Code>MissingContentLength</Code>')
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a second put replaces the object', async () => {
  await put('a', 'first')
  await put('a', 'second')
  expect(await text('a')).toBe('second')
})

test('an empty object has no bytes', async () => {
  await put('empty', Buffer.alloc(0))
  expect(await text('empty')).toBe('')
})

test('an object or bucket that does not exist is not found', async () => {
  await expect(get('none')).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
  const head = s3.client.headObject({ Bucket: 'books', Key: 'none' })
  await expect(head).rejects.toMatchObject({ name: 'NotFound' })
  const foreign = s3.client.putObject({ Bucket: 'none', Key: 'a', Body: 'x' })
  await expect(foreign).rejects.toMatchObject({ name: 'NoSuchBucket' })
})

test('a missing key is AccessDenied for a caller without ListBucket', async () => {
  denied = (request) => request.action === 's3:ListBucket'
  await expect(get('none')).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('DeleteObject removes the object, and is idempotent', async () => {
  await put('a')
  for (let time = 0; time < 2; time++) await s3.client.deleteObject({ Bucket: 'books', Key: 'a' })
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('DeleteObjects authorizes each key separately', async () => {
  for (const key of ['a', 'b & <c>', 'denied']) await put(key)
  denied = (request) => request.resource.endsWith('/denied')
  const Objects = ['a', 'b & <c>', 'denied', 'none'].map((Key) => ({ Key }))
  const { Deleted, Errors } = await s3.client.deleteObjects({ Bucket: 'books', Delete: { Objects } })
  expect(Deleted).toEqual([{ Key: 'a' }, { Key: 'b & <c>' }, { Key: 'none' }])
  expect(Errors).toMatchObject([{ Key: 'denied', Code: 'AccessDenied' }])
  denied = () => false
  expect(await text('denied')).toBe('text')
  await expect(get('b & <c>')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('each call requires its IAM action on the object', async () => {
  await put('k/a')
  await get('k/a')
  await s3.client.headObject({ Bucket: 'books', Key: 'k/a' })
  await s3.client.deleteObject({ Bucket: 'books', Key: 'k/a' })
  const resource = 'arn:aws:s3:::books/k/a'
  expect(s3.access.requests).toEqual(
    ['PutObject', 'GetObject', 'GetObject', 'DeleteObject'].map((action) => ({ action: `s3:${action}`, resource })),
  )
})

test('a denied put stores nothing', async () => {
  denied = (request) => request.action === 's3:PutObject'
  await expect(put('a')).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  denied = () => false
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('an unsupported header or parameter is rejected by name, never ignored', async () => {
  await put('a')
  const stream = Readable.from([Buffer.from('text')])
  await expect(put('a', stream, { ContentLength: 4 })).rejects.toThrow('x-amz-')
  await expect(put('a', 'new', { IfNoneMatch: '*' })).rejects.toThrow('if-none-match')
  await expect(put('a', 'new', { ACL: 'public-read' })).rejects.toThrow('x-amz-acl')
  await expect(put('a', 'new', { Tagging: 'a=b' })).rejects.toThrow('x-amz-tagging')
  await expect(get('a', { Range: 'bytes=0-1' })).rejects.toThrow('range')
  await expect(get('a', { IfMatch: '"etag"' })).rejects.toThrow('if-match')
  await expect(get('a', { ResponseContentType: 'a/b' })).rejects.toThrow('response-content-type')
  const tagging = s3.client.getObjectTagging({ Bucket: 'books', Key: 'a' })
  await expect(tagging).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'The parameter tagging is not emulated.',
  })
  expect(await text('a')).toBe('text')
})

test('an object with a known ETag is not sent again', async () => {
  const { ETag } = await put('a')
  for (const [tag, status, body] of [
    [`"other", W/${ETag}`, 304, ''],
    ['"other"', 200, 'text'],
  ] as const) {
    const since = new Date(0).toUTCString()
    const response = await raw('GET', '/books/a', { 'if-none-match': tag, 'if-modified-since': since })
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([status, ETag, body])
  }
})

describe('CopyObject', () => {
  const copy = (more: object = {}) =>
    s3.client.copyObject({
      Bucket: 'archive',
      Key: 'copy',
      CopySource: `/books/${encodeURIComponent('a b/ä')}`,
      ...more,
    })
  const copied = () => s3.client.getObject({ Bucket: 'archive', Key: 'copy' })
  let etag: string

  beforeEach(async () => {
    const NotificationConfiguration = { EventBridgeConfiguration: {} }
    await s3.declare('AWS::S3::Bucket', 'A', { BucketName: 'archive', NotificationConfiguration })
    etag = (await put('a b/ä', 'text', { ContentType: 'text/plain', Metadata: { shelf: '7' } })).ETag!
    s3.access.requests.length = 0
  })

  test('copies bytes, type and metadata, publishes an event, and does not change with its source', async () => {
    const { CopyObjectResult } = await copy()
    expect(CopyObjectResult).toMatchObject({ ETag: etag, LastModified: new Date(s3.clock.now()) })
    await put('a b/ä', 'new')
    const object = await copied()
    expect(await object.Body!.transformToString()).toBe('text')
    expect(object).toMatchObject({ ContentType: 'text/plain', Metadata: { shelf: '7' } })
    expect(s3.published).toMatchObject([{ detail: { object: { key: 'copy', size: 4 }, reason: 'CopyObject' } }])
  })

  test('requires GetObject on the source and PutObject on the copy', async () => {
    await copy()
    expect(s3.access.requests).toEqual([
      { action: 's3:PutObject', resource: 'arn:aws:s3:::archive/copy' },
      { action: 's3:GetObject', resource: 'arn:aws:s3:::books/a b/ä' },
    ])
    denied = (request) => request.action === 's3:GetObject'
    await expect(copy()).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test.each<[string, object, string]>([
    ['a source that does not exist', { CopySource: 'books/none' }, 'NoSuchKey'],
    ['a source without a key', { CopySource: 'books' }, 'InvalidArgument'],
    ['a version', { CopySource: 'books/a?versionId=1' }, 'InvalidArgument'],
    ['a condition', { CopySourceIfMatch: '"other"' }, 'NotImplemented'],
    ['other metadata', { MetadataDirective: 'REPLACE' }, 'NotImplemented'],
  ])('fails with %s', async (_, more, name) => {
    await expect(copy(more)).rejects.toMatchObject({ name })
    await expect(copied()).rejects.toMatchObject({ name: 'NoSuchKey' })
  })
})

test('a put of another emulated service is part of its transaction', async () => {
  s3.service.putObject('books', 'a', Buffer.from('{}'), { 'content-type': 'application/json' })
  expect((await get('a')).ContentType).toBe('application/json')
  const failing = () =>
    s3.state.transaction(() => {
      s3.service.putObject('books', 'a', Buffer.from('new'), { 'content-type': 'text/plain' })
      throw new Error('no')
    })
  expect(failing).toThrow('no')
  expect(await text('a')).toBe('{}')
})

test('a put whose event fails stores nothing', async () => {
  await s3.stop()
  s3 = await startS3({
    publish: () => {
      throw new Error('no bus')
    },
  })
  const NotificationConfiguration = { EventBridgeConfiguration: {} }
  await s3.declare('AWS::S3::Bucket', 'B', { BucketName: 'books', NotificationConfiguration })
  const consoleError = jest.spyOn(console, 'error').mockImplementation(() => {})
  await expect(put('a')).rejects.toMatchObject({ name: 'InternalFailure' })
  // Other tests of the same process may still write errors of their own.
  expect(consoleError.mock.calls.filter(([, error]) => error?.message === 'no bus')).toHaveLength(1)
  consoleError.mockRestore()
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a body over the limit of the endpoint is rejected, and nothing is stored', async () => {
  const response = await fetch(`${s3.endpoint}/books/a`, { method: 'PUT', body: new Uint8Array(100 * 2 ** 20 + 1) })
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining('<Code>EntityTooLarge</Code>'),
  ])
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('objects survive a restart', async () => {
  const stateFile = newStateFile()
  await s3.stop()
  s3 = await startS3({ stateFile })
  await s3.declare('AWS::S3::Bucket', 'B', { BucketName: 'books' })
  await put('a', 'text', { Metadata: { shelf: '7' } })
  await s3.stop()
  s3 = await startS3({ stateFile })
  await s3.declare('AWS::S3::Bucket', 'B', { BucketName: 'books' })
  expect(await text('a')).toBe('text')
  expect((await get('a')).Metadata).toEqual({ shelf: '7' })
})

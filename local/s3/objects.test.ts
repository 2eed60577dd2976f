import { jest } from '@jest/globals'
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import type { AccessRequest } from '../iam/types.ts'
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
  s3.client.send(new PutObjectCommand({ Bucket: 'books', Key, Body, ...more }))
const get = (Key: string, more: object = {}) => s3.client.send(new GetObjectCommand({ Bucket: 'books', Key, ...more }))
const text = async (Key: string) => (await get(Key)).Body?.transformToString()
/** A request that the SDK would not send; unsigned, since this endpoint does not authenticate. */
const raw = (method: string, path: string, headers: Record<string, string>, body?: string) =>
  fetch(`${s3.endpoint}${path}`, { method, headers, body })

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
  const answer = await get('a/b c+d/é.png')
  expect(answer).toMatchObject(described)
  expect([...(await answer.Body!.transformToByteArray())]).toEqual([0, 255, 1])
  expect(await s3.client.send(new HeadObjectCommand({ Bucket: 'books', Key: 'a/b c+d/é.png' }))).toMatchObject(
    described,
  )
})

test('a body in aws-chunked encoding with a trailing checksum is decoded', async () => {
  const parts = ['one ', 'two ', 'x'.repeat(100_000)]
  await put('stream', Readable.from(parts.map((part) => Buffer.from(part))), { ContentLength: 100_008 })
  const { Body, ChecksumCRC32, ContentEncoding } = await get('stream', { ChecksumMode: 'ENABLED' })
  expect(await Body?.transformToString()).toBe(parts.join(''))
  expect(ChecksumCRC32).toMatch(/^.{6}==$/)
  expect(ContentEncoding).toBeUndefined()
})

test.each(['CRC32', 'CRC64NVME', 'SHA256'] as const)(
  'the checksum %s is verified and returned',
  async (ChecksumAlgorithm) => {
    const sent = await put('a', 'text', { ChecksumAlgorithm })
    const answer = await get('a', { ChecksumMode: 'ENABLED' })
    const member = `Checksum${ChecksumAlgorithm}` as const
    expect(answer[member]).toBe(sent[member])
    expect(answer[member]).toBeDefined()
    await expect(put('b', 'text', { [member]: Buffer.alloc(4).toString('base64') })).rejects.toMatchObject({
      name: 'BadDigest',
    })
    await expect(get('b')).rejects.toMatchObject({ name: 'NoSuchKey' })
  },
)

const chunked = {
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'x-amz-trailer': 'x-amz-checksum-crc32',
}
test.each([
  ['a wrong trailing checksum', '4\r\ntext\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', '4', 'BadDigest'],
  ['no trailing checksum', '4\r\ntext\r\n0\r\n\r\n', '4', 'InvalidRequest'],
  ['a wrong length', '4\r\ntext\r\n0\r\nx-amz-checksum-crc32:O41lEg==\r\n\r\n', '5', 'IncompleteBody'],
  ['a chunk that is cut short', '8\r\ntext\r\n0\r\n\r\n', '8', 'IncompleteBody'],
  ['no chunks', 'text', '4', 'IncompleteBody'],
])('a chunked body with %s is rejected', async (_, body, length, code) => {
  const answer = await raw('PUT', '/books/a', { ...chunked, 'x-amz-decoded-content-length': length }, body)
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain(`<Code>${code}</Code>`)
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test.each([
  ['chunks of HTTP', 'Transfer-Encoding: chunked\r\n\r\n4\r\ntext\r\n0\r\n\r\n', 501, 'NotImplemented'],
  ['no length', '\r\n', 411, 'MissingContentLength'],
])('a body with %s is rejected', async (_, rest, status, code) => {
  const head = 'PUT /books/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
  const response = await sendRaw(s3.endpoint, head + rest)
  expect(response).toContain(`HTTP/1.1 ${status} `)
  expect(response).toContain(`<Code>${code}</Code>`)
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a wrong Content-MD5 is rejected', async () => {
  const answer = await raw('PUT', '/books/a', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, 'text')
  expect(await answer.text()).toContain('<Code>BadDigest</Code>')
})

test('a second put replaces the object and its file', async () => {
  await put('a', 'first')
  await put('a', 'second')
  expect(await text('a')).toBe('second')
  expect(readdirSync(s3.directory)).toHaveLength(1)
})

test('an empty object has no bytes', async () => {
  await put('empty', Buffer.alloc(0))
  expect(await text('empty')).toBe('')
})

test('an object or bucket that does not exist is not found', async () => {
  await expect(get('none')).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
  const head = s3.client.send(new HeadObjectCommand({ Bucket: 'books', Key: 'none' }))
  await expect(head).rejects.toMatchObject({ name: 'NotFound' })
  const foreign = s3.client.send(new PutObjectCommand({ Bucket: 'none', Key: 'a', Body: 'x' }))
  await expect(foreign).rejects.toMatchObject({ name: 'NoSuchBucket' })
})

test('a missing key is AccessDenied for a caller without ListBucket', async () => {
  denied = (request) => request.action === 's3:ListBucket'
  await expect(get('none')).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('DeleteObject removes the object and its file, and is idempotent', async () => {
  await put('a')
  for (let time = 0; time < 2; time++) await s3.client.send(new DeleteObjectCommand({ Bucket: 'books', Key: 'a' }))
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
  expect(readdirSync(s3.directory)).toEqual([])
})

test('DeleteObjects authorizes each key separately', async () => {
  for (const key of ['a', 'b & <c>', 'denied']) await put(key)
  denied = (request) => request.resource.endsWith('/denied')
  const Objects = ['a', 'b & <c>', 'denied', 'none'].map((Key) => ({ Key }))
  const { Deleted, Errors } = await s3.client.send(new DeleteObjectsCommand({ Bucket: 'books', Delete: { Objects } }))
  expect(Deleted).toEqual([{ Key: 'a' }, { Key: 'b & <c>' }, { Key: 'none' }])
  expect(Errors).toMatchObject([{ Key: 'denied', Code: 'AccessDenied' }])
  denied = () => false
  expect(await text('denied')).toBe('text')
  await expect(get('b & <c>')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('each call requires its IAM action on the object', async () => {
  await put('k/a')
  await get('k/a')
  await s3.client.send(new HeadObjectCommand({ Bucket: 'books', Key: 'k/a' }))
  await s3.client.send(new DeleteObjectCommand({ Bucket: 'books', Key: 'k/a' }))
  const resource = 'arn:aws:s3:::books/k/a'
  expect(s3.accessRequests).toEqual(
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
  await expect(put('a', 'new', { IfNoneMatch: '"etag"' })).rejects.toThrow('If-None-Match')
  await expect(put('a', 'new', { ACL: 'public-read' })).rejects.toThrow('x-amz-acl: public-read')
  await expect(put('a', 'new', { Tagging: 'a=b' })).rejects.toThrow('x-amz-tagging')
  await expect(raw('PUT', '/books/a', { 'x-amz-checksum-crc8': 'AA==' }, 'new')).resolves.toMatchObject({ status: 501 })
  const tagging = s3.client.send(new GetObjectTaggingCommand({ Bucket: 'books', Key: 'a' }))
  await expect(tagging).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'The parameter tagging is not emulated.',
  })
  expect(await text('a')).toBe('text')
})

test.each([
  ['KeyTooLongError', 'k'.repeat(1025), {}],
  ['MetadataTooLarge', 'a', { Metadata: { m: 'x'.repeat(2048) } }],
])('%s', async (name, key, more) => {
  await expect(put(key, 'x', more)).rejects.toMatchObject({ name })
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

test('a put whose event fails stores neither row nor file', async () => {
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
  expect(consoleError).toHaveBeenCalledTimes(1)
  consoleError.mockRestore()
  await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' })
  expect(readdirSync(s3.directory)).toEqual([])
})

test('non-ASCII metadata and malformed header values do not break reads', async () => {
  const created = await raw('PUT', '/books/a', { 'x-amz-meta-title': 'K\u00e4se', expires: 'never' }, 'text')
  expect(created.status).toBe(200)
  const answer = await raw('GET', '/books/a?response-content-type=a%0d%0ab', {})
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('InvalidArgument')])
  expect((await raw('GET', '/books/a', {})).headers.get('expires')).toBe('never')
})

test('a body over the limit of the endpoint is rejected, and nothing is stored', async () => {
  const answer = await fetch(`${s3.endpoint}/books/a`, { method: 'PUT', body: new Uint8Array(100 * 2 ** 20 + 1) })
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('<Code>EntityTooLarge</Code>')])
  expect(readdirSync(s3.directory)).toEqual([])
})

test('objects survive a restart, which removes files without an object', async () => {
  await put('a', 'text', { Metadata: { shelf: '7' } })
  writeFileSync(join(s3.directory, `${randomUUID()}.part`), 'x')
  writeFileSync(join(s3.directory, randomUUID()), 'written, but its row was not committed')
  await s3.stop(true)
  s3 = await startS3({ folder: s3.folder })
  await s3.declare('AWS::S3::Bucket', 'B', { BucketName: 'books' })
  expect(await text('a')).toBe('text')
  expect((await get('a')).Metadata).toEqual({ shelf: '7' })
  expect(readdirSync(s3.directory)).toHaveLength(1)
})

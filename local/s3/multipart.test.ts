import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3'
import type { AccessRequest } from '../iam/types.ts'
import { startS3 } from './testing.ts'

let s3: Awaited<ReturnType<typeof startS3>>
let denied: (request: AccessRequest) => boolean

const bucket = () =>
  s3.declare('AWS::S3::Bucket', 'F', {
    BucketName: 'films',
    NotificationConfiguration: { EventBridgeConfiguration: {} },
    LifecycleConfiguration: {
      Rules: [{ Status: 'Enabled', Prefix: 'raw/', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }],
    },
  })

beforeEach(async () => {
  denied = () => false
  s3 = await startS3({ denied: (request) => denied(request) })
  await bucket()
})
afterEach(() => s3.stop())

const large = Buffer.alloc(5 * 2 ** 20, 'reel one ')
const small = Buffer.from('reel two')
const film = { Bucket: 'films', Key: 'raw/a' }

const create = async (more: object = {}) =>
  (await s3.client.send(new CreateMultipartUploadCommand({ ...film, ...more }))).UploadId!
const upload = async (
  UploadId: string,
  PartNumber: number,
  Body: Buffer,
  more: object = {},
): Promise<CompletedPart> => {
  const { ETag } = await s3.client.send(new UploadPartCommand({ ...film, UploadId, PartNumber, Body, ...more }))
  return { ETag, PartNumber }
}
const complete = (UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  s3.client.send(new CompleteMultipartUploadCommand({ ...film, UploadId, MultipartUpload: { Parts }, ...more }))
const get = () => s3.client.send(new GetObjectCommand({ ...film, ChecksumMode: 'ENABLED' }))
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()

test('parts are joined to one object with its type, a composite ETag and one event', async () => {
  const UploadId = await create({ ContentType: 'video/mp4', CacheControl: 'no-cache' })
  const second = await upload(UploadId, 7, small)
  await upload(UploadId, 2, small)
  const first = await upload(UploadId, 2, large)
  expect(s3.published).toEqual([])
  const { ETag } = await complete(UploadId, [first, second])
  const tags = md5(Buffer.concat([md5(large), md5(small)])).toString('hex')
  expect(ETag).toBe(`"${tags}-2"`)
  const object = await get()
  expect(object).toMatchObject({ ETag, ContentType: 'video/mp4', CacheControl: 'no-cache' })
  const bytes = Buffer.from(await object.Body!.transformToByteArray())
  expect(bytes.equals(Buffer.concat([large, small]))).toBe(true)
  expect(s3.published).toMatchObject([
    {
      detailType: 'Object Created',
      detail: {
        object: { key: 'raw/a', size: large.length + small.length, etag: `${tags}-2` },
        reason: 'CompleteMultipartUpload',
      },
    },
  ])
  expect(readdirSync(s3.directory)).toHaveLength(1)
  await expect(complete(UploadId, [first])).rejects.toMatchObject({ name: 'NoSuchUpload' })
})

test('order, size and ETags of the parts are validated', async () => {
  const UploadId = await create()
  const one = await upload(UploadId, 1, small)
  const two = await upload(UploadId, 2, large)
  await expect(complete(UploadId, [two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' })
  await expect(complete(UploadId, [two, two])).rejects.toMatchObject({ name: 'InvalidPartOrder' })
  await expect(complete(UploadId, [one, two])).rejects.toMatchObject({ name: 'EntityTooSmall', PartNumber: '1' })
  await expect(complete(UploadId, [{ ...one, ETag: two.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' })
  await expect(complete(UploadId, [{ ...one, PartNumber: 3 }])).rejects.toMatchObject({ name: 'InvalidPart' })
  await expect(complete(UploadId, [])).rejects.toMatchObject({ name: 'MalformedXML' })
  await expect(complete(UploadId, [one], { MpuObjectSize: 9 })).rejects.toMatchObject({ name: 'InvalidRequest' })
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' })
  await complete(UploadId, [two], { MpuObjectSize: large.length })
})

test.each([0, 10_001])('the part number %i is rejected', async (number) => {
  await expect(upload(await create(), number, small)).rejects.toMatchObject({ name: 'InvalidArgument' })
})

test('completion with If-None-Match: * fails if the key exists', async () => {
  const [first, second] = [await create(), await create()]
  const parts = [await upload(first, 1, small)]
  await upload(second, 1, small)
  await complete(first, parts, { IfNoneMatch: '*' })
  await expect(complete(second, parts, { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' })
})

test.each([
  ['CRC32', undefined, 'COMPOSITE'],
  ['CRC32C', 'FULL_OBJECT', 'FULL_OBJECT'],
  ['CRC64NVME', undefined, 'FULL_OBJECT'],
  ['SHA256', 'COMPOSITE', 'COMPOSITE'],
] as const)('a checksum %s of type %s covers all parts', async (ChecksumAlgorithm, ChecksumType, type) => {
  const UploadId = await create({ ChecksumAlgorithm, ChecksumType })
  const member = `Checksum${ChecksumAlgorithm}` as const
  const parts: CompletedPart[] = []
  for (const [index, Body] of [large, small].entries()) {
    const input = { ...film, UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm }
    const answer = await s3.client.send(new UploadPartCommand(input))
    parts.push({ ETag: answer.ETag, PartNumber: index + 1, [member]: answer[member] })
  }
  const wrong = { ...parts[0], [member]: parts[1]![member] }
  await expect(complete(UploadId, [wrong, parts[1]!])).rejects.toMatchObject({ name: 'InvalidPart' })
  const answer = await complete(UploadId, parts)
  expect(answer.ChecksumType).toBe(type)
  const object = await get()
  expect(object[member]).toBe(answer[member])
  expect(object[member]).toMatch(type === 'COMPOSITE' ? /=-2$/ : /=$/)
  // The SDK verifies the checksum of the whole object as its bytes are read.
  expect((await object.Body!.transformToByteArray()).length).toBe(large.length + small.length)
})

test('a checksum type or part algorithm that does not match the algorithm is rejected', async () => {
  const invalidRequest = { name: 'InvalidRequest' }
  await expect(create({ ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' })).rejects.toMatchObject(invalidRequest)
  const UploadId = await create({ ChecksumAlgorithm: 'SHA1' })
  await expect(upload(UploadId, 1, small, { ChecksumAlgorithm: 'CRC32' })).rejects.toMatchObject(invalidRequest)
  const part = await upload(UploadId, 1, small, { ChecksumAlgorithm: 'SHA1' })
  await expect(complete(UploadId, [part])).rejects.toMatchObject(invalidRequest)
})

test('ListParts and ListMultipartUploads return pages', async () => {
  const UploadId = await create()
  for (const number of [3, 1, 2]) await upload(UploadId, number, small)
  const page = await s3.client.send(new ListPartsCommand({ ...film, UploadId, MaxParts: 2 }))
  expect(page.Parts).toMatchObject([
    {
      PartNumber: 1,
      Size: small.length,
      ETag: `"${md5(small).toString('hex')}"`,
      LastModified: new Date(s3.clock.now()),
    },
    { PartNumber: 2 },
  ])
  expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' })
  const rest = await s3.client.send(new ListPartsCommand({ ...film, UploadId, PartNumberMarker: '2' }))
  expect(rest.Parts).toMatchObject([{ PartNumber: 3 }])
  expect(rest.IsTruncated).toBe(false)

  const other = await create({ Key: 'raw/b' })
  await create({ Key: 'c' })
  const list = (more: object) =>
    s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'films', Prefix: 'raw/', ...more }))
  const uploads = await list({ MaxUploads: 1 })
  expect(uploads.Uploads).toMatchObject([{ Key: 'raw/a', UploadId }])
  const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = uploads
  expect((await list({ KeyMarker, UploadIdMarker })).Uploads).toMatchObject([{ Key: 'raw/b', UploadId: other }])
})

test('AbortMultipartUpload deletes the upload and its files', async () => {
  const UploadId = await create()
  const part = await upload(UploadId, 1, small)
  await s3.client.send(new AbortMultipartUploadCommand({ ...film, UploadId }))
  expect(readdirSync(s3.directory)).toEqual([])
  await expect(upload(UploadId, 2, small)).rejects.toMatchObject({ name: 'NoSuchUpload' })
  await expect(complete(UploadId, [part])).rejects.toMatchObject({ name: 'NoSuchUpload' })
})

test('an upload is not found under another key', async () => {
  const UploadId = await create()
  const other = new UploadPartCommand({ ...film, Key: 'raw/b', UploadId, PartNumber: 1, Body: small })
  await expect(s3.client.send(other)).rejects.toMatchObject({ name: 'NoSuchUpload' })
})

test('each call requires its IAM action', async () => {
  const UploadId = await create()
  await upload(UploadId, 1, small)
  await s3.client.send(new ListPartsCommand({ ...film, UploadId }))
  await s3.client.send(new AbortMultipartUploadCommand({ ...film, UploadId }))
  await s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'films' }))
  expect(s3.accessRequests.map(({ action }) => action)).toEqual([
    's3:PutObject',
    's3:PutObject',
    's3:ListMultipartUploadParts',
    's3:AbortMultipartUpload',
    's3:ListBucketMultipartUploads',
  ])
  denied = () => true
  await expect(create()).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('an upload continues after a restart', async () => {
  const UploadId = await create()
  const first = await upload(UploadId, 1, large)
  await s3.stop(true)
  s3 = await startS3({ folder: s3.folder })
  await bucket()
  await complete(UploadId, [first, await upload(UploadId, 2, small)])
  const bytes = await (await get()).Body!.transformToByteArray()
  expect(bytes.length).toBe(large.length + small.length)
})

test('a lifecycle rule aborts incomplete uploads', async () => {
  const UploadId = await create()
  const other = await create({ Key: 'other' })
  await upload(UploadId, 1, small)
  s3.service.start()
  await s3.clock.advance(47 * 3_600_000)
  const ids = async () =>
    (await s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'films' }))).Uploads?.map((found) => found.UploadId)
  expect(await ids()).toEqual([other, UploadId])
  await s3.clock.advance(3_600_000)
  expect(await ids()).toEqual([other])
  expect(readdirSync(s3.directory)).toEqual([])
})

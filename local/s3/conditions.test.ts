import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type GetObjectCommandInput,
} from '@aws-sdk/client-s3'
import { startS3 } from './testing.ts'

let s3: Awaited<ReturnType<typeof startS3>>
let etag: string

beforeEach(async () => {
  s3 = await startS3()
  await s3.declare('AWS::S3::Bucket', 'B', { BucketName: 'books' })
  etag = (await put('0123456789')).ETag!
})
afterEach(() => s3.stop())

const put = (Body: string | Buffer, more: object = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket: 'books', Key: 'a', Body, ...more }))
const get = (more: Partial<GetObjectCommandInput> = {}) =>
  s3.client.send(new GetObjectCommand({ Bucket: 'books', Key: 'a', ...more }))
const text = async () => (await get()).Body?.transformToString()

const failed = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } }
const unchanged = { $metadata: { httpStatusCode: 304 } }
const second = (seconds: number) => new Date(s3.clock.now() + seconds * 1000)

describe('a write', () => {
  test('with If-None-Match: * succeeds only if the key does not exist', async () => {
    await expect(put('new', { IfNoneMatch: '*' })).rejects.toMatchObject({ ...failed, Condition: 'If-None-Match' })
    expect(await text()).toBe('0123456789')
    const created = await s3.client.send(
      new PutObjectCommand({ Bucket: 'books', Key: 'b', Body: 'new', IfNoneMatch: '*' }),
    )
    expect(created.ETag).toBeDefined()
  })

  test('with If-None-Match: * succeeds for one of many concurrent requests', async () => {
    const writes = Array.from({ length: 10 }, (_, index) =>
      s3.client.send(new PutObjectCommand({ Bucket: 'books', Key: 'b', Body: `${index}`, IfNoneMatch: '*' })),
    )
    const outcomes = await Promise.allSettled(writes)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('with If-Match succeeds only for the current ETag', async () => {
    await expect(put('new', { IfMatch: '"other"' })).rejects.toMatchObject(failed)
    await put('new', { IfMatch: etag })
    expect(await text()).toBe('new')
    await expect(put('newer', { IfMatch: etag })).rejects.toMatchObject(failed)
    const absent = new PutObjectCommand({ Bucket: 'books', Key: 'none', Body: 'x', IfMatch: etag })
    await expect(s3.client.send(absent)).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  test('with a condition passes it to IAM', async () => {
    s3.accessRequests.length = 0
    await put('new', { IfMatch: etag })
    const resource = 'arn:aws:s3:::books/a'
    expect(s3.accessRequests).toEqual([
      { action: 's3:PutObject', resource, context: { 's3:if-match': [etag] } },
      { action: 's3:GetObject', resource },
    ])
  })
})

test('a deletion with If-Match succeeds only for the current ETag', async () => {
  const remove = (IfMatch: string) => s3.client.send(new DeleteObjectCommand({ Bucket: 'books', Key: 'a', IfMatch }))
  await expect(remove('"other"')).rejects.toMatchObject(failed)
  await remove(etag)
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' })
})

describe('a read', () => {
  test.each<[string, () => Partial<GetObjectCommandInput>, object | undefined]>([
    ['a matching If-Match', () => ({ IfMatch: etag }), undefined],
    ['If-Match: *', () => ({ IfMatch: '*' }), undefined],
    ['If-Match of another ETag', () => ({ IfMatch: '"other"' }), failed],
    ['a matching If-None-Match', () => ({ IfNoneMatch: `"other", W/${etag}` }), unchanged],
    ['If-None-Match of another ETag', () => ({ IfNoneMatch: '"other"' }), undefined],
    ['If-Modified-Since the last modification', () => ({ IfModifiedSince: second(0) }), unchanged],
    ['If-Modified-Since an earlier time', () => ({ IfModifiedSince: second(-1) }), undefined],
    ['If-Unmodified-Since an earlier time', () => ({ IfUnmodifiedSince: second(-1) }), failed],
    ['If-Unmodified-Since the last modification', () => ({ IfUnmodifiedSince: second(0) }), undefined],
    [
      'If-None-Match, which overrides If-Modified-Since',
      () => ({ IfNoneMatch: '"other"', IfModifiedSince: second(1) }),
      undefined,
    ],
    [
      'If-Match, which overrides If-Unmodified-Since',
      () => ({ IfMatch: etag, IfUnmodifiedSince: second(-1) }),
      undefined,
    ],
  ])('with %s', async (_, condition, failure) => {
    const read = () => get(condition())
    const head = () => s3.client.send(new HeadObjectCommand({ Bucket: 'books', Key: 'a', ...condition() }))
    if (!failure) {
      expect(await (await read()).Body!.transformToString()).toBe('0123456789')
      expect((await head()).ContentLength).toBe(10)
      return
    }
    await expect(read()).rejects.toMatchObject(failure)
    const { $metadata } = failure as { $metadata: object }
    await expect(head()).rejects.toMatchObject({ $metadata })
  })

  test('of an unchanged object has an ETag and no body', async () => {
    const answer = await fetch(`${s3.endpoint}/books/a`, { headers: { 'if-none-match': etag } })
    expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([304, etag, ''])
  })
})

describe('a range', () => {
  test.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
    ['bytes=0-9', '0123456789', 'bytes 0-9/10'],
  ])('%s is returned', async (Range, expected, ContentRange) => {
    const answer = await get({ Range, ChecksumMode: 'ENABLED' })
    expect(await answer.Body!.transformToString()).toBe(expected)
    expect(answer).toMatchObject({ ContentRange, ContentLength: expected.length, AcceptRanges: 'bytes' })
    expect(answer.$metadata.httpStatusCode).toBe(206)
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: 'books', Key: 'a', Range }))
    expect(head).toMatchObject({ ContentRange, ContentLength: expected.length })
  })

  test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])('%s beyond the object is rejected', async (Range) => {
    await expect(get({ Range })).rejects.toMatchObject({
      name: 'InvalidRange',
      ActualObjectSize: '10',
      $metadata: { httpStatusCode: 416 },
    })
  })

  test.each(['bytes=0-1,3-4', 'lines=0-1', 'bytes=3-1', 'bytes=-'])('%s is ignored', async (Range) => {
    const answer = await get({ Range })
    expect(answer.$metadata.httpStatusCode).toBe(200)
    expect(await answer.Body!.transformToString()).toBe('0123456789')
  })

  test('of a large object is streamed', async () => {
    const bytes = Buffer.alloc(5_000_000, 'abcdefg')
    await put(bytes)
    const answer = await get({ Range: 'bytes=1-4999998' })
    expect(Buffer.from(await answer.Body!.transformToByteArray()).equals(bytes.subarray(1, -1))).toBe(true)
    const whole = await get({ ChecksumMode: 'ENABLED' })
    expect(Buffer.from(await whole.Body!.transformToByteArray()).equals(bytes)).toBe(true)
  })
})

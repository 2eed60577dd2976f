import { startS3 } from './testing.ts'

let s3: Awaited<ReturnType<typeof startS3>>

beforeEach(async () => (s3 = await startS3()))
afterEach(() => s3.stop())

const bucket = (properties: object = {}) =>
  s3.declare('AWS::S3::Bucket', 'Books', { BucketName: 'books', ...properties })
const put = (Key: string) => s3.client.putObject({ Bucket: 'books', Key, Body: 'text' })
const list = (more: object = {}) => s3.client.listObjectsV2({ Bucket: 'books', ...more })

const keys = async () => (await list()).Contents?.map((object) => object.Key)

/** All pages, each with its keys and common prefixes. */
async function pages(more: object) {
  const seen: string[][] = []
  let ContinuationToken: string | undefined
  do {
    const page = await list({ ...more, ContinuationToken })
    seen.push([
      ...(page.Contents ?? []).map((object) => object.Key!),
      ...(page.CommonPrefixes ?? []).map((common) => common.Prefix!),
    ])
    expect(page.KeyCount).toBe(seen.at(-1)!.length)
    expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined)
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
  return seen
}

test('templates create buckets with given or generated names', async () => {
  const created = await bucket()
  expect(created).toMatchObject({
    ref: 'books',
    attributes: { Arn: 'arn:aws:s3:::books', DomainName: 'books.s3.amazonaws.com' },
  })
  const unnamed = await s3.declare('AWS::S3::Bucket', 'Covers', {})
  expect(unnamed.ref).toBe('library-covers')
  const long = await s3.declare('AWS::S3::Bucket', 'C'.repeat(80), {})
  expect(long.ref).toMatch(/^library-c{46}-[0-9a-f]{8}$/)
  const { Buckets } = await s3.client.listBuckets()
  expect(Buckets?.map((found) => found.Name)).toEqual(['books', long.ref, 'library-covers'])
  expect(Buckets![0]!.CreationDate).toEqual(new Date(s3.clock.now()))
  await expect(bucket({ BucketName: 'Books' })).rejects.toThrow('lower-case')
})

test('unsupported bucket properties are reported as limitations', async () => {
  const provider = s3.service.providers.find((candidate) => candidate.type === 'AWS::S3::Bucket')!
  expect(provider.supported).not.toContain('VersioningConfiguration')
  expect(provider.ignored).not.toHaveProperty('VersioningConfiguration')
  const { limitations } = await bucket({
    NotificationConfiguration: { LambdaConfigurations: [] },
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Transitions: [] }] },
  })
  expect(limitations).toEqual([
    'NotificationConfiguration: LambdaConfigurations is not emulated.',
    'LifecycleConfiguration rule: Transitions is not emulated.',
  ])
})

test('a bucket policy is passed to access control', async () => {
  await bucket()
  const PolicyDocument = { Statement: [{ Effect: 'Deny' }] }
  await s3.declare('AWS::S3::BucketPolicy', 'P', { Bucket: 'books', PolicyDocument })
  expect(s3.access.policies).toEqual([{ arn: 'arn:aws:s3:::books', name: 'Policy', document: PolicyDocument }])
})

test('ListObjectsV2 sorts keys by UTF-8 bytes, filters by prefix and delimiter, and returns pages', async () => {
  await bucket()
  for (const key of ['b', 'a/1', 'a/2', 'a/x/3', 'B', 'é', 'c/1', 'a']) await put(key)
  expect(await pages({})).toEqual([['B', 'a', 'a/1', 'a/2', 'a/x/3', 'b', 'c/1', 'é']])
  expect(await pages({ Prefix: 'a/' })).toEqual([['a/1', 'a/2', 'a/x/3']])
  expect(await pages({ Prefix: 'a/', Delimiter: '/' })).toEqual([['a/1', 'a/2', 'a/x/']])
  expect(await pages({ Delimiter: '/' })).toEqual([['B', 'a', 'b', 'é', 'a/', 'c/']])
  expect(await pages({ Delimiter: '/', MaxKeys: 1 })).toEqual([['B'], ['a'], ['a/'], ['b'], ['c/'], ['é']])
  expect(await pages({ MaxKeys: 4 })).toEqual([
    ['B', 'a', 'a/1', 'a/2'],
    ['a/x/3', 'b', 'c/1', 'é'],
  ])
  await expect(list({ StartAfter: 'a' })).rejects.toThrow('start-after')
  expect(await pages({ Prefix: 'none' })).toEqual([[]])
})

test('ListObjectsV2 returns size, ETag and time, and encodes keys on request', async () => {
  await bucket()
  await put('a b/&<é')
  const { Contents } = await list()
  expect(Contents).toMatchObject([
    { Key: 'a b/&<é', Size: 4, ETag: '"1cb251ec0d568de6a929b520c4aed8d1"', LastModified: new Date(s3.clock.now()) },
  ])
  expect((await list({ EncodingType: 'url' })).Contents?.[0]?.Key).toBe('a%20b/%26%3C%C3%A9')
})

test('ListObjectsV2 passes its prefix to IAM; ListObjects is not implemented', async () => {
  await bucket()
  await list({ Prefix: 'a/' })
  expect(s3.access.requests).toEqual([
    {
      action: 's3:ListBucket',
      resource: 'arn:aws:s3:::books',
      context: { 's3:prefix': ['a/'], 's3:delimiter': [''], 's3:max-keys': ['1000'] },
    },
  ])
  await expect(s3.client.listObjects({ Bucket: 'books' })).rejects.toMatchObject({ name: 'NotImplemented' })
})

test('with EventBridge enabled, changes are published to the default bus', async () => {
  await bucket({ NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } })
  await put('a b')
  await s3.client.deleteObject({ Bucket: 'books', Key: 'a b' })
  await s3.client.deleteObject({ Bucket: 'books', Key: 'a b' })
  const common = { busName: 'default', source: 'aws.s3', resources: ['arn:aws:s3:::books'] }
  expect(s3.published).toMatchObject([
    {
      ...common,
      detailType: 'Object Created',
      detail: {
        bucket: { name: 'books' },
        object: { key: 'a b', size: 4, etag: '1cb251ec0d568de6a929b520c4aed8d1' },
        reason: 'PutObject',
      },
    },
    {
      ...common,
      detailType: 'Object Deleted',
      detail: { object: { key: 'a b' }, reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' },
    },
  ])
  expect(s3.published).toHaveLength(2)
})

test.each([{}, { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: false } } }])(
  'without EventBridge enabled no events are published: %j',
  async (properties) => {
    await bucket(properties)
    await put('a')
    expect(s3.published).toEqual([])
  },
)

test('objects expire at the midnight after their days, by prefix, and publish an event', async () => {
  await bucket({
    NotificationConfiguration: { EventBridgeConfiguration: {} },
    LifecycleConfiguration: {
      Rules: [
        { Status: 'Enabled', Prefix: 'tmp/', ExpirationInDays: 2 },
        { Status: 'Disabled', ExpirationInDays: 1 },
        { Status: 'Enabled', ExpirationInDays: 1, TagFilters: [{ Key: 'a', Value: 'b' }] },
      ],
    },
  })
  s3.service.start()
  await s3.clock.advance(3_600_000)
  await put('tmp/a')
  await put('other')
  await s3.clock.advance(70 * 3_600_000)
  expect(await keys()).toEqual(['other', 'tmp/a'])
  await s3.clock.advance(3_600_000)
  expect(await keys()).toEqual(['other'])
  expect(s3.published.at(-1)).toMatchObject({
    detailType: 'Object Deleted',
    detail: { object: { key: 'tmp/a' }, reason: 'Lifecycle Expiration' },
  })
})

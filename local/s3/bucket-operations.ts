import { accountId } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { bucketArn, type Buckets } from './buckets.ts'
import type { Objects, StoredObject } from './objects.ts'
import { notImplemented, requireKnown, xmlDocument, type S3Input, type S3Operation } from './requests.ts'

/** @param startedMs when the system created the buckets: AWS CLI requires the time */
export const listBuckets = (buckets: Buckets, startedMs: number): S3Operation => ({
  access: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
  handle({ request }) {
    requireKnown(request)
    const CreationDate = new Date(startedMs).toISOString()
    const Bucket = [...buckets.keys()].toSorted().map((Name) => ({ Name, CreationDate }))
    return xmlDocument('ListAllMyBucketsResult', { Owner: { ID: accountId }, Buckets: { Bucket } })
  },
})

const listParameters = ['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'encoding-type']

/** ListObjectsV2 */
export const listObjects = (buckets: Buckets, objects: Objects): S3Operation => ({
  anonymous: true,
  access(input) {
    const { prefix, delimiter, maxKeys } = listInput(input)
    const context = { 's3:prefix': [prefix], 's3:delimiter': [delimiter], 's3:max-keys': [String(maxKeys)] }
    return [{ action: 's3:ListBucket', resource: bucketArn(input.bucket), context }]
  },
  handle(input) {
    const { query } = input.request
    requireKnown(input.request, { query: listParameters })
    if (query.get('list-type') !== '2') throw notImplemented('ListObjects (use ListObjectsV2)')
    const { prefix, delimiter, maxKeys } = listInput(input)
    const token = query.get('continuation-token') ?? undefined
    const page = listPage(objects, {
      bucket: buckets.require(input.bucket).name,
      prefix,
      delimiter,
      maxKeys,
      after: Buffer.from(token ?? '', 'base64').toString('utf8'),
    })
    const encoding = query.get('encoding-type') ?? undefined
    const encode = (text: string) => (encoding === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text)
    return xmlDocument('ListBucketResult', {
      Name: input.bucket,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      ContinuationToken: token,
      EncodingType: encoding,
      MaxKeys: maxKeys,
      KeyCount: page.objects.length + page.commonPrefixes.length,
      IsTruncated: page.next !== undefined,
      NextContinuationToken: page.next && Buffer.from(page.next).toString('base64'),
      Contents: page.objects.map(({ key, modifiedMs, etag, size }) => ({
        Key: encode(key),
        LastModified: new Date(modifiedMs).toISOString(),
        ETag: `"${etag}"`,
        Size: size,
        StorageClass: 'STANDARD',
      })),
      CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
    })
  },
})

/** @throws AwsError InvalidArgument */
function listInput({ request: { query } }: S3Input) {
  const maxKeys = Number(query.get('max-keys') ?? 1000)
  if (!Number.isInteger(maxKeys) || maxKeys < 1) throw new AwsError('InvalidArgument', 'max-keys must be at least 1.')
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(maxKeys, 1000),
  }
}

/**
 * Lists keys with a prefix; keys with the same text up to the delimiter after it form one common prefix.
 * @returns `next`, which the next page starts after: a key, or a common prefix with all keys below it
 */
function listPage(
  store: Objects,
  input: { bucket: string; prefix: string; delimiter: string; maxKeys: number; after: string },
) {
  const { bucket, prefix, delimiter, maxKeys, after } = input
  const objects: StoredObject[] = []
  const commonPrefixes: string[] = []
  let last = ''
  for (const object of store.from(bucket, prefix, after)) {
    const found = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length)
    const common = found < 0 ? undefined : object.key.slice(0, found + delimiter.length)
    // A page after one that ended with a common prefix starts after all keys of that prefix.
    if (common !== undefined && (common === last || common === after)) continue
    if (objects.length + commonPrefixes.length === maxKeys) return { objects, commonPrefixes, next: last }
    if (common === undefined) objects.push(object)
    else commonPrefixes.push(common)
    last = common ?? object.key
  }
  return { objects, commonPrefixes }
}

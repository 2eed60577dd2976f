import { accountId, region } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { bucketArn } from './buckets.ts'
import { preflight } from './cors.ts'
import { listPage } from './listing.ts'
import { notImplemented } from './s3-error.ts'
import { requireKnownQuery, type S3Operation } from './s3-request.ts'
import { xmlResponse } from './xml-document.ts'

export const listBuckets: S3Operation = ({ request, authorize }, { buckets }) => {
  requireKnownQuery(request, [])
  authorize([{ action: 's3:ListAllMyBuckets', resource: '*' }])
  const Bucket = buckets
    .list()
    .map(({ name, createdMs }) => ({ Name: name, CreationDate: new Date(createdMs).toISOString() }))
  return xmlResponse('ListAllMyBucketsResult', { Owner: { ID: accountId }, Buckets: { Bucket } })
}

export const headBucket: S3Operation = ({ request, bucket, authorize }, { buckets }) => {
  requireKnownQuery(request, [])
  authorize([{ action: 's3:ListBucket', resource: bucketArn(bucket) }])
  buckets.get(bucket)
  return { status: 200, headers: { 'x-amz-bucket-region': region } }
}

export const preflightBucket: S3Operation = ({ request, bucket }, { buckets }) =>
  preflight(buckets.get(bucket).cors, request)

/** An empty location means us-east-1. */
export const getBucketLocation: S3Operation = ({ request, bucket, authorize }, { buckets }) => {
  requireKnownQuery(request, ['location'])
  authorize([{ action: 's3:GetBucketLocation', resource: bucketArn(bucket) }])
  buckets.get(bucket)
  return xmlResponse('LocationConstraint', '')
}

const listParameters = [
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
]

export const listObjects: S3Operation = ({ request, bucket, authorize }, { buckets, store }) => {
  const { query } = request
  requireKnownQuery(request, listParameters)
  if (query.get('list-type') !== '2') throw notImplemented('ListObjects (use ListObjectsV2)')
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const maxKeys = parseMaxKeys(query.get('max-keys'))
  authorize([
    {
      action: 's3:ListBucket',
      resource: bucketArn(bucket),
      context: { 's3:prefix': [prefix], 's3:delimiter': [delimiter], 's3:max-keys': [String(maxKeys)] },
    },
  ])
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after') ?? ''
  const after = token === null ? startAfter : Buffer.from(token, 'base64').toString('utf8')
  const page = listPage(store, { bucket: buckets.get(bucket).name, prefix, delimiter, maxKeys, after })
  const encode = (text: string) =>
    query.get('encoding-type') === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text
  return xmlResponse('ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    StartAfter: startAfter === '' ? undefined : encode(startAfter),
    ContinuationToken: token ?? undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    MaxKeys: maxKeys,
    KeyCount: page.objects.length + page.commonPrefixes.length,
    IsTruncated: page.next !== undefined,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString('base64'),
    Contents: page.objects.map((object) => ({
      Key: encode(object.key),
      LastModified: new Date(object.modifiedMs).toISOString(),
      ETag: `"${object.etag}"`,
      Size: object.size,
      StorageClass: 'STANDARD',
      Owner: query.get('fetch-owner') === 'true' ? { ID: accountId } : undefined,
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  })
}

function parseMaxKeys(text: string | null): number {
  if (text === null) return 1000
  if (!/^\d+$/.test(text))
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range')
  return Math.min(Number(text), 1000)
}

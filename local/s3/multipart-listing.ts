import { accountId } from '../assembly/provider.ts'
import { bucketArn } from './buckets.ts'
import { checksumElements } from './checksums.ts'
import { invalidArgument } from './s3-error.ts'
import { onObject, requireKnownQuery, type S3Operation } from './s3-request.ts'
import { xmlResponse } from './xml-document.ts'

export const listParts: S3Operation = (input, { uploads }) => {
  const { request, bucket, key } = input
  requireKnownQuery(request, ['uploadId', 'max-parts', 'part-number-marker'])
  input.authorize(onObject('ListMultipartUploadParts', input))
  const upload = uploads.get(bucket, key, request.query.get('uploadId')!)
  const marker = numberOf(request.query, 'part-number-marker', 0)
  const maxParts = Math.min(1000, numberOf(request.query, 'max-parts', 1000))
  const rest = uploads.parts(upload).filter((part) => part.number > marker)
  const page = rest.slice(0, maxParts)
  return xmlResponse('ListPartsResult', {
    Bucket: bucket,
    Key: key,
    UploadId: upload.uploadId,
    StorageClass: 'STANDARD',
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number,
    MaxParts: maxParts,
    IsTruncated: page.length < rest.length,
    ChecksumAlgorithm: upload.checksum?.algorithm.toUpperCase(),
    ChecksumType: upload.checksum?.type,
    Initiator: { ID: accountId },
    Owner: { ID: accountId },
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modifiedMs).toISOString(),
      ETag: `"${part.md5}"`,
      Size: part.size,
      ...checksumElements(part.checksum),
    })),
  })
}

export const listMultipartUploads: S3Operation = ({ request, bucket, authorize }, { buckets, uploads }) => {
  const { query } = request
  requireKnownQuery(request, ['uploads', 'prefix', 'max-uploads', 'key-marker', 'upload-id-marker'])
  authorize([{ action: 's3:ListBucketMultipartUploads', resource: bucketArn(bucket) }])
  buckets.get(bucket)
  const prefix = query.get('prefix') ?? ''
  const keyMarker = query.get('key-marker') ?? ''
  const uploadIdMarker = query.get('upload-id-marker') ?? ''
  const maxUploads = Math.min(1000, numberOf(query, 'max-uploads', 1000))
  const all = uploads.list(bucket)
  const marked = all.findIndex((upload) => upload.key === keyMarker && upload.uploadId === uploadIdMarker)
  const rest = all.filter(
    ({ key }, index) => key.startsWith(prefix) && (key > keyMarker || (marked >= 0 && index > marked)),
  )
  const page = rest.slice(0, maxUploads)
  const isTruncated = page.length < rest.length
  return xmlResponse('ListMultipartUploadsResult', {
    Bucket: bucket,
    Prefix: prefix,
    KeyMarker: keyMarker,
    UploadIdMarker: uploadIdMarker,
    NextKeyMarker: isTruncated ? page.at(-1)?.key : undefined,
    NextUploadIdMarker: isTruncated ? page.at(-1)?.uploadId : undefined,
    MaxUploads: maxUploads,
    IsTruncated: isTruncated,
    Upload: page.map(({ key, uploadId, initiatedMs, checksum }) => ({
      Key: key,
      UploadId: uploadId,
      Initiated: new Date(initiatedMs).toISOString(),
      StorageClass: 'STANDARD',
      ChecksumAlgorithm: checksum?.algorithm.toUpperCase(),
      ChecksumType: checksum?.type,
      Initiator: { ID: accountId },
      Owner: { ID: accountId },
    })),
  })
}

function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name) ?? String(fallback)
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(`Provided ${name} not an integer or within integer range`, name)
  return Number(text)
}

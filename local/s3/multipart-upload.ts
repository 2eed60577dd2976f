import { checksumHeaders, type Checksum, type ChecksumType } from './checksums.ts'
import { keptHeaders, refuseUnsupportedWrite, requireKey } from './object-headers.ts'
import { readBody, requireAlgorithm } from './request-body.ts'
import { invalidArgument, invalidRequest } from './s3-error.ts'
import { authorizeWrite, onObject, refuseHeaders, requireKnownQuery, type S3Operation } from './s3-request.ts'
import type { Upload } from './upload-store.ts'
import { xmlAnswer } from './xml-document.ts'

export const createMultipartUpload: S3Operation = (asked, { buckets, uploads, clock }) => {
  const { request, bucket, key } = asked
  requireKnownQuery(request, ['uploads'])
  refuseUnsupportedWrite(request.headers)
  authorizeWrite(asked)
  buckets.get(bucket)
  requireKey(key)
  const checksum = askedChecksum(request.headers)
  const headers = keptHeaders(request.headers)
  const { uploadId } = uploads.create({ bucket, key, initiatedMs: clock.now(), headers, checksum })
  const answer = xmlAnswer('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: uploadId })
  if (!checksum) return answer
  const { algorithm, type } = checksum
  const more = { 'x-amz-checksum-algorithm': algorithm.toUpperCase(), 'x-amz-checksum-type': type }
  return { ...answer, headers: { ...answer.headers, ...more } }
}

/** Cyclic sums of the whole can be made of those of the parts, others cannot. */
function askedChecksum(headers: Readonly<Record<string, string>>): Upload['checksum'] {
  const algorithm = headers['x-amz-checksum-algorithm']?.toLowerCase()
  const type = headers['x-amz-checksum-type']?.toUpperCase()
  if (algorithm === undefined) {
    if (type !== undefined) throw invalidRequest('The x-amz-checksum-type header needs x-amz-checksum-algorithm.')
    return undefined
  }
  requireAlgorithm(algorithm)
  const possible: ChecksumType[] =
    algorithm === 'crc64nvme'
      ? ['FULL_OBJECT']
      : algorithm.startsWith('crc')
        ? ['COMPOSITE', 'FULL_OBJECT']
        : ['COMPOSITE']
  const chosen = possible.find((candidate) => candidate === (type ?? possible[0]))
  if (!chosen)
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`)
  return { algorithm, type: chosen }
}

export const uploadPart: S3Operation = (asked, { uploads, files, clock }) => {
  const { request, bucket, key } = asked
  requireKnownQuery(request, ['partNumber', 'uploadId'])
  refuseHeaders(request.headers, ['if-match', 'if-none-match', /^x-amz-copy-source/, /^x-amz-server-side-encryption-/])
  asked.authorize(onObject('PutObject', asked))
  const upload = uploads.get(bucket, key, request.query.get('uploadId')!)
  const number = partNumberOf(request.query)
  const { bytes, checksum } = readBody(request, upload.checksum?.algorithm)
  requireSameAlgorithm(upload, checksum)
  const part = { ...files.write(bytes), number, checksum, modifiedMs: clock.now() }
  uploads.putPart(upload, part)
  return { status: 200, headers: { etag: `"${part.md5}"`, ...checksumHeaders(checksum, { type: false }) } }
}

function partNumberOf(query: URLSearchParams): number {
  const text = query.get('partNumber') ?? ''
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber')
  }
  return number
}

function requireSameAlgorithm({ checksum }: Upload, sent: Checksum): void {
  if (checksum && checksum.algorithm !== sent.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm}, actual checksum Type: ${sent.algorithm}`,
    )
  }
}

export const abortMultipartUpload: S3Operation = (asked, { uploads }) => {
  const { request, bucket, key } = asked
  requireKnownQuery(request, ['uploadId'])
  asked.authorize(onObject('AbortMultipartUpload', asked))
  uploads.delete(uploads.get(bucket, key, request.query.get('uploadId')!))
  return { status: 204 }
}

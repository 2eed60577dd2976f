import { checksumHeaders, type Checksum, type ChecksumType } from './checksums.ts'
import { storedHeaders, refuseUnsupportedWrite, requireKey } from './object-headers.ts'
import { readBody, requireAlgorithm } from './request-body.ts'
import { invalidArgument, invalidRequest } from './s3-error.ts'
import { authorizeWrite, onObject, refuseHeaders, requireKnownQuery, type S3Operation } from './s3-request.ts'
import type { Upload } from './upload-store.ts'
import { xmlResponse } from './xml-document.ts'

export const createMultipartUpload: S3Operation = (input, { buckets, uploads, clock }) => {
  const { request, bucket, key } = input
  requireKnownQuery(request, ['uploads'])
  refuseUnsupportedWrite(request.headers)
  authorizeWrite(input)
  buckets.get(bucket)
  requireKey(key)
  const checksum = requestedChecksum(request.headers)
  const headers = storedHeaders(request.headers)
  const { uploadId } = uploads.create({ bucket, key, initiatedMs: clock.now(), headers, checksum })
  const answer = xmlResponse('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: uploadId })
  if (!checksum) return answer
  const { algorithm, type } = checksum
  const more = { 'x-amz-checksum-algorithm': algorithm.toUpperCase(), 'x-amz-checksum-type': type }
  return { ...answer, headers: { ...answer.headers, ...more } }
}

/** Only CRC checksums of a whole object can be computed from those of its parts. */
function requestedChecksum(headers: Readonly<Record<string, string>>): Upload['checksum'] {
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

export const uploadPart: S3Operation = (input, { uploads, files, clock }) => {
  const { request, bucket, key } = input
  requireKnownQuery(request, ['partNumber', 'uploadId'])
  refuseHeaders(request.headers, ['if-match', 'if-none-match', /^x-amz-copy-source/, /^x-amz-server-side-encryption-/])
  input.authorize(onObject('PutObject', input))
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

export const abortMultipartUpload: S3Operation = (input, { uploads }) => {
  const { request, bucket, key } = input
  requireKnownQuery(request, ['uploadId'])
  input.authorize(onObject('AbortMultipartUpload', input))
  uploads.delete(uploads.get(bucket, key, request.query.get('uploadId')!))
  return { status: 204 }
}

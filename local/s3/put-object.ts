import { checksumHeaders } from './checksums.ts'
import { storedHeaders, refuseUnsupportedWrite, requireKey } from './object-headers.ts'
import { objectOf } from './object-store.ts'
import { requireWritable } from './preconditions.ts'
import { readBody } from './request-body.ts'
import { authorizeWrite, requireKnownQuery, type S3Operation } from './s3-request.ts'

export const putObject: S3Operation = (input, { buckets, store, files, objects }) => {
  const { request, call, bucket, key } = input
  requireKnownQuery(request, [])
  refuseUnsupportedWrite(request.headers)
  authorizeWrite(input)
  buckets.get(bucket)
  requireKey(key)
  const headers = storedHeaders(request.headers)
  const { bytes, checksum } = readBody(request)
  requireWritable(request.headers, store.find(bucket, key))
  const written = { bucket, key, headers, checksum, ...objectOf(files.write(bytes)) }
  const { etag } = objects.put(written, { reason: 'PutObject', requestId: call.requestId })
  return { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(checksum) } }
}

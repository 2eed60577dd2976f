import type { WireResponse } from '../wire/service.ts'
import { contentRange, parseRange } from './byte-range.ts'
import { bucketArn } from './buckets.ts'
import { contentHeaders, objectHeaders } from './object-headers.ts'
import type { StoredObject } from './object-store.ts'
import { checkRead } from './preconditions.ts'
import { noSuchKey } from './s3-error.ts'
import {
  onObject,
  refuseHeaders,
  requireKnownQuery,
  type S3Context,
  type S3Operation,
  type S3Request,
} from './s3-request.ts'

export const getObject: S3Operation = (input, context) => readObject(input, context, true)
export const headObject: S3Operation = (input, context) => readObject(input, context, false)

function readObject(input: S3Request, context: S3Context, withBody: boolean): WireResponse {
  const { headers: requestHeaders, query } = input.request
  requireKnownQuery(
    input.request,
    contentHeaders.map((name) => `response-${name}`),
  )
  refuseHeaders(requestHeaders, ['if-range', /^x-amz-server-side-encryption-/])
  const object = existingObject(input, context)
  const outcome = checkRead(requestHeaders, object)
  const headers = objectHeaders(object, requestHeaders, query)
  if (outcome === 'not-modified') return { status: 304, headers: withoutBody(headers) }
  const range = parseRange(requestHeaders['range'], object.size)
  if (range) {
    headers['content-range'] = contentRange(range, object.size)
    headers['content-length'] = String(range.end - range.start + 1)
    // The checksum covers all bytes; a client would verify the range with it.
    for (const name of Object.keys(headers)) if (name.startsWith('x-amz-checksum-')) delete headers[name]
  }
  return {
    status: range ? 206 : 200,
    headers,
    ...(withBody && { body: context.files.read(object.file, range) }),
  }
}

function withoutBody(headers: Record<string, string>): Record<string, string> {
  const { 'content-length': _, 'content-type': __, ...rest } = headers
  return rest
}

/** A caller without ListBucket must not find out whether a key exists: a missing key is then reported as a denial. */
export function existingObject(
  input: Pick<S3Request, 'authorize' | 'bucket' | 'key'>,
  { buckets, store }: S3Context,
): StoredObject {
  input.authorize(onObject('GetObject', input))
  const { name } = buckets.get(input.bucket)
  const object = store.find(name, input.key)
  if (object) return object
  input.authorize([{ action: 's3:ListBucket', resource: bucketArn(name) }])
  throw noSuchKey()
}

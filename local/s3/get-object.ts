import type { WireResponse } from '../wire/service.ts'
import { wholeOf } from './blob-files.ts'
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

export const getObject: S3Operation = (asked, context) => readObject(asked, context, true)
export const headObject: S3Operation = (asked, context) => readObject(asked, context, false)

function readObject(asked: S3Request, context: S3Context, withBody: boolean): WireResponse {
  const { headers: wanted, query } = asked.request
  requireKnownQuery(
    asked.request,
    contentHeaders.map((name) => `response-${name}`),
  )
  refuseHeaders(wanted, ['if-range', /^x-amz-server-side-encryption-/])
  const object = existingObject(asked, context)
  const outcome = checkRead(wanted, object)
  const headers = objectHeaders(object, wanted, query)
  if (outcome === 'not-modified') return { status: 304, headers: withoutBody(headers) }
  const range = parseRange(wanted['range'], object.size)
  const { start, end } = range ?? wholeOf(object)
  if (range) {
    headers['content-range'] = contentRange(range, object.size)
    headers['content-length'] = String(end - start + 1)
    // The checksum is that of all bytes; a client would hold it against the part that it gets.
    for (const name of Object.keys(headers)) if (name.startsWith('x-amz-checksum-')) delete headers[name]
  }
  return {
    status: range ? 206 : 200,
    headers,
    ...(withBody && { body: context.files.read(object.file, { start, end }) }),
  }
}

function withoutBody(headers: Record<string, string>): Record<string, string> {
  const { 'content-length': _, 'content-type': __, ...rest } = headers
  return rest
}

/** Whoever may not list the bucket is not told whether a key exists: the answer is then a denial. */
export function existingObject(
  asked: Pick<S3Request, 'authorize' | 'bucket' | 'key'>,
  { buckets, store }: S3Context,
): StoredObject {
  asked.authorize(onObject('GetObject', asked))
  const { name } = buckets.get(asked.bucket)
  const object = store.find(name, asked.key)
  if (object) return object
  asked.authorize([{ action: 's3:ListBucket', resource: bucketArn(name) }])
  throw noSuchKey()
}

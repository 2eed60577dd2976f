import type { Clock } from '../clock.ts'
import type { AccessControl, AccessRequest } from '../iam/types.ts'
import type { Call, WireRequest, WireResponse } from '../wire/service.ts'
import { bucketArn, type Buckets } from './buckets.ts'
import type { BlobFiles } from './blob-files.ts'
import type { FormAuthenticate } from '../wire/form-signature.ts'
import type { ObjectStore } from './object-store.ts'
import type { Objects } from './objects.ts'
import { notImplemented } from './s3-error.ts'

/** A request with its path parsed: an operation on a bucket has an empty key, one on the service also an empty bucket. */
export interface S3Request {
  readonly request: WireRequest
  readonly call: Call
  readonly bucket: string
  readonly key: string
  readonly authorize: (requests: readonly AccessRequest[]) => void
}

export interface S3Context {
  readonly buckets: Buckets
  readonly store: ObjectStore
  readonly files: BlobFiles
  readonly objects: Objects
  readonly clock: Clock
  /** For operations whose principal is in the body. */
  readonly access: AccessControl
  readonly authenticateForm: FormAuthenticate
}

export type S3Operation = (request: S3Request, context: S3Context) => WireResponse

/** Path style: `/<bucket>/<key>` */
export function parsePath(path: string): { bucket: string; key: string } {
  const slash = path.indexOf('/', 1)
  return {
    bucket: decodeURIComponent(slash < 0 ? path.slice(1) : path.slice(1, slash)),
    key: slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1)),
  }
}

export const onObject = (action: string, { bucket, key }: { bucket: string; key: string }): AccessRequest[] => [
  { action: `s3:${action}`, resource: `${bucketArn(bucket)}/${key}` },
]

/** An If-Match condition reveals the current object, so S3 requires the permission to read it, too. */
export function authorizeWrite(input: S3Request): void {
  const { headers } = input.request
  const context = {
    ...(headers['if-none-match'] !== undefined && { 's3:if-none-match': [headers['if-none-match']] }),
    ...(headers['if-match'] !== undefined && { 's3:if-match': [headers['if-match']] }),
  }
  const conditional = Object.keys(context).length > 0
  input.authorize(onObject('PutObject', input).map((request) => (conditional ? { ...request, context } : request)))
  if (headers['if-match'] !== undefined) input.authorize(onObject('GetObject', input))
}

/** The presigner of the SDK hoists headers into the query; S3 treats them as headers. */
export function withHoistedHeaders(request: WireRequest): WireRequest {
  if (!request.query.has('X-Amz-Signature')) return request
  const query = new URLSearchParams()
  const headers = { ...request.headers }
  for (const [name, value] of request.query) {
    if (name.startsWith('x-amz-')) headers[name] = value
    else query.append(name, value)
  }
  return { ...request, query, headers }
}

/** Rejects unknown query parameters: ignoring one could change the effect of the call. */
export function requireKnownQuery({ query }: WireRequest, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (name !== 'x-id' && !name.startsWith('X-Amz-') && !known.includes(name))
      throw notImplemented(`The parameter ${name}`)
  }
}

/** Rejects headers that are not emulated and would change the effect of the call. */
export function refuseHeaders(headers: WireRequest['headers'], names: readonly (string | RegExp)[]): void {
  for (const header of Object.keys(headers)) {
    if (names.some((name) => (typeof name === 'string' ? name === header : name.test(header)))) {
      throw notImplemented(`The header ${header}`)
    }
  }
}

import type { Clock } from '../clock.ts'
import type { AccessControl, AccessRequest } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Call, WireRequest, WireResponse } from '../wire/service.ts'
import { bucketArn, type Buckets } from './buckets.ts'
import type { BlobFiles } from './blob-files.ts'
import type { FormAuthenticate } from '../wire/form-signature.ts'
import type { ObjectStore } from './object-store.ts'
import type { Objects } from './objects.ts'
import { notImplemented } from './s3-error.ts'
import type { UploadStore } from './upload-store.ts'

/** A request whose path was taken apart; an operation on a bucket has an empty key, one on the service no bucket either. */
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
  readonly uploads: UploadStore
  readonly files: BlobFiles
  readonly objects: Objects
  readonly clock: Clock
  /** For operations that learn who calls from the body. */
  readonly access: AccessControl
  readonly authenticateForm: FormAuthenticate
}

export type S3Operation = (request: S3Request, context: S3Context) => WireResponse

/** Path style: `/<bucket>/<key>` */
export function parsePath(path: string): { bucket: string; key: string } {
  const slash = path.indexOf('/', 1)
  try {
    return {
      bucket: decodeURIComponent(slash < 0 ? path.slice(1) : path.slice(1, slash)),
      key: slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1)),
    }
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.")
  }
}

export const onObject = (action: string, { bucket, key }: { bucket: string; key: string }): AccessRequest[] => [
  { action: `s3:${action}`, resource: `${bucketArn(bucket)}/${key}` },
]

/** A condition on what stands at the key tells of it, so that S3 asks for the permission to read, too. */
export function authorizeWrite(asked: S3Request): void {
  const { headers } = asked.request
  const context = {
    ...(headers['if-none-match'] !== undefined && { 's3:if-none-match': [headers['if-none-match']] }),
    ...(headers['if-match'] !== undefined && { 's3:if-match': [headers['if-match']] }),
  }
  const conditional = Object.keys(context).length > 0
  asked.authorize(onObject('PutObject', asked).map((question) => (conditional ? { ...question, context } : question)))
  if (headers['if-match'] !== undefined) asked.authorize(onObject('GetObject', asked))
}

/** The presigner of the SDK moves headers into the query, where they count as headers. */
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

/** Every query parameter has its meaning or is refused: one that is passed over would change what the call does. */
export function requireKnownQuery({ query }: WireRequest, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (name !== 'x-id' && !name.startsWith('X-Amz-') && !known.includes(name))
      throw notImplemented(`The parameter ${name}`)
  }
}

/** Likewise headers that would change what the call does. */
export function refuseHeaders(headers: WireRequest['headers'], names: readonly (string | RegExp)[]): void {
  for (const header of Object.keys(headers)) {
    if (names.some((name) => (typeof name === 'string' ? name === header : name.test(header)))) {
      throw notImplemented(`The header ${header}`)
    }
  }
}

import { AwsError } from '../wire/aws-error.ts'
import type { Operation, WireRequest, WireResponse } from '../wire/service.ts'
import { xmlResponse, type XmlContent } from '../wire/xml.ts'
import type { StoredObject } from './objects.ts'

export interface S3Input {
  readonly request: WireRequest
  readonly bucket: string
  /** Empty for an operation on a bucket. */
  readonly key: string
}

export type S3Operation = Operation<S3Input, WireResponse>

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

/** Of signatures, and of checksums, which are not verified: the signature covers the body. */
const headersOfEveryRequest = [
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-user-agent',
]

/**
 * Rejects query parameters and conditional, range or `x-amz-` headers that an operation does not know: ignoring one could
 * change the effect of the call. A body in chunks (aws-chunked) has such headers, too.
 * @throws AwsError NotImplemented
 */
export function requireKnown(
  { query, headers }: WireRequest,
  known: { query?: readonly string[]; headers?: readonly string[] } = {},
): void {
  for (const name of query.keys()) {
    if (name !== 'x-id' && !name.startsWith('X-Amz-') && !known.query?.includes(name))
      throw notImplemented(`The parameter ${name}`)
  }
  for (const name of Object.keys(headers)) {
    const isKnown = [...headersOfEveryRequest, ...(known.headers ?? [])].includes(name)
    if (/^(x-amz-(?!meta-|checksum-)|if-|range$)/.test(name) && !isKnown) throw notImplemented(`The header ${name}`)
  }
}

export const notImplemented = (feature: string) =>
  new AwsError('NotImplemented', `${feature} is not emulated.`, { statusCode: 501 })

export const invalidArgument = (message: string, ArgumentName: string) =>
  new AwsError('InvalidArgument', message, { members: { ArgumentName } })

/** Headers that are stored with an object and returned with it, besides `x-amz-meta-…`. */
export const contentHeaders = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]

/** Without control characters, which could start another header. */
const headerText = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

/** The headers of a write, or fields of a form, that are stored with the object. @throws AwsError InvalidArgument */
export function storedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const stored = Object.entries(headers).filter(
    ([name]) => contentHeaders.includes(name) || name.startsWith('x-amz-meta-'),
  )
  for (const [name, value] of stored) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !headerText.test(value))
      throw invalidArgument('Header value cannot be represented using ISO-8859-1.', name)
  }
  const { 'content-type': type, ...others } = Object.fromEntries(stored)
  return { 'content-type': type || 'binary/octet-stream', ...others }
}

/** The response headers of a read. */
export const objectHeaders = (object: StoredObject): Record<string, string> => ({
  ...object.headers,
  'content-length': String(object.size),
  etag: `"${object.etag}"`,
  'last-modified': new Date(object.modifiedMs).toUTCString(),
})

/** A response of S3: an XML document with one root element. */
export const xmlDocument = (root: string, content: XmlContent): WireResponse =>
  xmlResponse(200, root, content, 'http://s3.amazonaws.com/doc/2006-03-01/')

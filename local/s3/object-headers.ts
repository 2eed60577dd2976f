import { AwsError } from '../wire/aws-error.ts'
import { checksumHeaders } from './checksums.ts'
import type { StoredObject } from './object-store.ts'
import { notImplemented } from './s3-error.ts'
import { refuseHeaders } from './s3-request.ts'

type Headers = Readonly<Record<string, string>>

/** Headers that are stored with an object and returned with it, besides `x-amz-meta-…`. */
export const contentHeaders = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]

const refusedOnWrite = [
  'if-modified-since',
  'if-unmodified-since',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
  /^x-amz-object-lock-/,
  /^x-amz-grant-/,
  /^x-amz-server-side-encryption-/,
]

/** Headers that are accepted only with the values that match the emulation's behavior. */
const supportedValues: Record<string, readonly string[]> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control'],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-server-side-encryption': ['AES256'],
}

/** @throws AwsError NotImplemented for headers that are not emulated */
export function refuseUnsupportedWrite(headers: Headers): void {
  refuseHeaders(headers, refusedOnWrite)
  for (const [name, values] of Object.entries(supportedValues)) {
    const value = headers[name]
    if (value !== undefined && !values.includes(value)) throw notImplemented(`${name}: ${value}`)
  }
}

const metadataLimitBytes = 2048
const keyLimitBytes = 1024

export function requireKey(key: string): void {
  if (Buffer.byteLength(key) > keyLimitBytes) throw new AwsError('KeyTooLongError', 'Your key is too long')
}

/** The headers of a write that are stored with its object. @throws AwsError MetadataTooLarge, InvalidArgument */
export function storedHeaders(headers: Headers): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'binary/octet-stream' }
  for (const [name, value] of Object.entries(headers)) {
    if (contentHeaders.includes(name) || name.startsWith('x-amz-meta-')) stored[name] = encodeValue(name, value)
  }
  const encoding = (stored['content-encoding'] ?? '').split(',').map((part) => part.trim())
  stored['content-encoding'] = encoding.filter((part) => part !== 'aws-chunked').join(', ')
  if (stored['content-encoding'] === '') delete stored['content-encoding']
  if (stored['content-type'] === '') stored['content-type'] = 'binary/octet-stream'
  requireSmallMetadata(stored)
  return stored
}

function requireSmallMetadata(stored: Headers): void {
  const metadata = Object.entries(stored).filter(([name]) => name.startsWith('x-amz-meta-'))
  const bytes = metadata.reduce(
    (sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + Buffer.byteLength(value),
    0,
  )
  if (bytes > metadataLimitBytes) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size')
  }
}

/** Form fields may have characters that headers cannot: metadata is then encoded by RFC 2047, as in S3. */
function encodeValue(name: string, value: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw notRepresentable(name)
  if (headerText.test(value)) return value
  if (anyText.test(value) && name.startsWith('x-amz-meta-')) {
    return `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`
  }
  throw notRepresentable(name)
}

/** Without control characters, which could start another header. */
const headerText = /^[\t\u0020-\u007e\u0080-\u00ff]*$/
const anyText = /^[\t\u0020-\u007e\u0080-\uffff]*$/

const notRepresentable = (name: string) =>
  new AwsError('InvalidArgument', 'Header value cannot be represented using ISO-8859-1.', {
    members: { ArgumentName: name },
  })

/** The response headers of a read; `response-…` parameters of the query override stored ones. */
export function objectHeaders(
  object: StoredObject,
  requestHeaders: Headers,
  query: URLSearchParams,
): Record<string, string> {
  const overridden = contentHeaders.flatMap((name) => {
    const value = query.get(`response-${name}`)
    if (value === null) return []
    if (!headerText.test(value)) throw notRepresentable(`response-${name}`)
    return [[name, value]]
  })
  return {
    ...object.headers,
    ...Object.fromEntries(overridden),
    'accept-ranges': 'bytes',
    'content-length': String(object.size),
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedMs).toUTCString(),
    ...(requestHeaders['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && checksumHeaders(object.checksum)),
  }
}

import { AwsError } from '../wire/aws-error.ts'
import { checksumHeaders } from './checksums.ts'
import type { StoredObject } from './object-store.ts'
import { notImplemented } from './s3-error.ts'
import { refuseHeaders } from './s3-request.ts'

type Headers = Readonly<Record<string, string>>

/** Headers that are kept with an object and answered with it, besides `x-amz-meta-…`. */
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

/** Headers that are honoured in one value, the one that holds here anyway. */
const onlyValues: Record<string, readonly string[]> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control'],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-server-side-encryption': ['AES256'],
}

/** What a write asks for and does not get. @throws AwsError NotImplemented */
export function refuseUnsupportedWrite(headers: Headers): void {
  refuseHeaders(headers, refusedOnWrite)
  for (const [name, values] of Object.entries(onlyValues)) {
    const value = headers[name]
    if (value !== undefined && !values.includes(value)) throw notImplemented(`${name}: ${value}`)
  }
}

const metadataLimitBytes = 2048
const keyLimitBytes = 1024

export function requireKey(key: string): void {
  if (Buffer.byteLength(key) > keyLimitBytes) throw new AwsError('KeyTooLongError', 'Your key is too long')
}

/** The headers of a write that its object keeps. @throws AwsError MetadataTooLarge, InvalidArgument */
export function keptHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' }
  for (const [name, value] of Object.entries(headers)) {
    if (contentHeaders.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = storable(name, value)
  }
  const encoding = (kept['content-encoding'] ?? '').split(',').map((part) => part.trim())
  kept['content-encoding'] = encoding.filter((part) => part !== 'aws-chunked').join(', ')
  if (kept['content-encoding'] === '') delete kept['content-encoding']
  if (kept['content-type'] === '') kept['content-type'] = 'binary/octet-stream'
  requireSmallMetadata(kept)
  return kept
}

function requireSmallMetadata(kept: Headers): void {
  const metadata = Object.entries(kept).filter(([name]) => name.startsWith('x-amz-meta-'))
  const bytes = metadata.reduce(
    (sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + Buffer.byteLength(value),
    0,
  )
  if (bytes > metadataLimitBytes) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size')
  }
}

/** Fields of forms may hold what no header can: metadata is then encoded as RFC 2047 has it, as S3 does. */
function storable(name: string, value: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw notRepresentable(name)
  if (headerText.test(value)) return value
  if (anyText.test(value) && name.startsWith('x-amz-meta-')) {
    return `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`
  }
  throw notRepresentable(name)
}

/** Without control characters, which could begin another header. */
const headerText = /^[\t\u0020-\u007e\u0080-\u00ff]*$/
const anyText = /^[\t\u0020-\u007e\u0080-\uffff]*$/

const notRepresentable = (name: string) =>
  new AwsError('InvalidArgument', 'Header value cannot be represented using ISO-8859-1.', {
    members: { ArgumentName: name },
  })

/** The headers of a read; a query may say others for what is kept, such as a name for the file to save. */
export function objectHeaders(object: StoredObject, asked: Headers, query: URLSearchParams): Record<string, string> {
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
    ...(asked['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && checksumHeaders(object.checksum)),
  }
}

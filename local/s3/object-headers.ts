import type { StoredObject } from './objects.ts'
import { invalidArgument } from './requests.ts'

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

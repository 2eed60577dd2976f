import type { WireRequest } from '../wire/service.ts'
import { checksumElements, checksumOf } from './checksums.ts'
import { existingObject } from './get-object.ts'
import { storedHeaders, refuseUnsupportedWrite, requireKey } from './object-headers.ts'
import { objectOf, type StoredObject } from './object-store.ts'
import { checkRead, preconditionFailed, requireWritable } from './preconditions.ts'
import { invalidArgument, invalidRequest, notImplemented } from './s3-error.ts'
import { authorizeWrite, refuseHeaders, requireKnownQuery, type S3Operation } from './s3-request.ts'
import { xmlResponse } from './xml-document.ts'

export const copyObject: S3Operation = (input, context) => {
  const { request, bucket, key, call } = input
  requireKnownQuery(request, [])
  refuseUnsupportedWrite(request.headers)
  refuseHeaders(request.headers, [/^x-amz-copy-source-server-side-encryption-/])
  const from = sourceOf(request)
  const replaces = directive(request, 'x-amz-metadata-directive') === 'REPLACE'
  if (directive(request, 'x-amz-tagging-directive') === 'REPLACE')
    throw notImplemented('x-amz-tagging-directive: REPLACE')
  if (from.bucket === bucket && from.key === key && !replaces) throw copyToItself()
  authorizeWrite(input)
  context.buckets.get(bucket)
  requireKey(key)
  const source = existingObject({ ...from, authorize: input.authorize }, context)
  requireSource(request, source)
  requireWritable(request.headers, context.store.find(bucket, key))
  const headers = replaces ? storedHeaders(request.headers) : source.headers
  const bytes = context.files.read(source.file)
  const checksum = source.checksum ?? { algorithm: 'crc32', value: checksumOf('crc32', bytes) }
  const written = { bucket, key, headers, checksum, ...objectOf(context.files.write(bytes)) }
  const object = context.objects.put(written, { reason: 'CopyObject', requestId: call.requestId })
  return xmlResponse('CopyObjectResult', {
    LastModified: new Date(object.modifiedMs).toISOString(),
    ETag: `"${object.etag}"`,
    ChecksumType: 'FULL_OBJECT',
    ...checksumElements(checksum),
  })
}

/** `[/]<bucket>/<key>`, percent-encoded */
function sourceOf({ headers }: WireRequest): { bucket: string; key: string } {
  const [path, version] = headers['x-amz-copy-source']!.split('?')
  if (version !== undefined) throw notImplemented(`A copy source with ${version}`)
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(path!)) ?? []
  if (bucket === undefined || key === undefined) throw invalidSource()
  return { bucket, key }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidSource()
  }
}

const invalidSource = () =>
  invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey', 'x-amz-copy-source')

function directive({ headers }: WireRequest, name: string): 'COPY' | 'REPLACE' {
  const value = headers[name] ?? 'COPY'
  if (value !== 'COPY' && value !== 'REPLACE') throw invalidArgument('Unknown metadata directive.', name)
  return value
}

/** The conditions on the source are those of a read, except that an unmodified source is an error. */
function requireSource({ headers }: WireRequest, source: StoredObject): void {
  const prefix = 'x-amz-copy-source-'
  const conditions = Object.entries(headers)
    .filter(([name]) => name.startsWith(`${prefix}if-`))
    .map(([name, value]) => [name.slice(prefix.length), value])
  if (checkRead(Object.fromEntries(conditions), source) === 'not-modified') throw preconditionFailed(`${prefix}If`)
}

const copyToItself = () =>
  invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )

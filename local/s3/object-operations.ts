import type { AccessControl, AccessRequest } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { isNamedBy } from '../wire/http.ts'
import { withTransport } from '../wire/server.ts'
import type { WireRequest } from '../wire/service.ts'
import { bucketArn, onObject, type Buckets } from './buckets.ts'
import type { Objects, StoredObject } from './objects.ts'
import {
  invalidArgument,
  notImplemented,
  objectHeaders,
  requireKnown,
  storedHeaders,
  xmlDocument,
  type S3Input,
  type S3Operation,
} from './requests.ts'

interface ObjectParts {
  readonly buckets: Buckets
  readonly objects: Objects
  readonly access: AccessControl
}

type ObjectName = Pick<S3Input, 'bucket' | 'key'>

/** GetObject and HeadObject; the endpoint omits the body of a response to HEAD. */
export const readObject = (parts: ObjectParts): S3Operation => ({
  anonymous: true,
  access: (input) => readAccess(parts, input),
  handle({ request, ...name }) {
    requireKnown(request, { headers: ['if-none-match', 'if-modified-since'] })
    const { 'if-none-match': tags, 'if-modified-since': since } = request.headers
    // Browsers send it only together with the ETag, which overrides it.
    if (tags === undefined && since !== undefined) throw notImplemented('The header if-modified-since')
    const object = existingObject(parts, name)
    const headers = objectHeaders(object)
    if (tags === undefined || !isNamedBy(tags, headers['etag']!))
      return { status: 200, headers, body: parts.objects.read(object) }
    const { 'content-length': _, 'content-type': __, ...rest } = headers
    return { status: 304, headers: rest }
  },
})

/** A caller without ListBucket must not find out whether a key exists: a missing key is then reported as a denial. */
function readAccess({ buckets, objects }: ObjectParts, name: ObjectName): AccessRequest[] {
  const read = onObject('GetObject', name)
  buckets.require(name.bucket)
  if (objects.find(name.bucket, name.key)) return [read]
  return [read, { action: 's3:ListBucket', resource: bucketArn(name.bucket) }]
}

function existingObject({ buckets, objects }: ObjectParts, { bucket, key }: ObjectName): StoredObject {
  buckets.require(bucket)
  const object = objects.find(bucket, key)
  if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { statusCode: 404 })
  return object
}

/** PutObject, and CopyObject, which has a header with its source. */
export const writeObject = (parts: ObjectParts): S3Operation => ({
  anonymous: true,
  access(input) {
    const source = sourceOf(input.request)
    return [onObject('PutObject', input), ...(source ? readAccess(parts, source) : [])]
  },
  handle({ request, ...target }, { requestId }) {
    const source = sourceOf(request)
    requireKnown(request, { headers: ['x-amz-copy-source'] })
    if (source) {
      const object = existingObject(parts, source)
      const copy = { ...target, headers: object.headers, body: parts.objects.read(object) }
      const { modifiedMs, etag } = parts.objects.put(copy, { reason: 'CopyObject', requestId })
      return xmlDocument('CopyObjectResult', { LastModified: new Date(modifiedMs).toISOString(), ETag: `"${etag}"` })
    }
    // S3 does not read a body in chunks of HTTP.
    if (request.headers['content-length'] === undefined) {
      const message = 'You must provide the Content-Length HTTP header.'
      throw new AwsError('MissingContentLength', message, { statusCode: 411 })
    }
    const object = { ...target, headers: storedHeaders(request.headers), body: request.body }
    const { etag } = parts.objects.put(object, { reason: 'PutObject', requestId })
    return { status: 200, headers: { etag: `"${etag}"` } }
  },
})

/** `[/]<bucket>/<key>`, percent-encoded */
function sourceOf({ headers: { 'x-amz-copy-source': source } }: WireRequest): ObjectName | undefined {
  if (source === undefined) return undefined
  const [, bucket, key] = /^\/?([^/?]+)\/([^?]+)$/.exec(source) ?? []
  if (bucket === undefined || key === undefined)
    throw invalidArgument('The copy source must be <bucket>/<key>, without a version.', 'x-amz-copy-source')
  return { bucket, key: decodeURIComponent(key) }
}

export const deleteObject = ({ objects }: ObjectParts): S3Operation => ({
  anonymous: true,
  access: (input) => [onObject('DeleteObject', input)],
  handle({ request, bucket, key }, { requestId }) {
    requireKnown(request)
    objects.delete(bucket, key, { reason: 'DeleteObject', requestId })
    return { status: 204 }
  },
})

/** Deletes up to 1000 keys; each is authorized separately. */
export const deleteObjects = ({ buckets, objects, access }: ObjectParts): S3Operation => ({
  anonymous: true,
  access: () => [],
  handle({ request, bucket }, { principal, requestId }) {
    requireKnown(request, { query: ['delete'] })
    buckets.require(bucket)
    const text = request.body.toString('utf8')
    const keys = [...text.matchAll(/<Object><Key>(.*?)<\/Key><\/Object>/gs)].map((match) => unescapeXml(match[1]!))
    // An entry with a version or a condition is none of these.
    if (keys.length === 0 || keys.length > 1000 || keys.length !== text.split('<Object>').length - 1)
      throw new AwsError('MalformedXML', 'The body must have 1 to 1000 objects, each with a key alone.')
    const Deleted: { Key: string }[] = []
    const failed: { Key: string; Code: string; Message: string }[] = []
    for (const Key of keys) {
      try {
        access.require(principal, withTransport(request, [onObject('DeleteObject', { bucket, key: Key })]))
        objects.delete(bucket, Key, { reason: 'DeleteObject', requestId })
        Deleted.push({ Key })
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        failed.push({ Key, Code: error.name.replace(/Exception$/, ''), Message: error.message })
      }
    }
    return xmlDocument('DeleteResult', { Deleted: text.includes('<Quiet>true</Quiet>') ? [] : Deleted, Error: failed })
  },
})

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export const unescapeXml = (text: string) =>
  text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(amp|lt|gt|quot|apos));/g, (_, hex, decimal, name) =>
    name ? entities[name]! : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  )

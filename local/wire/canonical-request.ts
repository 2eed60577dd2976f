import { createHash } from 'node:crypto'
import { AwsError } from './aws-error.ts'
import type { WireRequest } from './service.ts'

/** The parts of a request that its signature covers. */
export interface SignedParts {
  readonly service: string
  readonly signedHeaders: readonly string[]
  /** The signature is in the query: it covers the query's other parameters and never the body. */
  readonly presigned: boolean
}

/** The hash of the canonical request, for the string to sign. @throws AwsError when the body does not match the signed hash */
export function canonicalHash(request: WireRequest, signed: SignedParts): string {
  const headers = signed.signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name] ?? '')}\n`)
  return sha256(
    [
      request.method,
      canonicalPath(request.path, signed.service),
      canonicalQuery(request.query),
      headers.join(''),
      signed.signedHeaders.join(';'),
      payloadHash(request, signed),
    ].join('\n'),
  )
}

/** Every service except S3 signs the path URI-encoded twice. */
const canonicalPath = (path: string, service: string) =>
  service === 's3' ? path : path.split('/').map(encode).join('/')

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
  return pairs
    .toSorted(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map((pair) => pair.join('='))
    .join('&')
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const canonicalValue = (value: string) => value.trim().replace(/\s+/g, ' ')

/** Encodes all but the unreserved characters of RFC 3986, `!'()*` included. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

function payloadHash(request: WireRequest, signed: SignedParts): string {
  if (signed.presigned) return request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD'
  const declared = request.headers['x-amz-content-sha256']
  // S3 accepts an unsigned body, and chunked uploads whose chunks have signatures of their own.
  if (declared !== undefined && signed.service === 's3' && /^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/.test(declared))
    return declared
  const actual = sha256(request.body)
  if (declared !== undefined && declared !== actual && signed.service === 's3') {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  }
  return actual
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

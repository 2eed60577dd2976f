import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { AwsError } from './aws-error.ts'
import type { WireRequest } from './service.ts'

export const algorithm = 'AWS4-HMAC-SHA256'

/** The credential of a signature, `<access key id>/<date>/<region>/<service>/aws4_request`: its key is derived from it. */
export interface Credential {
  readonly accessKeyId: string
  /** `YYYYMMDD` */
  readonly date: string
  readonly region: string
  readonly service: string
}

/** What a signature covers. */
export interface SignedParts {
  readonly credential: Credential
  /** `YYYYMMDDTHHMMSSZ` */
  readonly time: string
  readonly signedHeaders: readonly string[]
  /** The signature is in the query: it covers the query's other parameters and never the body. */
  readonly presigned: boolean
}

export function parseCredential(text: string | undefined): Credential | undefined {
  const [accessKeyId, date, region, service, end] = text?.split('/') ?? []
  return accessKeyId && date && region && service && end === 'aws4_request'
    ? { accessKeyId, date, region, service }
    : undefined
}

/** The signature of a request. @throws AwsError when the body does not match the signed hash */
export function signatureOf(request: WireRequest, secret: string, signed: SignedParts): string {
  const { credential, time } = signed
  return sign(secret, credential, [algorithm, time, scope(credential), canonicalHash(request, signed)].join('\n'))
}

const scope = ({ date, region, service }: Credential) => `${date}/${region}/${service}/aws4_request`

/** Derived keys: one is valid for a day and a service, and deriving it on every call would cost four HMACs. */
const signingKeys = new Map<string, Buffer>()

/** @returns the signature of `text` in hex */
export function sign(secret: string, credential: Credential, text: string): string {
  const id = `${secret} ${scope(credential)}`
  let key = signingKeys.get(id)
  if (!key) {
    if (signingKeys.size > 1000) signingKeys.clear()
    key = scope(credential)
      .split('/')
      .reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`))
    signingKeys.set(id, key)
  }
  return hmac(key, text).toString('hex')
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** Compares hashes of the texts, since timingSafeEqual requires equal lengths. */
export const equal = (one: string, other: string) =>
  timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)))

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

function canonicalHash(request: WireRequest, { credential: { service }, signedHeaders, presigned }: SignedParts) {
  const headers = signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name] ?? '')}\n`)
  const payloadHash = presigned
    ? (request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD')
    : payloadHashOf(request, service)
  return sha256(
    [
      request.method,
      canonicalPath(request.path, service),
      canonicalQuery(request.query),
      headers.join(''),
      signedHeaders.join(';'),
      payloadHash,
    ].join('\n'),
  )
}

const canonicalValue = (value: string) => value.trim().replace(/\s+/g, ' ')

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

/** Encodes all but the unreserved characters of RFC 3986, `!'()*` included. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

function payloadHashOf({ headers, body }: WireRequest, service: string): string {
  const declared = headers['x-amz-content-sha256']
  if (service !== 's3' || declared === undefined) return sha256(body)
  // S3 accepts an unsigned body, and chunked uploads whose chunks have signatures of their own.
  if (!/^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/.test(declared) && declared !== sha256(body)) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  }
  return declared
}

import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { systemClock, type Clock } from '../clock.ts'
import type { Signer } from '../iam/keys.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import type { WireRequest } from './service.ts'
import type { Authenticate } from './server.ts'

/** The access keys that requests can be signed with. */
export interface Keys {
  signerOf(accessKeyId: string): Signer | undefined
}

/** `<access key id>/<date>/<region>/<service>/aws4_request`; the key of a signature is derived from it. */
interface Credential {
  readonly accessKeyId: string
  /** `YYYYMMDD` */
  readonly date: string
  readonly service: string
  /** The credential without the access key id. */
  readonly scope: string
}

/** The signature of a request, from the Authorization header or (presigned URLs of S3) from the query. */
interface Signed {
  readonly credential: Credential
  /** `YYYYMMDDTHHMMSSZ` */
  readonly time: string
  readonly signature: string
  readonly sessionToken: string | undefined
  readonly signedHeaders: readonly string[]
  /** The lifetime of a presigned URL, whose signature covers the query's other parameters and never the body. */
  readonly expiresSeconds?: number
}

const algorithm = 'AWS4-HMAC-SHA256'
const allowedSkewMs = 5 * 60_000
const maxLifetimeSeconds = 7 * 86_400

/** Authenticates requests by AWS Signature Version 4; one without a signature is anonymous. */
export function createAuthenticate(keys: Keys, clock: Clock = systemClock): Authenticate {
  return (request) => {
    const signed = readSignature(request)
    if (!signed) return { kind: 'anonymous' }
    const { credential, time } = signed
    const principal = principalOf(keys, signed, () =>
      [algorithm, time, credential.scope, sha256(canonicalRequest(request, signed))].join('\n'),
    )
    checkTime(signed, clock.now())
    if (credential.service === 's3') requireSignedHeaders(request, signed)
    return principal
  }
}

/** Returns the principal that signed the policy of a form. @throws AwsError when the signature is not valid */
export type FormAuthenticate = (fields: ReadonlyMap<string, string>) => Principal

const formFields = ['policy', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'] as const

/**
 * Authenticates form uploads to S3. The signature covers only the policy, which restricts the form's fields.
 * Field names are in lower case; a form without policy and signature is anonymous.
 */
export function createFormAuthenticate(keys: Keys): FormAuthenticate {
  return (fields) => {
    if (!formFields.some((name) => fields.has(name))) return { kind: 'anonymous' }
    const [policy, usedAlgorithm, given, date, signature] = formFields.map((name) => requireField(fields, name))
    const credential = parseCredential(given)
    // A date outside the credential scope could extend the lifetime of a signing key.
    if (usedAlgorithm !== algorithm || credential?.service !== 's3' || !date!.startsWith(credential.date)) {
      throw new AwsError(
        'InvalidArgument',
        `A form needs ${algorithm}, a credential <key id>/<date>/<region>/s3/aws4_request, and the date of it.`,
      )
    }
    const sessionToken = fields.get('x-amz-security-token')
    return principalOf(keys, { credential, sessionToken, signature: signature! }, () => policy!)
  }
}

/** @throws AwsError InvalidArgument when the form has no such field */
export function requireField(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name)
  if (value !== undefined) return value
  throw new AwsError(
    'InvalidArgument',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { members: { ArgumentName: name } },
  )
}

/** @throws AwsError for an unknown key, another session token or another signature of the text */
function principalOf(
  keys: Keys,
  { credential, sessionToken, signature }: Pick<Signed, 'credential' | 'sessionToken' | 'signature'>,
  signedText: () => string,
): Principal {
  const signer = keys.signerOf(credential.accessKeyId)
  if (!signer || (signer.sessionToken ?? '') !== (sessionToken ?? '')) throw signatureError(credential, 'unknownKey')
  const expected = hmac(signingKey(signer.secretAccessKey, credential), signedText()).toString('hex')
  // Hashes, since timingSafeEqual requires equal lengths.
  if (!timingSafeEqual(Buffer.from(sha256(expected)), Buffer.from(sha256(signature))))
    throw signatureError(credential, 'mismatch')
  return signer.principal
}

/** Derived keys: one is valid for a day and a service, and deriving it for every call would cost four HMACs. */
const signingKeys = new Map<string, KeyObject>()

function signingKey(secret: string, { scope }: Credential): KeyObject {
  const id = `${secret} ${scope}`
  const key = signingKeys.get(id) ?? derivedKey(secret, scope)
  if (signingKeys.size > 1000) signingKeys.clear()
  signingKeys.set(id, key)
  return key
}

const derivedKey = (secret: string, scope: string): KeyObject =>
  scope.split('/').reduce((key, part) => createSecretKey(hmac(key, part)), createSecretKey(`AWS4${secret}`, 'utf8'))

/** Node checks a KeyObject in a fifth of the time of another key. */
const hmac = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

function parseCredential(text = ''): Credential | undefined {
  const [, accessKeyId, scope, date, service] = /^([^/]+)\/(([^/]+)\/[^/]+\/([^/]+)\/aws4_request)$/.exec(text) ?? []
  return accessKeyId && scope && date && service ? { accessKeyId, scope, date, service } : undefined
}

function readSignature(request: WireRequest): Signed | undefined {
  const header = request.headers['authorization']
  if (header?.startsWith(algorithm)) return fromHeader(header, request)
  return request.query.has('X-Amz-Signature') ? fromQuery(request) : undefined
}

function fromHeader(header: string, { headers }: WireRequest): Signed {
  const field = (name: string) => new RegExp(`[ ,]${name}=([^, ]+)`).exec(header)?.[1]
  const [signedHeaders, signature] = [field('SignedHeaders'), field('Signature')]
  const credential = parseCredential(field('Credential'))
  const time = headers['x-amz-date']
  if (!credential || !signedHeaders || !signature || !time) {
    throw new AwsError(
      'IncompleteSignatureException',
      `The Authorization header is incomplete: ${header.replace(/Signature=\S+/, 'Signature=…')}`,
    )
  }
  const sessionToken = headers['x-amz-security-token']
  return { credential, time, signature, sessionToken, signedHeaders: signedHeaders.split(';') }
}

function fromQuery({ query }: WireRequest): Signed {
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? ''
  const credential = parseCredential(value('Credential'))
  const signedHeaders = value('SignedHeaders').split(';')
  const expires = value('Expires')
  if (value('Algorithm') !== algorithm) throw badQuery(`X-Amz-Algorithm only supports "${algorithm}"`)
  if (!credential) throw badQuery('X-Amz-Credential needs <key id>/<date>/<region>/<service>/aws4_request.')
  if (!/^\d+$/.test(expires) || Number(expires) > maxLifetimeSeconds)
    throw badQuery(`X-Amz-Expires must be a number of seconds up to ${maxLifetimeSeconds}`)
  // Without the host, a URL would be valid at any endpoint.
  if (!signedHeaders.includes('host')) throw badQuery('X-Amz-SignedHeaders must contain host.')
  return {
    credential,
    time: value('Date'),
    signature: value('Signature'),
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    signedHeaders,
    expiresSeconds: Number(expires),
  }
}

const badQuery = (message: string) => new AwsError('AuthorizationQueryParametersError', message)

/** @throws AwsError when the body does not match the signed hash */
function canonicalRequest(request: WireRequest, { credential, signedHeaders, expiresSeconds }: Signed): string {
  const { method, path, query, headers } = request
  const isS3 = credential.service === 's3'
  const pairs = [...query].filter(([name]) => name !== 'X-Amz-Signature').map((pair) => pair.map(encode))
  const signedValues = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`)
  return [
    method,
    // Every service except S3 signs the path URI-encoded twice.
    isS3 ? path : path.split('/').map(encode).join('/'),
    pairs
      .toSorted(([nameA, valueA], [nameB, valueB]) => compare(nameA!, nameB!) || compare(valueA!, valueB!))
      .map((pair) => pair.join('='))
      .join('&'),
    signedValues.join(''),
    signedHeaders.join(';'),
    expiresSeconds === undefined
      ? payloadHash(request, isS3)
      : (query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD'),
  ].join('\n')
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Encodes all but the unreserved characters of RFC 3986, `!'()*` included. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

function payloadHash({ headers, body }: WireRequest, isS3: boolean): string {
  const declared = headers['x-amz-content-sha256']
  if (!isS3 || declared === undefined) return sha256(body)
  // S3 accepts an unsigned body, and chunked uploads whose chunks have signatures of their own.
  if (!/^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/.test(declared) && declared !== sha256(body)) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  }
  return declared
}

function checkTime({ credential, time, expiresSeconds }: Signed, nowMs: number): void {
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const signedMs = Date.parse(iso)
  // A date outside the credential scope could extend the lifetime of a signing key.
  if (Number.isNaN(signedMs) || !time.startsWith(credential.date)) throw signatureError(credential, 'mismatch')
  if (expiresSeconds === undefined) {
    if (Math.abs(nowMs - signedMs) > allowedSkewMs) throw signatureError(credential, 'skewed')
  } else if (nowMs > signedMs + expiresSeconds * 1000 || signedMs > nowMs + allowedSkewMs) {
    throw new AwsError('AccessDenied', 'Request has expired', { statusCode: 403 })
  }
}

/** S3 rejects unsigned x-amz- headers, which could change the meaning of a signed request, such as its ACL. */
function requireSignedHeaders({ headers }: WireRequest, { signedHeaders }: Signed): void {
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !signedHeaders.includes(name),
  )
  if (unsigned.length === 0) return
  throw new AwsError('AccessDenied', 'There were headers present in the request which were not signed', {
    statusCode: 403,
    members: { HeadersNotSigned: unsigned.join(', ') },
  })
}

/** The code of S3, that of the other services, and the message. */
const problems = {
  unknownKey: [
    'InvalidAccessKeyId',
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  mismatch: [
    'SignatureDoesNotMatch',
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  ],
  skewed: [
    'RequestTimeTooSkewed',
    'InvalidSignatureException',
    'The difference between the request time and the current time is too large.',
  ],
} as const

function signatureError({ service }: Credential, problem: keyof typeof problems): AwsError {
  const [codeOfS3, code, message] = problems[problem]
  return service === 's3' ? new AwsError(codeOfS3, message, { statusCode: 403 }) : new AwsError(code, message)
}

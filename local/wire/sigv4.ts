import { systemClock, type Clock } from '../clock.ts'
import type { Signer } from '../iam/keys.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import type { WireRequest } from './service.ts'
import type { Authenticate } from './server.ts'
import { algorithm, equal, parseCredential, sign, signatureOf, type SignedParts } from './signature.ts'

/** The access keys that requests can be signed with. */
export interface Keys {
  signerOf(accessKeyId: string): Signer | undefined
}

/** The signature of a request, from the Authorization header or (presigned URLs of S3) from the query. */
interface Signed extends SignedParts {
  readonly signature: string
  readonly sessionToken: string | undefined
  /** The lifetime of a presigned URL; a signature in a header is valid within the allowed clock skew. */
  readonly expiresSeconds?: number
}

const allowedSkewMs = 5 * 60_000
const maxLifetimeSeconds = 7 * 86_400

/** Authenticates requests by AWS Signature Version 4; one without a signature is anonymous. */
export function createAuthenticate(keys: Keys, clock: Clock = systemClock): Authenticate {
  return (request) => {
    const signed = readSignature(request)
    if (!signed) return { kind: 'anonymous' }
    const principal = principalOf(keys, signed, (secret) => signatureOf(request, secret, signed))
    checkTime(signed, clock.now())
    if (signed.credential.service === 's3') requireSignedHeaders(request, signed)
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
    const [policy, usedAlgorithm, scope, date, signature] = formFields.map((name) => requireField(fields, name))
    const credential = parseCredential(scope)
    // A date outside the credential scope could extend the lifetime of a signing key.
    if (usedAlgorithm !== algorithm || credential?.service !== 's3' || !date!.startsWith(credential.date)) {
      throw new AwsError(
        'InvalidArgument',
        `A form needs ${algorithm}, a credential <key id>/<date>/<region>/s3/aws4_request, and the date of it.`,
      )
    }
    const sessionToken = fields.get('x-amz-security-token')
    return principalOf(keys, { credential, sessionToken, signature: signature! }, (secret) =>
      sign(secret, credential, policy!),
    )
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

/** @throws AwsError for an unknown key, another session token or another signature */
function principalOf(
  keys: Keys,
  { credential, sessionToken, signature }: Pick<Signed, 'credential' | 'sessionToken' | 'signature'>,
  expected: (secret: string) => string,
): Principal {
  const signer = keys.signerOf(credential.accessKeyId)
  if (!signer || (signer.sessionToken ?? '') !== (sessionToken ?? ''))
    throw signatureError(credential.service, 'unknownKey')
  if (!equal(expected(signer.secretAccessKey), signature)) throw signatureError(credential.service, 'mismatch')
  return signer.principal
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
  return { credential, time, signature, sessionToken, signedHeaders: signedHeaders.split(';'), presigned: false }
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
    presigned: true,
    expiresSeconds: Number(expires),
  }
}

const badQuery = (message: string) => new AwsError('AuthorizationQueryParametersError', message)

function checkTime({ credential, time, expiresSeconds }: Signed, nowMs: number): void {
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const signedMs = Date.parse(iso)
  // A date outside the credential scope could extend the lifetime of a signing key.
  if (Number.isNaN(signedMs) || !time.startsWith(credential.date)) throw signatureError(credential.service, 'mismatch')
  if (expiresSeconds === undefined) {
    if (Math.abs(nowMs - signedMs) > allowedSkewMs) throw signatureError(credential.service, 'skewed')
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

const messages = {
  unknownKey: 'The security token included in the request is invalid.',
  mismatch:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  skewed: 'The difference between the request time and the current time is too large.',
}

const s3Codes = { unknownKey: 'InvalidAccessKeyId', mismatch: 'SignatureDoesNotMatch', skewed: 'RequestTimeTooSkewed' }
const otherCodes = {
  unknownKey: 'UnrecognizedClientException',
  mismatch: 'InvalidSignatureException',
  skewed: 'InvalidSignatureException',
}

/** S3 has other codes for the same errors. */
const signatureError = (service: string, problem: keyof typeof messages): AwsError =>
  service === 's3'
    ? new AwsError(s3Codes[problem], messages[problem], { statusCode: 403 })
    : new AwsError(otherCodes[problem], messages[problem])

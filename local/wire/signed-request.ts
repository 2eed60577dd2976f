import { AwsError } from './aws-error.ts'
import type { SignedParts } from './canonical-request.ts'
import type { WireRequest } from './service.ts'
import { algorithm, parseCredential, type Credential } from './signing-key.ts'

/** The signature of a request, from the Authorization header or (presigned URLs of S3) from the query. */
export interface Signed extends SignedParts {
  readonly credential: Credential
  /** `YYYYMMDDTHHMMSSZ` */
  readonly time: string
  readonly signature: string
  readonly sessionToken: string | undefined
  /** The lifetime of a presigned URL; a signature in a header is valid within the allowed clock skew. */
  readonly expiresSeconds?: number
}

export function readSignature(request: WireRequest): Signed | undefined {
  const header = request.headers['authorization']
  if (header?.startsWith(algorithm)) return fromHeader(header, request)
  if (request.query.has('X-Amz-Signature')) return fromQuery(request)
  return undefined
}

function fromHeader(header: string, request: WireRequest): Signed {
  const fields = Object.fromEntries(
    header
      .slice(algorithm.length)
      .split(',')
      .map((field) => field.trim().split(/=(.*)/s, 2) as [string, string]),
  )
  const credential = parseCredential(fields.Credential)
  const time = request.headers['x-amz-date']
  if (!credential || !fields.SignedHeaders || !fields.Signature || !time) {
    throw new AwsError(
      'IncompleteSignatureException',
      `The Authorization header is incomplete: ${header.replace(/Signature=\S+/, 'Signature=…')}`,
    )
  }
  return {
    credential,
    time,
    signature: fields.Signature,
    sessionToken: request.headers['x-amz-security-token'],
    service: credential.service,
    signedHeaders: fields.SignedHeaders.split(';'),
    presigned: false,
  }
}

const queryParameters = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
]

const maxLifetimeSeconds = 7 * 86_400

function fromQuery({ query }: WireRequest): Signed {
  if (queryParameters.some((name) => !query.get(name))) {
    const all = queryParameters.join(', ')
    throw badQuery(`Query-string authentication version 4 requires the parameters ${all}.`)
  }
  const value = (name: string) => query.get(name)!
  if (value('X-Amz-Algorithm') !== algorithm) throw badQuery(`X-Amz-Algorithm only supports "${algorithm}"`)
  const credential = parseCredential(value('X-Amz-Credential'))
  if (!credential) {
    throw badQuery(
      'Error parsing the X-Amz-Credential parameter; it needs <key id>/<date>/<region>/<service>/aws4_request.',
    )
  }
  return {
    credential,
    time: value('X-Amz-Date'),
    signature: value('X-Amz-Signature'),
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    service: credential.service,
    signedHeaders: signedHeadersOf(value('X-Amz-SignedHeaders')),
    presigned: true,
    expiresSeconds: parseLifetime(value('X-Amz-Expires')),
  }
}

function parseLifetime(text: string): number {
  if (/^-\d+$/.test(text)) throw badQuery('X-Amz-Expires must be non-negative')
  if (!/^\d+$/.test(text)) throw badQuery('X-Amz-Expires should be a number')
  if (Number(text) > maxLifetimeSeconds) {
    throw badQuery(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${maxLifetimeSeconds} seconds`,
    )
  }
  return Number(text)
}

/** Without the host, a URL would be valid at any endpoint. */
function signedHeadersOf(text: string): string[] {
  const names = text.split(';')
  if (!names.includes('host')) throw badQuery('X-Amz-SignedHeaders must contain host.')
  return names
}

const badQuery = (message: string) => new AwsError('AuthorizationQueryParametersError', message)

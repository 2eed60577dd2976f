import { systemClock, type Clock } from '../clock.ts'
import type { Secret } from '../iam/keys.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import type { WireRequest } from './service.ts'
import type { Authenticate } from './server.ts'
import { canonicalHash } from './canonical-request.ts'
import { signatureErrors } from './signature-errors.ts'
import { readSignature, type Signed } from './signed-request.ts'
import { algorithm, equal, scope, SigningKeys } from './signing-key.ts'

/** The access keys that requests can be signed with. */
export interface Keys {
  secretOf(accessKeyId: string): Secret | undefined
  principalOf(accessKeyId: string): Principal | undefined
}

const allowedSkewMs = 5 * 60_000

/** Authenticates requests by AWS Signature Version 4; one without a signature is anonymous. */
export function createAuthenticate(keys: Keys, clock: Clock = systemClock): Authenticate {
  const signingKeys = new SigningKeys()
  return (request) => {
    const signed = readSignature(request)
    if (!signed) return { kind: 'anonymous' }
    const errors = signatureErrors(signed.credential.service)
    const { accessKeyId } = signed.credential
    const secret = keys.secretOf(accessKeyId)
    const principal = keys.principalOf(accessKeyId)
    if (!secret || !principal || (secret.sessionToken ?? '') !== (signed.sessionToken ?? ''))
      throw errors.unknownKey(accessKeyId)
    checkTime(signed, clock.now())
    if (signed.service === 's3') requireSignedHeaders(request, signed)
    const stringToSign = [algorithm, signed.time, scope(signed.credential), canonicalHash(request, signed)].join('\n')
    const expected = signingKeys.sign(secret.secretAccessKey, signed.credential, stringToSign)
    if (!equal(expected, signed.signature)) throw errors.wrongSignature()
    return principal
  }
}

function checkTime(signed: Signed, nowMs: number): void {
  const errors = signatureErrors(signed.credential.service)
  const iso = signed.time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const signedMs = Date.parse(iso)
  // A date outside the credential scope could extend the lifetime of a signing key.
  if (Number.isNaN(signedMs) || !signed.time.startsWith(signed.credential.date)) throw errors.wrongSignature()
  if (signed.expiresSeconds === undefined) {
    if (Math.abs(nowMs - signedMs) > allowedSkewMs) throw errors.skewed(signed.time, nowMs)
  } else if (nowMs > signedMs + signed.expiresSeconds * 1000 || signedMs > nowMs + allowedSkewMs) {
    throw new AwsError('AccessDenied', 'Request has expired', {
      statusCode: 403,
      members: {
        'X-Amz-Expires': signed.expiresSeconds,
        Expires: new Date(signedMs + signed.expiresSeconds * 1000).toISOString(),
        ServerTime: new Date(nowMs).toISOString(),
      },
    })
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

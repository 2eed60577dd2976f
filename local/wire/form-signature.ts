import type { Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import { algorithm, equal, parseCredential, sign } from './signature.ts'
import { signatureError, type Keys } from './sigv4.ts'

/** Returns the principal that signed the policy of a form. @throws AwsError when the signature does not match */
export type FormAuthenticate = (fields: ReadonlyMap<string, string>) => Principal

/**
 * Authenticates form uploads. The signature covers only the policy, which restricts the form's fields.
 * Field names are in lower case; a form without policy and signature is anonymous.
 */
export function createFormAuthenticate(keys: Keys): FormAuthenticate {
  return (fields) => {
    const signed = ['policy', ...signatureFields].some((name) => fields.has(name))
    if (!signed) return { kind: 'anonymous' }
    const field = (name: string) => fields.get(name) ?? missing(name)
    const policy = field('policy')
    if (fields.has('awsaccesskeyid') || field('x-amz-algorithm') !== algorithm) throw unsupportedMechanism()
    const credential = parseCredential(field('x-amz-credential'))
    // A date outside the credential scope could extend the lifetime of a signing key.
    if (credential?.service !== 's3' || !field('x-amz-date').startsWith(credential.date)) throw malformedCredential()
    const secret = keys.secretOf(credential.accessKeyId)
    const principal = keys.principalOf(credential.accessKeyId)
    if (!secret || !principal) throw signatureError('s3', 'unknownKey')
    if ((secret.sessionToken ?? '') !== (fields.get('x-amz-security-token') ?? '')) throw invalidToken()
    if (!equal(sign(secret.secretAccessKey, credential, policy), field('x-amz-signature')))
      throw signatureError('s3', 'mismatch')
    return principal
  }
}

const signatureFields = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature', 'awsaccesskeyid']

/** Also thrown by the upload itself when the field `key` is missing. */
export const missing = (name: string): never => {
  throw new AwsError(
    'InvalidArgument',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { members: { ArgumentName: name } },
  )
}

const unsupportedMechanism = () =>
  new AwsError(
    'InvalidRequest',
    `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
  )

const malformedCredential = () =>
  new AwsError(
    'InvalidArgument',
    'The credential is malformed; it needs <access key id>/<date>/<region>/s3/aws4_request and the date of X-Amz-Date.',
  )

const invalidToken = () => new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.')

import { AwsError } from './aws-error.ts'

interface SignatureErrors {
  unknownKey(accessKeyId: string): AwsError
  wrongSignature(): AwsError
  skewed(signedTime: string, nowMs: number): AwsError
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

const forbidden = { statusCode: 403 }

/** Services of different protocols have different codes for the same errors. */
export function signatureErrors(service: string): SignatureErrors {
  switch (service) {
    case 's3':
      return s3Errors
    case 'sts':
      return queryErrors
    default:
      return jsonErrors
  }
}

const s3Errors: SignatureErrors = {
  unknownKey: () =>
    new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', forbidden),
  wrongSignature: () => new AwsError('SignatureDoesNotMatch', mismatch, forbidden),
  skewed: () =>
    new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      forbidden,
    ),
}

const expired = (signedTime: string, nowMs: number) =>
  `Signature expired or not yet current: ${signedTime} is more than 5 min. from ${new Date(nowMs).toISOString()}`

const queryErrors: SignatureErrors = {
  unknownKey: () =>
    new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', forbidden),
  wrongSignature: () => new AwsError('SignatureDoesNotMatch', mismatch, forbidden),
  skewed: (signedTime, nowMs) => new AwsError('SignatureDoesNotMatch', expired(signedTime, nowMs), forbidden),
}

const jsonErrors: SignatureErrors = {
  unknownKey: () =>
    new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  wrongSignature: () => new AwsError('InvalidSignatureException', mismatch),
  skewed: (signedTime, nowMs) => new AwsError('InvalidSignatureException', expired(signedTime, nowMs)),
}

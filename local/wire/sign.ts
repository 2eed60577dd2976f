import { canonicalHash } from './canonical-request.ts'
import type { WireRequest } from './service.ts'
import { algorithm, scope, SigningKeys, type Credential } from './signing-key.ts'

interface SigningIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

const signingKeys = new SigningKeys()

/** @returns the headers of Signature Version 4 for a request; the signature covers all of `request.headers`, which include `host` */
export function signatureHeaders(
  request: WireRequest,
  service: string,
  options: { identity: SigningIdentity; nowMs: number },
): Record<string, string> {
  const { accessKeyId, secretAccessKey, region } = options.identity
  const time = new Date(options.nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const credential: Credential = { accessKeyId, date: time.slice(0, 8), region, service }
  const headers = { ...request.headers, 'x-amz-date': time }
  const signedHeaders = Object.keys(headers).toSorted()
  const hash = canonicalHash({ ...request, headers }, { service, signedHeaders, presigned: false })
  const signature = signingKeys.sign(secretAccessKey, credential, [algorithm, time, scope(credential), hash].join('\n'))
  const fields = [
    `Credential=${accessKeyId}/${scope(credential)}`,
    `SignedHeaders=${signedHeaders.join(';')}`,
    `Signature=${signature}`,
  ]
  return { 'x-amz-date': time, authorization: `${algorithm} ${fields.join(', ')}` }
}

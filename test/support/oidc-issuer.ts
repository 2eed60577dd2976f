import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'
import { listening } from './listening.ts'

interface SigningKey {
  readonly id: string
  readonly algorithm: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

/** An OpenID Connect issuer on a free port. */
export interface OidcIssuer {
  readonly url: string
  /** The number of requests for each path. */
  readonly requests: Map<string, number>
  /** Responds to every request with 503. */
  broken: boolean
  /** The issuer in its configuration. @default its URL */
  claimedIssuer: string
  /** Replaces the key for signing, and publishes the new key. */
  rotate(id: string, algorithm?: string): Promise<void>
  /** A token with these claims, signed with the current key. Undefined claims are omitted. */
  token(claims: JWTPayload): Promise<string>
  stop(): Promise<void>
}

/** @param keyId of its first key; issuers of one test file with the same key id have the same key */
export async function startOidcIssuer(keyId = 'key-1'): Promise<OidcIssuer> {
  let key = await keyOf(keyId, 'RS256')
  const requests = new Map<string, number>()
  const server = createServer((request, response) => {
    const path = request.url!
    requests.set(path, (requests.get(path) ?? 0) + 1)
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: issuer.claimedIssuer, jwks_uri: `${url}/keys` },
      '/keys': { keys: [key.publicJwk] },
    }
    response.statusCode = issuer.broken ? 503 : path in documents ? 200 : 404
    response.setHeader('content-type', 'application/json')
    response.end(issuer.broken ? '{}' : JSON.stringify(documents[path] ?? {}))
  })
  const { url, stop } = await listening(server)

  const issuer: OidcIssuer = {
    url,
    requests,
    broken: false,
    claimedIssuer: url,
    async rotate(id, algorithm = 'RS256') {
      key = await keyOf(id, algorithm)
    },
    async token(claims) {
      return new SignJWT(claims).setProtectedHeader({ alg: key.algorithm, kid: key.id }).sign(key.privateKey)
    },
    stop,
  }
  return issuer
}

/** Generated once, since generating an RSA key takes longer than a test. */
const keys = new Map<string, Promise<SigningKey>>()

function keyOf(id: string, algorithm: string): Promise<SigningKey> {
  const name = `${id} ${algorithm}`
  const key = keys.get(name) ?? createKey(id, algorithm)
  keys.set(name, key)
  return key
}

async function createKey(id: string, algorithm: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  return {
    id,
    algorithm,
    privateKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' },
  }
}

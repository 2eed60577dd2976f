import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import type { State } from '../state/state.ts'
import type { Pages } from '../wire/service.ts'

/** The scope that allows an access token to manage its own user. */
export const selfServiceScope = 'aws.cognito.signin.user.admin'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  /** The public key, as in the JWKS. */
  readonly jwk: JWK
}

/** Reads the RSA key of a pool, or creates it. It is persisted so that tokens remain valid across a restart. */
export async function signingKeyOf(state: State, poolId: string): Promise<SigningKey> {
  state.define('CREATE TABLE IF NOT EXISTS cognito_signing_keys (pool_id TEXT PRIMARY KEY, private_jwk TEXT NOT NULL)')
  const sql = 'SELECT private_jwk FROM cognito_signing_keys WHERE pool_id = ?'
  const stored = state.get<{ private_jwk: string }>(sql, poolId)
  const privateJwk: JWK = stored
    ? JSON.parse(stored.private_jwk)
    : await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey)
  if (!stored) state.run('INSERT INTO cognito_signing_keys VALUES (?, ?)', poolId, JSON.stringify(privateJwk))
  const kid = await calculateJwkThumbprint(privateJwk)
  const { kty, n, e } = privateJwk
  const privateKey = (await importJWK(privateJwk, 'RS256')) as CryptoKey
  return { kid, privateKey, jwk: { kty, n, e, kid, alg: 'RS256', use: 'sig' } }
}

const path = /^\/([\w-]+_[A-Za-z0-9]+)\/\.well-known\/(openid-configuration|jwks\.json)$/

/** Publishes each pool's keys under its issuer, where JWT authorizers expect them. */
export const wellKnown = (pools: ReadonlyMap<string, { issuer: string; signingKey: SigningKey }>): Pages => ({
  claims: (request) => path.test(request.path),
  handle(request) {
    const [, poolId, document] = path.exec(request.path)!
    const pool = pools.get(poolId!)
    if (!pool) return { status: 404, body: 'User pool not found.' }
    const body = document === 'jwks.json' ? { keys: [pool.signingKey.jwk] } : discovery(pool.issuer)
    const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' }
    return { status: 200, headers, body: JSON.stringify(body) }
  },
})

const discovery = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['code', 'token'],
  scopes_supported: ['openid', 'email', selfServiceScope],
  subject_types_supported: ['public'],
})

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import type { State } from '../state/state.ts'
import type { Pages } from '../wire/service.ts'
import type { PoolRegistry } from './pool.ts'

/** The scope that allows an access token to manage its own user. */
export const selfServiceScope = 'aws.cognito.signin.user.admin'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  /** The public key, as in the JWKS. */
  readonly jwk: JWK
}

/** One RSA key for each pool, persisted so that tokens remain valid across a restart. */
export class SigningKeys {
  readonly #state: State
  readonly #keys = new Map<string, SigningKey>()

  constructor(state: State) {
    this.#state = state
    state.define(
      'CREATE TABLE IF NOT EXISTS cognito_signing_keys (pool_id TEXT PRIMARY KEY, private_jwk TEXT NOT NULL)',
    )
  }

  /** Reads the pool's key, or creates it. */
  async ensure(poolId: string): Promise<void> {
    const stored = this.#state.get<{ private_jwk: string }>(
      'SELECT private_jwk FROM cognito_signing_keys WHERE pool_id = ?',
      poolId,
    )
    const privateJwk = stored ? (JSON.parse(stored.private_jwk) as JWK) : await this.#create(poolId)
    const kid = await calculateJwkThumbprint(privateJwk)
    const { kty, n, e } = privateJwk
    const privateKey = (await importJWK(privateJwk, 'RS256')) as CryptoKey
    this.#keys.set(poolId, { kid, privateKey, jwk: { kty, n, e, kid, alg: 'RS256', use: 'sig' } })
  }

  /** @throws Error unless {@link ensure} was called for the pool */
  of(poolId: string): SigningKey {
    const key = this.#keys.get(poolId)
    if (!key) throw new Error(`The pool ${poolId} has no signing key.`)
    return key
  }

  async #create(poolId: string): Promise<JWK> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    const jwk = await exportJWK(privateKey)
    this.#state.run('INSERT INTO cognito_signing_keys VALUES (?, ?)', poolId, JSON.stringify(jwk))
    return jwk
  }
}

const path = /^\/([\w-]+_[A-Za-z0-9]+)\/\.well-known\/(openid-configuration|jwks\.json)$/

/** Publishes each pool's keys under its issuer, where JWT authorizers expect them. */
export const wellKnown = (pools: PoolRegistry, keys: SigningKeys): Pages => ({
  claims: (request) => path.test(request.path),
  handle(request) {
    const [, poolId, document] = path.exec(request.path)!
    const pool = pools.find(poolId!)
    if (!pool) return { status: 404, body: 'User pool not found.' }
    const body = document === 'jwks.json' ? { keys: [keys.of(pool.poolId).jwk] } : discovery(pool.issuer)
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

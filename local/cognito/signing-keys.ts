import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import type { State } from '../state/state.ts'

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

import type { RestService } from '../wire/service.ts'
import type { PoolRegistry } from './pool.ts'
import { selfServiceScope } from './tokens.ts'
import type { SigningKeys } from './signing-keys.ts'

const path = /^\/([\w-]+_[A-Za-z0-9]+)\/\.well-known\/(openid-configuration|jwks\.json)$/

/** Publishes each pool's keys under its issuer, where JWT authorizers expect them. */
export const wellKnown = (pools: PoolRegistry, keys: SigningKeys): RestService => ({
  claims: (request) => path.test(request.path),
  handle(request) {
    const [, poolId, document] = path.exec(request.path) ?? []
    const pool = pools.pools().find((candidate) => candidate.poolId === poolId)
    if (!pool)
      return {
        status: 404,
        headers: { 'content-type': 'application/json' },
        body: '{"message":"User pool not found."}',
      }
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

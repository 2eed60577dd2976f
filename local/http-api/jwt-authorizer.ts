import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import type { Clock } from '../clock.ts'
import type { JwtAuthorizerConfiguration } from './model.ts'

type JwtOutcome =
  | {
      readonly outcome: 'authorized'
      readonly claims: Readonly<Record<string, string>>
      readonly scopes: readonly string[] | null
    }
  | { readonly outcome: 'unauthorized'; readonly description: string }
  | { readonly outcome: 'forbidden' }

type Claims = Readonly<Record<string, unknown>>

/** How long API Gateway keeps an issuer's keys. */
const keysLifetimeMs = 2 * 60 * 60 * 1000
/** A token with an unknown key makes the keys be read again, but not more often than this. */
const keysCooldownMs = 30_000
const issuerTimeoutMs = 5_000

/**
 * Checks tokens as "Control access to HTTP APIs with JWT authorizers" of the API Gateway developer guide lists it.
 * One instance serves all authorizers, and keeps the keys of each issuer.
 */
export class JwtAuthorizer {
  readonly #clock: Clock
  readonly #keys = new Map<string, { keySet: JSONWebKeySet; readAtMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param scopes what the route asks for; one of them is enough, and none asks for nothing */
  async authorize(
    configuration: JwtAuthorizerConfiguration,
    identity: string,
    scopes: readonly string[],
  ): Promise<JwtOutcome> {
    const token = identity.replace(/^Bearer /i, '')
    const verified = await this.#verify(configuration.issuer, token)
    if ('refused' in verified) return { outcome: 'unauthorized', description: verified.refused }
    const description = refusedClaim(verified.claims, configuration, this.#clock.now() / 1000)
    if (description) return { outcome: 'unauthorized', description }
    const granted = scopesOf(verified.claims).filter((scope) => scopes.includes(scope))
    if (scopes.length > 0 && granted.length === 0) return { outcome: 'forbidden' }
    const claims = Object.fromEntries(Object.entries(verified.claims).map(([name, value]) => [name, asText(value)]))
    return { outcome: 'authorized', claims, scopes: scopes.length > 0 ? granted : null }
  }

  async #verify(issuer: string, token: string): Promise<{ claims: Claims } | { refused: string }> {
    const header = headerOf(token)
    if (!header) return { refused: 'the token is malformed' }
    if (header.alg === undefined || !/^RS(256|384|512)$/.test(header.alg))
      return { refused: `signing method ${header.alg} is invalid` }
    if (header.kid === undefined) return { refused: 'the token has no key id' }
    const keySet = await this.#keysOf(issuer, header.kid)
    if (!keySet) return { refused: 'the keys of the issuer cannot be read' }
    const known = keySet.keys.some((key) => key.kid === header.kid)
    if (!known) return { refused: `signing key "${header.kid.replaceAll(/[^\w.=-]/g, '')}" is unknown` }
    try {
      const { payload } = await compactVerify(token, createLocalJWKSet(keySet))
      const claims: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
      return typeof claims === 'object' && claims !== null
        ? { claims: claims as Claims }
        : { refused: 'the token is malformed' }
    } catch {
      // jose and JSON.parse throw for nothing but bad tokens here.
      return { refused: 'the signature of the token is invalid' }
    }
  }

  async #keysOf(issuer: string, keyId: string): Promise<JSONWebKeySet | undefined> {
    const kept = this.#keys.get(issuer)
    const ageMs = kept ? this.#clock.now() - kept.readAtMs : Infinity
    const fits = kept?.keySet.keys.some((key) => key.kid === keyId) ?? false
    if (kept && ageMs < (fits ? keysLifetimeMs : keysCooldownMs)) return kept.keySet
    const keySet = await readKeys(issuer)
    if (keySet) this.#keys.set(issuer, { keySet, readAtMs: this.#clock.now() })
    return keySet ?? kept?.keySet
  }
}

function headerOf(token: string): { alg?: string; kid?: string } | undefined {
  try {
    return decodeProtectedHeader(token)
  } catch {
    // Thrown for whatever is no token; the caller refuses it.
    return undefined
  }
}

/** @returns undefined when the issuer does not answer as OpenID Connect discovery demands: to API Gateway a refused token */
async function readKeys(issuer: string): Promise<JSONWebKeySet | undefined> {
  const discovery = await readJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  if (typeof discovery?.['jwks_uri'] !== 'string') return undefined
  const keySet = await readJson(discovery['jwks_uri'])
  return Array.isArray(keySet?.['keys']) ? (keySet as unknown as JSONWebKeySet) : undefined
}

async function readJson(url: string): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(issuerTimeoutMs) })
    return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined
  } catch {
    // An unreachable issuer is an answer here: the gateway refuses the token and tries again with the next.
    return undefined
  }
}

/** @returns what `www-authenticate` says of the first claim that does not hold */
function refusedClaim(
  claims: Claims,
  configuration: JwtAuthorizerConfiguration,
  nowSeconds: number,
): string | undefined {
  const { exp, nbf, iat, aud, client_id: clientId, iss } = claims
  if (iss !== configuration.issuer) return 'the token does not have a valid issuer'
  if (typeof exp !== 'number' || exp <= nowSeconds) return 'the token has expired'
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > nowSeconds)) return 'the token is not valid yet'
  if (iat !== undefined && (typeof iat !== 'number' || iat > nowSeconds))
    return 'the token is used before it was issued'
  // client_id counts only where aud is absent: access tokens of user pools have no audience.
  const audiences = aud === undefined ? [clientId] : [aud].flat()
  const fits = audiences.some((audience) => typeof audience === 'string' && configuration.audience.includes(audience))
  return fits ? undefined : 'the token does not have a valid audience'
}

function scopesOf({ scope, scp }: Claims): string[] {
  const value = scope ?? scp
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? value.split(' ') : []
}

/** Claims reach functions as strings only: lists as `[a b]`, objects as `map[key:value]`. */
function asText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asText).join(' ')}]`
  if (typeof value === 'object' && value !== null) {
    return `map[${Object.entries(value)
      .map(([key, member]) => `${key}:${asText(member)}`)
      .join(' ')}]`
  }
  return String(value)
}

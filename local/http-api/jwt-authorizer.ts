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

/** How many tokens of an issuer are kept, so that the signature of a customer's token is not verified for each request. */
const verifiedTokens = 1000

interface IssuerKeys {
  readonly keySet: JSONWebKeySet
  /** Keeps the imported keys, so that they are not imported again for each request. */
  readonly find: ReturnType<typeof createLocalJWKSet>
  /** The claims of tokens that one of the keys has signed; the time limits of a token are checked for each request. */
  readonly verified: Map<string, Claims>
  readonly readAtMs: number
}

/** How long API Gateway caches the keys of an issuer. */
const keysLifetimeMs = 2 * 60 * 60 * 1000
/** The shortest time between two reads of the keys because of a token with an unknown key id. */
const keysCooldownMs = 30_000
const issuerTimeoutMs = 5_000

/**
 * Validates tokens. Source: "Control access to HTTP APIs with JWT authorizers" in the API Gateway developer guide.
 * One instance serves all authorizers and caches the keys of each issuer.
 */
export class JwtAuthorizer {
  readonly #clock: Clock
  readonly #keys = new Map<string, IssuerKeys>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param scopes of the route: the token needs at least one of them, unless the list is empty */
  async authorize(
    configuration: JwtAuthorizerConfiguration,
    identity: string,
    scopes: readonly string[],
  ): Promise<JwtOutcome> {
    const token = identity.replace(/^Bearer /i, '')
    const verified = await this.#verify(configuration.issuer, token)
    if ('problem' in verified) return { outcome: 'unauthorized', description: verified.problem }
    const description = claimProblem(verified.claims, configuration, this.#clock.now() / 1000)
    if (description) return { outcome: 'unauthorized', description }
    const granted = scopesOf(verified.claims).filter((scope) => scopes.includes(scope))
    if (scopes.length > 0 && granted.length === 0) return { outcome: 'forbidden' }
    const claims = Object.fromEntries(Object.entries(verified.claims).map(([name, value]) => [name, asText(value)]))
    return { outcome: 'authorized', claims, scopes: scopes.length > 0 ? granted : null }
  }

  async #verify(issuer: string, token: string): Promise<{ claims: Claims } | { problem: string }> {
    const header = headerOf(token)
    if (!header) return { problem: 'the token is malformed' }
    const { alg, kid } = header
    if (typeof alg !== 'string' || !/^RS(256|384|512)$/.test(alg))
      return { problem: `signing method ${printable(alg)} is invalid` }
    if (typeof kid !== 'string') return { problem: 'the token has no key id' }
    const keys = await this.#keysOf(issuer, kid)
    if (!keys) return { problem: 'the keys of the issuer cannot be read' }
    const known = keys.keySet.keys.some((key) => key.kid === kid)
    if (!known) return { problem: `signing key "${printable(kid)}" is unknown` }
    const verified = keys.verified.get(token)
    if (verified) return { claims: verified }
    try {
      const { payload } = await compactVerify(token, keys.find)
      const claims: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
      if (typeof claims !== 'object' || claims === null) return { problem: 'the token is malformed' }
      if (keys.verified.size >= verifiedTokens) keys.verified.clear()
      keys.verified.set(token, claims as Claims)
      return { claims: claims as Claims }
    } catch {
      // jose and JSON.parse only throw for invalid tokens here.
      return { problem: 'the signature of the token is invalid' }
    }
  }

  async #keysOf(issuer: string, keyId: string): Promise<IssuerKeys | undefined> {
    const cached = this.#keys.get(issuer)
    const ageMs = cached ? this.#clock.now() - cached.readAtMs : Infinity
    const matches = cached?.keySet.keys.some((key) => key.kid === keyId) ?? false
    if (cached && ageMs < (matches ? keysLifetimeMs : keysCooldownMs)) return cached
    const keySet = await readKeys(issuer)
    if (!keySet) return cached
    const keys = { keySet, find: createLocalJWKSet(keySet), verified: new Map(), readAtMs: this.#clock.now() }
    this.#keys.set(issuer, keys)
    return keys
  }
}

/** The part of a client's value that a response header may contain. */
const printable = (value: unknown) => String(JSON.stringify(value)).replaceAll(/[^\w.=-]/g, '')

/** The client chose the members, so they can have any type. */
function headerOf(token: string): { readonly [member: string]: unknown } | undefined {
  try {
    return decodeProtectedHeader(token)
  } catch {
    // Thrown for malformed tokens, which the caller rejects.
    return undefined
  }
}

/** @returns undefined when the issuer has no valid discovery document or keys; API Gateway denies the token then */
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
    // With an unreachable issuer the gateway denies the token, and reads the keys again for the next one.
    return undefined
  }
}

/** @returns the `error_description` for the first invalid claim */
function claimProblem(
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
  // client_id is only checked without aud: access tokens of user pools have no audience.
  const audiences = aud === undefined ? [clientId] : [aud].flat()
  const matches = audiences.some(
    (audience) => typeof audience === 'string' && configuration.audience.includes(audience),
  )
  return matches ? undefined : 'the token does not have a valid audience'
}

function scopesOf({ scope, scp }: Claims): string[] {
  const value = scope ?? scp
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? value.split(' ') : []
}

/** Claims are passed to functions as strings: lists as `[a b]`, objects as `map[key:value]`. */
function asText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asText).join(' ')}]`
  if (typeof value === 'object' && value !== null) {
    return `map[${Object.entries(value)
      .map(([key, member]) => `${key}:${asText(member)}`)
      .join(' ')}]`
  }
  return String(value)
}

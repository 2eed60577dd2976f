import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../clock.ts'
import { Rejection, type Authorizer } from './model.ts'

const issuerTimeoutMs = 5_000
/** How long API Gateway caches the keys of an issuer. */
const keysLifetimeMs = 2 * 60 * 60 * 1000
const rememberedTokens = 1000

interface Configuration {
  readonly header: string
  readonly issuer: string
  readonly audience: readonly string[]
}

/** Validates tokens. Source: "Control access to HTTP APIs with JWT authorizers" in the API Gateway developer guide. */
export function jwtAuthorizer(configuration: Configuration, clock: Clock): Authorizer {
  let keys: JWTVerifyGetKey | undefined
  // Verifying a signature takes longer than all else that happens here, and a client sends its token with every request.
  const verified = new Map<string, JWTPayload>()
  const claimsOf = async (token: string): Promise<JWTPayload> => {
    const nowMs = clock.now()
    const known = verified.get(token)
    if (known && nowMs < known.exp! * 1000) return known
    keys ??= createRemoteJWKSet(await keysUrlOf(configuration.issuer), {
      timeoutDuration: issuerTimeoutMs,
      cacheMaxAge: keysLifetimeMs,
    })
    const claims = await verify(token, keys, configuration, nowMs)
    if (verified.size >= rememberedTokens) verified.clear()
    verified.set(token, claims)
    return claims
  }
  return async ({ match: { route }, request }) => {
    const identity = request.headers[configuration.header]
    if (!identity) throw unauthorized('Bearer')
    let claims: JWTPayload
    try {
      claims = await claimsOf(identity.replace(/^Bearer /i, ''))
    } catch (error) {
      const description = (error as Error).message.replaceAll(/[^ !#-~]/g, "'")
      throw unauthorized(`Bearer error="invalid_token" error_description="${description}"`)
    }
    const texts = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, asText(value)]))
    if (!route.scopes?.length) return { jwt: { claims: texts, scopes: null } }
    // "scope or scp": text with spaces, or a list.
    const scopes = [claims['scope'] ?? claims['scp'] ?? []]
      .flat()
      .flatMap((each) => String(each).split(' '))
      .filter((scope) => route.scopes!.includes(scope))
    if (scopes.length > 0) return { jwt: { claims: texts, scopes } }
    const challenge = `Bearer scope="${route.scopes.join(' ')}" error="insufficient_scope"`
    throw new Rejection(403, 'Forbidden', { headers: { 'www-authenticate': challenge } })
  }
}

const unauthorized = (challenge: string) =>
  new Rejection(401, 'Unauthorized', { headers: { 'www-authenticate': challenge } })

/** @throws Error for an issuer without a discovery document; API Gateway denies its tokens, and tries again with the next one */
async function keysUrlOf(issuer: string): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { signal: AbortSignal.timeout(issuerTimeoutMs) })
  const { jwks_uri: keysUrl } = (await response.json()) as { jwks_uri: string }
  return new URL(keysUrl)
}

/** @throws Error that says what is invalid */
async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: Configuration,
  nowMs: number,
): Promise<JWTPayload> {
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer,
    algorithms: ['RS256', 'RS384', 'RS512'],
    requiredClaims: ['exp'],
    currentDate: new Date(nowMs),
  })
  // "The token must have a header claim that matches the key in the jwks_uri that signed the token"; without a key id, the
  // library takes the only key.
  if (typeof protectedHeader.kid !== 'string') throw new Error('the token has no key id')
  const { iat, aud, client_id: clientId } = payload
  if (iat !== undefined && iat > nowMs / 1000) throw new Error('the token is used before it was issued')
  // client_id is only checked without aud: access tokens of user pools have no audience.
  const audiences = aud === undefined ? [clientId] : [aud].flat()
  if (!audiences.some((each) => audience.includes(String(each))))
    throw new Error('the token does not have a valid audience')
  return payload
}

/** Claims are passed to functions as strings, lists as `[a b]`. */
const asText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(asText).join(' ')}]` : typeof value === 'string' ? value : JSON.stringify(value)

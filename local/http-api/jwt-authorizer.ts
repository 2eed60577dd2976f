import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../clock.ts'
import { errorResponse, type Authorizer } from './model.ts'

const issuerTimeoutMs = 5_000
/** How long API Gateway caches the keys of an issuer. */
const keysLifetimeMs = 2 * 60 * 60 * 1000

/** Validates tokens. Source: "Control access to HTTP APIs with JWT authorizers" in the API Gateway developer guide. */
export function jwtAuthorizer(
  { header, issuer, audience }: { header: string; issuer: string; audience: readonly string[] },
  clock: Clock,
): Authorizer {
  let keys: JWTVerifyGetKey | undefined
  return async ({ match: { route }, request }) => {
    const identity = request.headers[header]
    if (!identity) return denied(401, 'Unauthorized', 'Bearer')
    // At least one scope of the route is needed, unless it has none.
    const challenge = (error: string, description: string) =>
      `Bearer scope="${route.scopes.join(' ')}" error="${error}" error_description="${description.replaceAll(/[^ !#-~]/g, "'")}"`
    let claims: JWTPayload
    try {
      keys ??= createRemoteJWKSet(await keysUrlOf(issuer), {
        timeoutDuration: issuerTimeoutMs,
        cacheMaxAge: keysLifetimeMs,
      })
      claims = await verify(identity.replace(/^Bearer /i, ''), keys, { issuer, audience, nowMs: clock.now() })
    } catch (error) {
      return denied(401, 'Unauthorized', challenge('invalid_token', (error as Error).message))
    }
    const granted = scopesOf(claims).filter((scope) => route.scopes.includes(scope))
    if (route.scopes.length > 0 && granted.length === 0)
      return denied(403, 'Forbidden', challenge('insufficient_scope', 'the token does not have a required scope'))
    const texts = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, asText(value)]))
    return { context: { jwt: { claims: texts, scopes: route.scopes.length > 0 ? granted : null } } }
  }
}

const denied = (status: number, message: string, challenge: string) => ({
  denied: errorResponse(status, message, { headers: { 'www-authenticate': challenge } }),
})

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
  { issuer, audience, nowMs }: { issuer: string; audience: readonly string[]; nowMs: number },
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

function scopesOf({ scope, scp }: JWTPayload): string[] {
  const value = scope ?? scp
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? value.split(' ') : []
}

/** Claims are passed to functions as strings, lists as `[a b]`. */
const asText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(asText).join(' ')}]` : typeof value === 'string' ? value : JSON.stringify(value)

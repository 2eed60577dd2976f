import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose'
import * as z from 'zod'
import { fetchWithRetry } from '#shared/fetch-with-retry.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import type { TokenClaims, TokenVerifier } from '../ports.ts'

/** An OpenID Connect issuer whose tokens are accepted. */
export const Issuer = z.strictObject({
  /** Exactly as in the token's `iss`. */
  issuer: z.url(),
  /** One of these must be the token's `client_id`, or among its `aud`. */
  clientIds: z.array(z.string().min(1)).min(1),
  /** The claim that lists the user's groups: `cognito:groups`. */
  groupsClaim: z.string().min(1),
  /** The user pool behind the issuer, which knows its users as of now. @default another kind of issuer */
  userPoolId: z.string().min(1).optional(),
})
export type Issuer = z.infer<typeof Issuer>

/** The variable ISSUERS: a JSON array of issuers. */
export const IssuersJson = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' })
      return z.NEVER
    }
  })
  .pipe(z.array(Issuer).min(1))

/** For each of the two requests before the first token of an issuer is verified: its configuration, then its keys. */
export const issuerTimeoutMs = 3000

/** How long a key is trusted after its issuer revoked it. */
const keysCachedMs = 60 * 60 * 1000

/** The minimum interval between fetches for unknown key ids, so that invented ids cannot flood the issuer. */
const keyCooldownMs = 30_000

/** Asymmetric algorithms only: an unsigned token, or an HMAC with a public key as the secret, must never be valid. */
const algorithms = ['RS256', 'ES256']

/**
 * Verifies access tokens of several issuers. Each issuer's configuration and keys are fetched once and cached; an unknown
 * key id fetches the keys again.
 */
export function oidcTokens(issuers: readonly Issuer[]): TokenVerifier {
  const keysOf = keyCache()
  return {
    async verify(token) {
      const issuer = issuerOf(token, issuers)
      if (!issuer) return failed('not a token of a configured issuer')
      try {
        const keys = await keysOf(issuer.issuer)
        const { payload } = await jwtVerify(token, keys, {
          issuer: issuer.issuer,
          algorithms,
          requiredClaims: ['exp', 'sub'],
        })
        return checkClaims(payload, issuer)
      } catch (error) {
        if (isTokenError(error)) return failed(error.code)
        throw error
      }
    },
  }
}

function issuerOf(token: string, issuers: readonly Issuer[]): Issuer | undefined {
  try {
    const { iss } = decodeJwt(token)
    return issuers.find(({ issuer }) => issuer === iss)
  } catch (error) {
    if (error instanceof errors.JWTInvalid) return undefined
    throw error
  }
}

/** A valid signature does not prove that the token was issued to this app's client for calling an API. */
function checkClaims(payload: JWTPayload, issuer: Issuer): Result<TokenClaims, string> {
  const audience = [payload['client_id'], payload.aud].flat()
  if (!audience.some((client) => typeof client === 'string' && issuer.clientIds.includes(client))) {
    return failed('issued to another client')
  }
  // Cognito's claim for the type of token; an ID token identifies a user and grants no access.
  const tokenUse = payload['token_use']
  if (tokenUse !== undefined && tokenUse !== 'access') return failed('not an access token')
  const { userPoolId } = issuer
  const groups = groupsOf(payload[issuer.groupsClaim])
  return ok({ userId: payload.sub!, groups, ...(userPoolId === undefined ? {} : { userPoolId }) })
}

const groupsOf = (claim: unknown): string[] => {
  if (Array.isArray(claim)) return claim.filter((group) => typeof group === 'string')
  return typeof claim === 'string' ? claim.split(/[\s,]+/).filter((group) => group !== '') : []
}

/** Only errors of the token itself reject it; a failure to fetch the issuer's keys is thrown. */
const isTokenError = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JWTExpired ||
  error instanceof errors.JWTClaimValidationFailed ||
  error instanceof errors.JWTInvalid ||
  error instanceof errors.JWSInvalid ||
  error instanceof errors.JWSSignatureVerificationFailed ||
  error instanceof errors.JOSEAlgNotAllowed ||
  error instanceof errors.JOSENotSupported ||
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys

const Configuration = z.object({ issuer: z.string(), jwks_uri: z.url() })

function keyCache() {
  const known = new Map<string, Promise<JWTVerifyGetKey>>()
  return (issuer: string): Promise<JWTVerifyGetKey> => {
    const keys = known.get(issuer) ?? discoverKeys(issuer)
    known.set(issuer, keys)
    // A failed discovery is not cached, so that the next token retries it.
    keys.catch(() => known.delete(issuer))
    return keys
  }
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetchWithRetry(url, { signal: AbortSignal.timeout(issuerTimeoutMs) })
  if (!response.ok) throw new Error(`${url} returned ${response.status}.`)
  const configuration = Configuration.parse(await response.json())
  if (configuration.issuer !== issuer) throw new Error(`${url} is the configuration of ${configuration.issuer}.`)
  return createRemoteJWKSet(new URL(configuration.jwks_uri), {
    timeoutDuration: issuerTimeoutMs,
    cooldownDuration: keyCooldownMs,
    cacheMaxAge: keysCachedMs,
    [customFetch]: fetchWithRetry,
  })
}

import { createRemoteJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import * as z from 'zod'
import type { TokenVerdict, TokenVerifier } from '../ports.ts'
import type { Issuer } from './issuers.ts'

const timeoutMs = 3000

/** A key that its issuer withdrew is trusted no longer than this. */
const keysKeptMs = 60 * 60 * 1000

/** Signatures made with a private key alone: an HMAC or an unsigned token must never pass for one. */
const algorithms = ['RS256', 'ES256']

/**
 * Verifies access tokens of several issuers. Each issuer's configuration and keys are fetched once and kept; a key id
 * that is not among them makes the keys be fetched again, at most once in `keyCooldownMs`.
 */
export function oidcTokens(issuers: readonly Issuer[], { keyCooldownMs = 30_000 } = {}): TokenVerifier {
  const keysOf = keyCache(keyCooldownMs)
  return {
    async verify(token) {
      const issuer = issuerOf(token, issuers)
      if (!issuer) return { ok: false, reason: 'not a token of a configured issuer' }
      try {
        const keys = await keysOf(issuer.issuer)
        const { payload } = await jwtVerify(token, keys, {
          issuer: issuer.issuer,
          algorithms,
          requiredClaims: ['exp', 'sub'],
        })
        return judge(payload, issuer)
      } catch (error) {
        if (isAboutTheToken(error)) return { ok: false, reason: error.code }
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

/** What a right signature does not say: that the token was made for this shop, and to call an API with. */
function judge(payload: JWTPayload, issuer: Issuer): TokenVerdict {
  const audience = [payload['client_id'], payload.aud].flat()
  if (!audience.some((client) => typeof client === 'string' && issuer.clientIds.includes(client))) {
    return { ok: false, reason: 'made for another client' }
  }
  // Cognito tells its kinds of token apart by this claim; an ID token says who somebody is and permits nothing.
  const tokenUse = payload['token_use']
  if (tokenUse !== undefined && tokenUse !== 'access') return { ok: false, reason: 'not an access token' }
  return { ok: true, claims: { userId: payload.sub!, groups: groupsOf(payload[issuer.groupsClaim]) } }
}

const groupsOf = (claim: unknown): string[] => {
  if (Array.isArray(claim)) return claim.filter((group) => typeof group === 'string')
  return typeof claim === 'string' ? claim.split(/[\s,]+/).filter((group) => group !== '') : []
}

/** Errors that the key set has with fetching are not the token's fault: only those of the token itself refuse it. */
const isAboutTheToken = (error: unknown): error is errors.JOSEError =>
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

function keyCache(keyCooldownMs: number) {
  const known = new Map<string, Promise<JWTVerifyGetKey>>()
  return (issuer: string): Promise<JWTVerifyGetKey> => {
    const keys = known.get(issuer) ?? discoverKeys(issuer, keyCooldownMs)
    known.set(issuer, keys)
    // A failed discovery is not kept, so that the next token tries again.
    keys.catch(() => known.delete(issuer))
    return keys
  }
}

async function discoverKeys(issuer: string, keyCooldownMs: number): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`)
  const configuration = Configuration.parse(await response.json())
  if (configuration.issuer !== issuer) throw new Error(`${url} speaks for ${configuration.issuer}, not for itself.`)
  return createRemoteJWKSet(new URL(configuration.jwks_uri), {
    timeoutDuration: timeoutMs,
    cooldownDuration: keyCooldownMs,
    cacheMaxAge: keysKeptMs,
  })
}

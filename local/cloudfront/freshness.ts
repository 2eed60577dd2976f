import type { CachePolicy } from './cache-policy.ts'
import type { EdgeResponse } from './distribution.ts'

type Cacheable = Pick<EdgeResponse, 'status' | 'headers'>

/**
 * How long a response is cached; 0: not at all. Sources: "Manage how long content stays in the cache (expiration)" and "How
 * CloudFront processes HTTP 4xx and 5xx status codes from your origin".
 * @param errorTtlSeconds the error caching minimum TTL of the status, if the distribution sets one
 */
export function ttlSecondsOf(
  response: Cacheable,
  policy: CachePolicy,
  errorTtlSeconds: number | undefined,
  nowMs: number,
): number {
  const stated = statedSeconds(response, nowMs)
  if (response.status >= 400) return errorSecondsOf(response.status, stated, errorTtlSeconds ?? 10)
  if (/\b(no-store|no-cache|private)\b/i.test(response.headers['cache-control'] ?? '')) return policy.minTtlSeconds
  if (stated === undefined) return Math.max(policy.minTtlSeconds, policy.defaultTtlSeconds)
  return Math.min(Math.max(policy.minTtlSeconds, stated), policy.maxTtlSeconds)
}

const alwaysCached = [404, 405, 414, 500, 501, 502, 503, 504]
/** "CloudFront only caches the following HTTP 4xx status codes … if your origin returns a `Cache-Control max-age`". */
const cachedWithMaxAge = [400, 403, 412, 415]

/** Other directives have no effect on errors, not even no-store. */
function errorSecondsOf(status: number, stated: number | undefined, minimumSeconds: number): number {
  const isCached = alwaysCached.includes(status) || (cachedWithMaxAge.includes(status) && stated !== undefined)
  return isCached ? Math.max(minimumSeconds, stated ?? 0) : 0
}

/** `s-maxage`, else `max-age`, else `Expires`. */
function statedSeconds({ headers }: Cacheable, nowMs: number): number | undefined {
  const control = headers['cache-control'] ?? ''
  const seconds = (/\bs-maxage=(\d+)/i.exec(control) ?? /\bmax-age=(\d+)/i.exec(control))?.[1]
  if (seconds !== undefined) return Number(seconds)
  const expiresMs = Date.parse(headers['expires'] ?? '')
  return Number.isNaN(expiresMs) ? undefined : Math.max(0, Math.floor((expiresMs - nowMs) / 1000))
}

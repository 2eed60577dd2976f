import { unsupportedMembers } from '../assembly/limitations.ts'
import type { EdgeResponse, ViewerRequest } from './messages.ts'

/** How long responses are cached, by path and, if the policy selects it, by query. */
export interface CachePolicy {
  readonly minTtlSeconds: number
  readonly defaultTtlSeconds: number
  readonly maxTtlSeconds: number
  /** Whether the query is part of the cache key and reaches the origin. */
  readonly withQuery: boolean
}

/** CachingDisabled. */
export const noCaching: CachePolicy = { minTtlSeconds: 0, defaultTtlSeconds: 0, maxTtlSeconds: 0, withQuery: false }

/** Source: "Use managed cache policies". Accept-Encoding is not part of the key, since nothing is compressed. */
export const managedCachePolicies: ReadonlyMap<string, CachePolicy> = new Map([
  [
    '658327ea-f89d-4fab-a63d-7e88639e58f6',
    { minTtlSeconds: 1, defaultTtlSeconds: 86_400, maxTtlSeconds: 31_536_000, withQuery: false },
  ],
  ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', noCaching],
])

type Config = Record<string, any>

const configMembers = ['Name', 'Comment', 'MinTTL', 'DefaultTTL', 'MaxTTL', 'ParametersInCacheKeyAndForwardedToOrigin']

/** @param config `CachePolicyConfig` of a template */
export function readCachePolicy(config: Config): { policy: CachePolicy; limitations: string[] } {
  const parameters: Config = config['ParametersInCacheKeyAndForwardedToOrigin'] ?? {}
  const query: string = parameters['QueryStringsConfig']?.QueryStringBehavior ?? 'none'
  const others = [parameters['HeadersConfig']?.HeaderBehavior, parameters['CookiesConfig']?.CookieBehavior]
  const limitations = unsupportedMembers('CachePolicyConfig', config, configMembers)
  if (!['none', 'all'].includes(query) || others.some((behavior) => (behavior ?? 'none') !== 'none')) {
    limitations.push('CachePolicyConfig: only all queries can be selected, no headers and cookies: nothing is cached.')
    return { policy: noCaching, limitations }
  }
  const policy = {
    minTtlSeconds: Number(config['MinTTL'] ?? 0),
    defaultTtlSeconds: Number(config['DefaultTTL'] ?? 86_400),
    maxTtlSeconds: Number(config['MaxTTL'] ?? 31_536_000),
    withQuery: query === 'all',
  }
  return { policy, limitations }
}

export const cacheKey = ({ withQuery }: CachePolicy, { path, rawQuery }: ViewerRequest): string =>
  withQuery && rawQuery !== '' ? `${path}?${rawQuery}` : path

/**
 * How long a response is cached; 0: not at all. Sources: "Manage how long content stays in the cache (expiration)" and "How
 * CloudFront processes HTTP 4xx and 5xx status codes from your origin".
 * @param errorTtlSeconds the error caching minimum TTL of the status, if the distribution sets one
 */
export function ttlSecondsOf(
  response: EdgeResponse,
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
function statedSeconds({ headers }: EdgeResponse, nowMs: number): number | undefined {
  const control = headers['cache-control'] ?? ''
  const seconds = (/\bs-maxage=(\d+)/i.exec(control) ?? /\bmax-age=(\d+)/i.exec(control))?.[1]
  if (seconds !== undefined) return Number(seconds)
  const expiresMs = Date.parse(headers['expires'] ?? '')
  return Number.isNaN(expiresMs) ? undefined : Math.max(0, Math.floor((expiresMs - nowMs) / 1000))
}

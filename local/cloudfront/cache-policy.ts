import { unsupportedMembers } from '../assembly/limitations.ts'
import type { ViewerRequest } from './distribution.ts'

/** How long responses are cached, and which values of a request are part of the cache key and reach the origin. */
export interface CachePolicy {
  readonly minTtlSeconds: number
  readonly defaultTtlSeconds: number
  readonly maxTtlSeconds: number
  readonly queries: Selection
  readonly headers: Selection
  readonly cookies: Selection
}

type Selection = (name: string) => boolean

const nothing: Selection = () => false

const ofPathOnly = (minTtlSeconds: number, defaultTtlSeconds: number, maxTtlSeconds: number): CachePolicy => ({
  minTtlSeconds,
  defaultTtlSeconds,
  maxTtlSeconds,
  queries: nothing,
  headers: nothing,
  cookies: nothing,
})

/** Source: "Use managed cache policies". Accept-Encoding is not part of the key, since nothing is compressed. */
export const managedCachePolicies: ReadonlyMap<string, CachePolicy> = new Map([
  ['658327ea-f89d-4fab-a63d-7e88639e58f6', ofPathOnly(1, 86_400, 31_536_000)],
  ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', ofPathOnly(0, 0, 0)],
])

/** CachingDisabled. */
export const noCaching = managedCachePolicies.get('4135ea2d-6df8-44a3-9df3-4b5a84be39ad')!

type Config = Record<string, any>

/** @param config `CachePolicyConfig` of a template */
export function readCachePolicy(config: Config): { policy: CachePolicy; limitations: string[] } {
  const parameters: Config = config['ParametersInCacheKeyAndForwardedToOrigin'] ?? {}
  const { QueryStringsConfig: queries, HeadersConfig: headers, CookiesConfig: cookies } = parameters
  return {
    policy: {
      minTtlSeconds: Number(config['MinTTL'] ?? 0),
      defaultTtlSeconds: Number(config['DefaultTTL'] ?? 86_400),
      maxTtlSeconds: Number(config['MaxTTL'] ?? 31_536_000),
      queries: selection(queries?.QueryStringBehavior, queries?.QueryStrings),
      headers: selection(
        headers?.HeaderBehavior,
        headers?.Headers?.map((name: string) => name.toLowerCase()),
      ),
      cookies: selection(cookies?.CookieBehavior, cookies?.Cookies),
    },
    limitations: unsupportedMembers('CachePolicyConfig', config, [
      'Name',
      'Comment',
      'MinTTL',
      'DefaultTTL',
      'MaxTTL',
      'ParametersInCacheKeyAndForwardedToOrigin',
    ]),
  }
}

function selection(behavior: unknown, names: readonly string[] = []): Selection {
  switch (behavior) {
    case 'all':
      return () => true
    case 'whitelist':
      return (name) => names.includes(name)
    case 'allExcept':
      return (name) => !names.includes(name)
    default:
      return nothing
  }
}

/** The values of a request that a policy selects: the query and cookies still encoded, in their order. */
export function selectedValues(policy: CachePolicy, { rawQuery, headers }: ViewerRequest) {
  return {
    rawQuery: pairs(rawQuery, /&/, policy.queries).join('&'),
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => policy.headers(name))),
    cookie: pairs(headers['cookie'] ?? '', /; */, policy.cookies).join('; '),
  }
}

const pairs = (text: string, separator: RegExp, selects: Selection) =>
  text.split(separator).filter((pair) => pair !== '' && selects(pair.split('=', 1)[0]!))

export const cacheKey = (policy: CachePolicy, request: ViewerRequest): string =>
  JSON.stringify([request.path, selectedValues(policy, request)])

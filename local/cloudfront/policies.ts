import { unsupportedMembers } from '../assembly/limitations.ts'
import type { WireResponse } from '../wire/service.ts'

export type EdgeResponse = WireResponse & { readonly headers: Readonly<Record<string, string>> }

export type Config = Record<string, any>

/** Records a sentence about a part of a template that is not emulated. */
export type Report = (...limitations: string[]) => void

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
export const managedCachePolicies: Readonly<Record<string, CachePolicy>> = {
  '658327ea-f89d-4fab-a63d-7e88639e58f6': {
    minTtlSeconds: 1,
    defaultTtlSeconds: 86_400,
    maxTtlSeconds: 31_536_000,
    withQuery: false,
  },
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': noCaching,
}

const cachePolicyMembers = 'Name Comment MinTTL DefaultTTL MaxTTL ParametersInCacheKeyAndForwardedToOrigin'

/** @param config `CachePolicyConfig` of a template */
export function readCachePolicy(config: Config, report: Report): CachePolicy {
  report(...unsupportedMembers('CachePolicyConfig', config, cachePolicyMembers.split(' ')))
  const parameters: Config = config['ParametersInCacheKeyAndForwardedToOrigin'] ?? {}
  const query: string = parameters['QueryStringsConfig']?.QueryStringBehavior ?? 'none'
  const others = [parameters['HeadersConfig']?.HeaderBehavior, parameters['CookiesConfig']?.CookieBehavior]
  if (!['none', 'all'].includes(query) || others.some((behavior) => (behavior ?? 'none') !== 'none')) {
    report('CachePolicyConfig: only all queries can be selected, no headers and cookies: nothing is cached.')
    return noCaching
  }
  return {
    minTtlSeconds: Number(config['MinTTL'] ?? 0),
    defaultTtlSeconds: Number(config['DefaultTTL'] ?? 86_400),
    maxTtlSeconds: Number(config['MaxTTL'] ?? 31_536_000),
    withQuery: query === 'all',
  }
}

/** A response headers policy; names are in lower case. */
export interface HeadersPolicy {
  readonly removed: readonly string[]
  readonly added: readonly {
    readonly name: string
    readonly value: string
    /** Whether it replaces the origin's header. */
    readonly override: boolean
  }[]
}

const headersPolicyMembers = 'Name Comment SecurityHeadersConfig CustomHeadersConfig RemoveHeadersConfig'

/** The members of `SecurityHeadersConfig`, each with its header and the value. */
const securityHeaders: Readonly<Record<string, readonly [header: string, valueOf: (setting: Config) => string]>> = {
  ContentSecurityPolicy: ['content-security-policy', (setting) => setting['ContentSecurityPolicy']],
  ContentTypeOptions: ['x-content-type-options', () => 'nosniff'],
  FrameOptions: ['x-frame-options', (setting) => setting['FrameOption']],
  ReferrerPolicy: ['referrer-policy', (setting) => setting['ReferrerPolicy']],
  StrictTransportSecurity: [
    'strict-transport-security',
    ({ AccessControlMaxAgeSec: seconds, IncludeSubdomains, Preload }) =>
      `max-age=${seconds}${isTrue(IncludeSubdomains) ? '; includeSubDomains' : ''}${isTrue(Preload) ? '; preload' : ''}`,
  ],
}

/** @param config `ResponseHeadersPolicyConfig` of a template */
export function readHeadersPolicy(config: Config, report: Report): HeadersPolicy {
  const security: [string, Config][] = Object.entries(config['SecurityHeadersConfig'] ?? {})
  const custom: Config[] = config['CustomHeadersConfig']?.Items ?? []
  const removed: Config[] = config['RemoveHeadersConfig']?.Items ?? []
  report(...unsupportedMembers('ResponseHeadersPolicyConfig', config, headersPolicyMembers.split(' ')))
  return {
    removed: removed.map(({ Header }) => String(Header).toLowerCase()),
    added: [
      ...security.flatMap(([name, setting]) => {
        const [header, valueOf] = securityHeaders[name] ?? []
        if (header) return [added(header, valueOf!(setting), setting['Override'])]
        report(`SecurityHeadersConfig: ${name} is not emulated.`)
        return []
      }),
      ...custom.map(({ Header, Value, Override }) => added(Header, Value, Override)),
    ],
  }
}

const added = (name: unknown, value: unknown, override: unknown) => ({
  name: String(name).toLowerCase(),
  value: String(value),
  override: isTrue(override),
})

const isTrue = (value: unknown) => String(value) === 'true'

export function applyHeadersPolicy(
  headers: Readonly<Record<string, string>>,
  policy: HeadersPolicy = { removed: [], added: [] },
): Record<string, string> {
  const applied = { ...headers }
  for (const name of policy.removed) delete applied[name]
  for (const { name, value, override } of policy.added) {
    if (override || applied[name] === undefined) applied[name] = value
  }
  return applied
}

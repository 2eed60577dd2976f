import { unsupportedMembers } from '../assembly/limitations.ts'
import { managedCachePolicies, noCaching, type CachePolicy } from './cache-policy.ts'
import type { EdgeFunction } from './edge-function.ts'
import type { HeadersPolicy } from './headers-policy.ts'

/** The origin of a behavior; any other than these is undefined and reported at start. */
export type Origin =
  | {
      readonly kind: 'bucket'
      /** `/<bucket>`, and a prefix of every request's path. */
      readonly path: string
      /** Whether requests are signed by the distribution; unsigned ones are anonymous to the bucket policy. */
      readonly signed: boolean
    }
  | {
      readonly kind: 'http'
      /** Local URL without a trailing slash; the path of a request follows it. */
      readonly url: string
      /** Added to every request, in the place of the viewer's of the same name; names in lower case. */
      readonly headers: Readonly<Record<string, string>>
    }

export interface Behavior {
  /** Whether it serves this path, which has no query. */
  readonly matches: (path: string) => boolean
  readonly allowedMethods: readonly string[]
  readonly origin: Origin | undefined
  readonly cachePolicy: CachePolicy
  /** Whether the origin gets all headers except `Host`, all cookies and all queries, also those outside of the cache key. */
  readonly forwardsViewer: boolean
  readonly headersPolicy: HeadersPolicy | undefined
  readonly viewerRequest: EdgeFunction | undefined
}

export interface Distribution {
  readonly id: string
  readonly arn: string
  readonly domainName: string
  readonly enabled: boolean
  /** Served for the path `/`; without a slash at the beginning. */
  readonly defaultRootObject: string | undefined
  /** The first that matches serves a request; the last one is the default behavior. */
  readonly behaviors: readonly Behavior[]
  /** The error caching minimum TTL by status; 10 seconds for any other status. */
  readonly errorTtlSeconds: ReadonlyMap<number, number>
}

type Config = Record<string, any>

/** What the templates declare for distributions: policies by id, functions by ARN. */
export interface ReferencedResources {
  readonly headersPolicies: ReadonlyMap<string, HeadersPolicy>
  readonly cachePolicies: ReadonlyMap<string, CachePolicy>
  readonly functions: ReadonlyMap<string, EdgeFunction>
  /** The local URL of a domain of the templates, without a trailing slash. */
  readonly originUrl: (domainName: string) => string | undefined
}

/** Supported, or without effect locally: there is no compression, edge location or TLS, and the API's own timeouts apply. */
const distributionMembers =
  'CacheBehaviors Comment CustomErrorResponses DefaultCacheBehavior DefaultRootObject Enabled HttpVersion IPV6Enabled Origins PriceClass ViewerCertificate'
const behaviorMembers =
  'AllowedMethods CachedMethods CachePolicyId Compress FunctionAssociations OriginRequestPolicyId PathPattern ResponseHeadersPolicyId TargetOriginId ViewerProtocolPolicy'
const originMembers =
  'CustomOriginConfig DomainName Id OriginAccessControlId OriginCustomHeaders OriginPath S3OriginConfig'

/** The managed origin request policy AllViewerExceptHostHeader. Source: "Use managed origin request policies". */
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac'

/**
 * @param config `DistributionConfig` of a template
 * @throws Error when a behavior refers to an origin or a function that does not exist
 */
export function readDistribution(
  identity: Pick<Distribution, 'id' | 'arn' | 'domainName'>,
  config: Config,
  references: ReferencedResources,
): { distribution: Distribution; limitations: string[] } {
  const origins: Config[] = config['Origins'] ?? []
  const declared: Config[] = [...(config['CacheBehaviors'] ?? []), config['DefaultCacheBehavior'] ?? {}]
  const errors: Config[] = config['CustomErrorResponses'] ?? []
  return {
    distribution: {
      ...identity,
      enabled: String(config['Enabled']) === 'true',
      defaultRootObject: config['DefaultRootObject'] || undefined,
      behaviors: declared.map((behavior) => readBehavior(behavior, origins, references)),
      errorTtlSeconds: new Map(
        errors.flatMap(({ ErrorCode, ErrorCachingMinTTL: ttl }) =>
          ttl === undefined ? [] : [[Number(ErrorCode), Number(ttl)] as const],
        ),
      ),
    },
    limitations: [
      ...unsupportedMembers('DistributionConfig', config, distributionMembers.split(' ')),
      ...declared.flatMap((behavior) => behaviorLimitations(behavior, references)),
      ...origins.flatMap((origin) => originLimitations(origin, references)),
      ...errors.flatMap((each) =>
        unsupportedMembers('CustomErrorResponses', each, ['ErrorCode', 'ErrorCachingMinTTL']),
      ),
    ],
  }
}

const nameOf = ({ PathPattern }: Config) =>
  PathPattern === undefined ? 'DefaultCacheBehavior' : `The behavior ${PathPattern}`

function readBehavior(behavior: Config, origins: readonly Config[], references: ReferencedResources): Behavior {
  const target = origins.find(({ Id }) => Id === behavior['TargetOriginId'])
  if (!target) throw new Error(`${nameOf(behavior)}: the distribution has no origin ${behavior['TargetOriginId']}.`)
  return {
    matches: pathMatcher(behavior['PathPattern'] ?? '*'),
    allowedMethods: behavior['AllowedMethods'] ?? ['GET', 'HEAD'],
    origin: readOrigin(target, references),
    cachePolicy: cachePolicyOf(behavior, references) ?? noCaching,
    forwardsViewer: behavior['OriginRequestPolicyId'] === allViewerExceptHost,
    headersPolicy: references.headersPolicies.get(behavior['ResponseHeadersPolicyId']),
    viewerRequest: functionOf(behavior, references),
  }
}

/**
 * Whether a path matches the pattern of a behavior. `*` matches any characters, `?` exactly one; case matters, and the slash at
 * the beginning is optional. Source: "Cache behavior settings", Path pattern.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const wildcards: Readonly<Record<string, string>> = { '*': '.*', '?': '.' }
  const source = [...pattern.replace(/^\//, '')].map(
    (character) => wildcards[character] ?? character.replace(/[\\^$.|+()[\]{}]/, '\\$&'),
  )
  const expression = new RegExp(`^/?${source.join('')}$`, 's')
  return (path) => expression.test(path)
}

/** @throws Error for another event, and when no template declares the function */
function functionOf(behavior: Config, { functions }: ReferencedResources): EdgeFunction | undefined {
  const associations: Config[] = behavior['FunctionAssociations'] ?? []
  const other = associations.find(({ EventType }) => EventType !== 'viewer-request')
  if (other) throw new Error(`${nameOf(behavior)}: functions for the event ${other['EventType']} are not emulated.`)
  const [association] = associations
  if (!association) return undefined
  const found = functions.get(association['FunctionARN'])
  if (!found) throw new Error(`${nameOf(behavior)}: no template declares the function ${association['FunctionARN']}.`)
  return found
}

const cachePolicyOf = ({ CachePolicyId }: Config, { cachePolicies }: ReferencedResources) =>
  managedCachePolicies.get(CachePolicyId) ?? cachePolicies.get(CachePolicyId)

function readOrigin(origin: Config, { originUrl }: ReferencedResources): Origin | undefined {
  const domainName = String(origin['DomainName'])
  const path: string = origin['OriginPath'] ?? ''
  if (origin['CustomOriginConfig']) {
    const url = originUrl(domainName)
    const custom: Config[] = origin['OriginCustomHeaders'] ?? []
    const headers = Object.fromEntries(custom.map((each) => [each['HeaderName'].toLowerCase(), each['HeaderValue']]))
    return url === undefined ? undefined : { kind: 'http', url: `${url}${path}`, headers }
  }
  const bucket = /^(.+)\.s3(?:\.[a-z0-9-]+)?\.amazonaws\.com$/.exec(domainName)?.[1]
  if (bucket === undefined) return undefined
  return { kind: 'bucket', path: `/${bucket}${path}`, signed: origin['OriginAccessControlId'] !== undefined }
}

function originLimitations(origin: Config, references: ReferencedResources): string[] {
  if (!readOrigin(origin, references)) {
    return [
      `The origin ${origin['DomainName']} is neither an S3 bucket nor an HTTP API of the templates: requests to it fail with status 502.`,
    ]
  }
  const identity: string = origin['S3OriginConfig']?.OriginAccessIdentity ?? ''
  return [
    ...unsupportedMembers('Origin', origin, originMembers.split(' ')),
    ...(identity === '' ? [] : ['Origin: OriginAccessIdentity is not emulated; use an origin access control.']),
  ]
}

function behaviorLimitations(behavior: Config, references: ReferencedResources): string[] {
  const { CachePolicyId, OriginRequestPolicyId, ResponseHeadersPolicyId: headersId } = behavior
  const unknown = [
    CachePolicyId !== undefined &&
      !cachePolicyOf(behavior, references) &&
      `The cache policy ${CachePolicyId} is unknown: nothing is cached.`,
    OriginRequestPolicyId !== undefined &&
      OriginRequestPolicyId !== allViewerExceptHost &&
      `The origin request policy ${OriginRequestPolicyId} is unknown: it forwards nothing to the origin.`,
    headersId !== undefined &&
      !references.headersPolicies.has(headersId) &&
      `The response headers policy ${headersId} is unknown: it adds no headers.`,
  ]
  return [
    ...unsupportedMembers(nameOf(behavior), behavior, behaviorMembers.split(' ')),
    ...unknown.filter((message) => message !== false),
  ]
}

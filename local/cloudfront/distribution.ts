import { unsupportedMembers } from '../assembly/limitations.ts'
import { wildcardSource } from '../wildcards.ts'
import type { EdgeFunction } from './edge-function.ts'
import {
  managedCachePolicies,
  noCaching,
  type CachePolicy,
  type Config,
  type HeadersPolicy,
  type Report,
} from './policies.ts'

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
  report: Report,
): Distribution {
  report(...unsupportedMembers('DistributionConfig', config, distributionMembers.split(' ')))
  const declared: Config[] = config['Origins'] ?? []
  const origins = new Map(declared.map((origin) => [origin['Id'], readOrigin(origin, references, report)]))
  const behaviors: Config[] = [...(config['CacheBehaviors'] ?? []), config['DefaultCacheBehavior'] ?? {}]
  const errors: Config[] = config['CustomErrorResponses'] ?? []
  for (const error of errors)
    report(...unsupportedMembers('CustomErrorResponses', error, ['ErrorCode', 'ErrorCachingMinTTL']))
  return {
    ...identity,
    enabled: String(config['Enabled']) === 'true',
    defaultRootObject: config['DefaultRootObject'] || undefined,
    behaviors: behaviors.map((behavior) => readBehavior(behavior, origins, references, report)),
    errorTtlSeconds: new Map(
      errors.map(({ ErrorCode, ErrorCachingMinTTL: seconds = 10 }) => [Number(ErrorCode), Number(seconds)]),
    ),
  }
}

/** @returns undefined for an origin that is not emulated */
function readOrigin(origin: Config, { originUrl }: ReferencedResources, report: Report): Origin | undefined {
  report(...unsupportedMembers('Origin', origin, originMembers.split(' ')))
  if (origin['S3OriginConfig']?.OriginAccessIdentity)
    report('Origin: OriginAccessIdentity is not emulated; use an origin access control.')
  const domainName = String(origin['DomainName'])
  const path: string = origin['OriginPath'] ?? ''
  const bucket = /^(.+)\.s3(?:\.[a-z0-9-]+)?\.amazonaws\.com$/.exec(domainName)?.[1]
  const url = originUrl(domainName)
  if (origin['CustomOriginConfig'] && url !== undefined) {
    const custom: Config[] = origin['OriginCustomHeaders'] ?? []
    const headers = Object.fromEntries(custom.map((each) => [each['HeaderName'].toLowerCase(), each['HeaderValue']]))
    return { kind: 'http', url: `${url}${path}`, headers }
  }
  if (!origin['CustomOriginConfig'] && bucket !== undefined)
    return { kind: 'bucket', path: `/${bucket}${path}`, signed: origin['OriginAccessControlId'] !== undefined }
  report(
    `The origin ${domainName} is neither an S3 bucket nor an HTTP API of the templates: requests to it fail with status 502.`,
  )
  return undefined
}

function readBehavior(
  behavior: Config,
  origins: ReadonlyMap<string, Origin | undefined>,
  { headersPolicies, cachePolicies, functions }: ReferencedResources,
  report: Report,
): Behavior {
  const {
    PathPattern: pattern,
    TargetOriginId,
    CachePolicyId,
    OriginRequestPolicyId,
    ResponseHeadersPolicyId,
  } = behavior
  const name = pattern === undefined ? 'DefaultCacheBehavior' : `The behavior ${pattern}`
  report(...unsupportedMembers(name, behavior, behaviorMembers.split(' ')))
  if (!origins.has(TargetOriginId)) throw new Error(`${name}: the distribution has no origin ${TargetOriginId}.`)
  const cachePolicy = managedCachePolicies[CachePolicyId] ?? cachePolicies.get(CachePolicyId)
  if (CachePolicyId !== undefined && !cachePolicy)
    report(`The cache policy ${CachePolicyId} is unknown: nothing is cached.`)
  const forwardsViewer = OriginRequestPolicyId === allViewerExceptHost
  if (OriginRequestPolicyId !== undefined && !forwardsViewer)
    report(`The origin request policy ${OriginRequestPolicyId} is unknown: it forwards nothing to the origin.`)
  const headersPolicy = headersPolicies.get(ResponseHeadersPolicyId)
  if (ResponseHeadersPolicyId !== undefined && !headersPolicy)
    report(`The response headers policy ${ResponseHeadersPolicyId} is unknown: it adds no headers.`)
  let viewerRequest: EdgeFunction | undefined
  for (const { EventType, FunctionARN } of (behavior['FunctionAssociations'] ?? []) as Config[]) {
    if (EventType !== 'viewer-request')
      throw new Error(`${name}: functions for the event ${EventType} are not emulated.`)
    viewerRequest = functions.get(FunctionARN)
    if (!viewerRequest) throw new Error(`${name}: no template declares the function ${FunctionARN}.`)
  }
  return {
    matches: pathMatcher(pattern ?? '*'),
    allowedMethods: behavior['AllowedMethods'] ?? ['GET', 'HEAD'],
    origin: origins.get(TargetOriginId),
    cachePolicy: cachePolicy ?? noCaching,
    forwardsViewer,
    headersPolicy,
    viewerRequest,
  }
}

/**
 * Whether a path matches the pattern of a behavior. `*` matches any characters, `?` exactly one; case matters, and the slash at
 * the beginning is optional. Source: "Cache behavior settings", Path pattern.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^/?${wildcardSource(pattern.replace(/^\//, ''))}$`, 's')
  return (path) => expression.test(path)
}

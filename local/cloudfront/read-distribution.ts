import { unsupportedMembers } from '../assembly/limitations.ts'
import { managedCachePolicies, noCaching, type CachePolicy } from './cache-policy.ts'
import { bucketOf, type Behavior, type Distribution, type Origin } from './distribution.ts'
import type { EdgeFunction } from './edge-function.ts'
import type { HeadersPolicy } from './headers-policy.ts'

type Config = Record<string, any>

/** Looks up what a distribution references. */
export interface ReferencedResources {
  /** The policies with this id; undefined when no template declares it. */
  headersPolicy(id: string): HeadersPolicy | undefined
  cachePolicy(id: string): CachePolicy | undefined
  /** The function with this ARN. */
  edgeFunction(arn: string): EdgeFunction | undefined
  /** Whether the access control with this id signs requests; undefined when no template declares it. */
  signs(id: string): boolean | undefined
  /** The local URL of a domain of the templates, without a trailing slash. */
  originUrl(domainName: string): string | undefined
}

/** Settings without effect locally: there is no compression, edge location or TLS. */
const ignoredDistributionMembers = ['Comment', 'PriceClass', 'HttpVersion', 'IPV6Enabled', 'ViewerCertificate']
const ignoredBehaviorMembers = ['ViewerProtocolPolicy', 'Compress', 'CachedMethods']

const distributionMembers = [
  ...ignoredDistributionMembers,
  'CacheBehaviors',
  'CustomErrorResponses',
  'DefaultCacheBehavior',
  'DefaultRootObject',
  'Enabled',
  'Origins',
]
const behaviorMembers = [
  ...ignoredBehaviorMembers,
  'AllowedMethods',
  'CachePolicyId',
  'FunctionAssociations',
  'OriginRequestPolicyId',
  'PathPattern',
  'ResponseHeadersPolicyId',
  'TargetOriginId',
]
const bucketMembers = ['Id', 'DomainName', 'OriginPath', 'OriginAccessControlId', 'S3OriginConfig']
/** The local API is reached without TLS, and its own timeouts apply. */
const httpMembers = ['Id', 'DomainName', 'OriginPath', 'CustomOriginConfig', 'OriginCustomHeaders']

/** The managed origin request policy AllViewerExceptHostHeader. Source: "Use managed origin request policies". */
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac'

/**
 * @param config `DistributionConfig` of a template
 * @throws Error when the target of a behavior is not an origin of the distribution
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
      ...unsupportedMembers('DistributionConfig', config, distributionMembers),
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
    pathPattern: behavior['PathPattern'] ?? '*',
    allowedMethods: behavior['AllowedMethods'] ?? ['GET', 'HEAD'],
    origin: readOrigin(target, references),
    cachePolicy: cachePolicyOf(behavior, references) ?? noCaching,
    forwardsViewer: behavior['OriginRequestPolicyId'] === allViewerExceptHost,
    headersPolicy: references.headersPolicy(behavior['ResponseHeadersPolicyId']),
    viewerRequest: functionFor('viewer-request', behavior, references),
    viewerResponse: functionFor('viewer-response', behavior, references),
  }
}

/** @throws Error when no template declares the function */
function functionFor(eventType: string, behavior: Config, references: ReferencedResources): EdgeFunction | undefined {
  const associations: Config[] = behavior['FunctionAssociations'] ?? []
  const association = associations.find(({ EventType }) => EventType === eventType)
  if (!association) return undefined
  const found = references.edgeFunction(association['FunctionARN'])
  if (!found) throw new Error(`${nameOf(behavior)}: no template declares the function ${association['FunctionARN']}.`)
  return found
}

const cachePolicyOf = ({ CachePolicyId }: Config, references: ReferencedResources) =>
  managedCachePolicies.get(CachePolicyId) ?? references.cachePolicy(CachePolicyId)

function readOrigin(origin: Config, references: ReferencedResources): Origin {
  const domainName = String(origin['DomainName'])
  const path: string = origin['OriginPath'] ?? ''
  if (origin['CustomOriginConfig']) {
    const url = references.originUrl(domainName)
    const custom: Config[] = origin['OriginCustomHeaders'] ?? []
    const headers = Object.fromEntries(custom.map((each) => [each['HeaderName'].toLowerCase(), each['HeaderValue']]))
    return url === undefined ? { kind: 'not-emulated' } : { kind: 'http', url: `${url}${path}`, headers }
  }
  const bucket = bucketOf(domainName)
  if (bucket === undefined) return { kind: 'not-emulated' }
  const accessControl: string | undefined = origin['OriginAccessControlId']
  return {
    kind: 'bucket',
    bucket,
    path,
    signed: accessControl !== undefined && references.signs(accessControl) === true,
  }
}

function originLimitations(origin: Config, references: ReferencedResources): string[] {
  const { kind } = readOrigin(origin, references)
  if (kind === 'not-emulated') {
    return [
      `The origin ${origin['DomainName']} is neither an S3 bucket nor an HTTP API of the templates: requests to it fail with status 502.`,
    ]
  }
  if (kind === 'http') return unsupportedMembers('Origin', origin, httpMembers)
  const identity: string = origin['S3OriginConfig']?.OriginAccessIdentity ?? ''
  const accessControl: string | undefined = origin['OriginAccessControlId']
  return [
    ...unsupportedMembers('Origin', origin, bucketMembers),
    ...(identity === '' ? [] : ['Origin: OriginAccessIdentity is not emulated; use an origin access control.']),
    ...(accessControl === undefined || references.signs(accessControl) !== undefined
      ? []
      : [`Origin: no template declares the access control ${accessControl}: requests are not signed.`]),
  ]
}

function behaviorLimitations(behavior: Config, references: ReferencedResources): string[] {
  const { CachePolicyId, OriginRequestPolicyId, ResponseHeadersPolicyId } = behavior
  const cachePolicyKnown = CachePolicyId === undefined || cachePolicyOf(behavior, references)
  const requestPolicyKnown = OriginRequestPolicyId === undefined || OriginRequestPolicyId === allViewerExceptHost
  const headersPolicyKnown = ResponseHeadersPolicyId === undefined || references.headersPolicy(ResponseHeadersPolicyId)
  return [
    ...unsupportedMembers(nameOf(behavior), behavior, behaviorMembers),
    ...(cachePolicyKnown ? [] : [`The cache policy ${CachePolicyId} is unknown: nothing is cached.`]),
    ...(requestPolicyKnown
      ? []
      : [`The origin request policy ${OriginRequestPolicyId} is unknown: it forwards nothing to the origin.`]),
    ...(headersPolicyKnown
      ? []
      : [`The response headers policy ${ResponseHeadersPolicyId} is unknown: it adds no headers.`]),
  ]
}

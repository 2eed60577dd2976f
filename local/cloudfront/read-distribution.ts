import { bucketOf, type Distribution, type Origin } from './distribution.ts'
import type { HeadersPolicy } from './headers-policy.ts'
import { unsupportedMembers } from '../assembly/limitations.ts'

type Config = Record<string, any>

/** Looks up the CloudFront resources that a distribution references. */
export interface ReferencedResources {
  /** The policy with this id; undefined when no template declares it. */
  headersPolicy(id: string): HeadersPolicy | undefined
  /** Whether the access control with this id signs requests; undefined when no template declares it. */
  signs(id: string): boolean | undefined
}

/** Settings without effect locally: there is no cache, compression, edge location or TLS. */
const ignoredDistributionMembers = ['Comment', 'PriceClass', 'HttpVersion', 'IPV6Enabled', 'ViewerCertificate']
const ignoredBehaviorMembers = ['ViewerProtocolPolicy', 'Compress', 'CachedMethods']

const distributionMembers = [...ignoredDistributionMembers, 'Enabled', 'Origins', 'DefaultCacheBehavior']
const behaviorMembers = [
  ...ignoredBehaviorMembers,
  'AllowedMethods',
  'TargetOriginId',
  'CachePolicyId',
  'ResponseHeadersPolicyId',
]
const originMembers = ['Id', 'DomainName', 'OriginPath', 'OriginAccessControlId', 'S3OriginConfig']

/** Managed cache policies that forward neither queries nor headers to the origin: CachingOptimized and CachingDisabled. */
const plainCachePolicies = ['658327ea-f89d-4fab-a63d-7e88639e58f6', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad']

/**
 * @param config `DistributionConfig` of a template
 * @throws Error when the default behavior's target is not an origin of the distribution
 */
export function readDistribution(
  identity: Pick<Distribution, 'id' | 'arn' | 'domainName'>,
  config: Config,
  references: ReferencedResources,
): { distribution: Distribution; limitations: string[] } {
  const behavior: Config = config['DefaultCacheBehavior'] ?? {}
  const origins: Config[] = config['Origins'] ?? []
  const target = origins.find(({ Id }) => Id === behavior['TargetOriginId'])
  if (!target) throw new Error(`DefaultCacheBehavior: the distribution has no origin ${behavior['TargetOriginId']}.`)
  const policyId: string | undefined = behavior['ResponseHeadersPolicyId']
  return {
    distribution: {
      ...identity,
      enabled: String(config['Enabled']) === 'true',
      allowedMethods: behavior['AllowedMethods'] ?? ['GET', 'HEAD'],
      origin: readOrigin(target, references),
      headersPolicy: policyId === undefined ? undefined : references.headersPolicy(policyId),
    },
    limitations: [
      ...unsupportedMembers('DistributionConfig', config, distributionMembers),
      ...unsupportedMembers('DefaultCacheBehavior', behavior, behaviorMembers),
      ...origins.flatMap((origin) => originLimitations(origin, references)),
      ...policyLimitations(behavior, references),
    ],
  }
}

function readOrigin(origin: Config, references: ReferencedResources): Origin {
  const bucket = bucketOf(String(origin['DomainName']))
  if (bucket === undefined || origin['CustomOriginConfig']) return { kind: 'not-emulated' }
  const accessControl: string | undefined = origin['OriginAccessControlId']
  return {
    kind: 'bucket',
    bucket,
    path: origin['OriginPath'] ?? '',
    signed: accessControl !== undefined && references.signs(accessControl) === true,
  }
}

function originLimitations(origin: Config, references: ReferencedResources): string[] {
  if (readOrigin(origin, references).kind === 'not-emulated') {
    return [`The origin ${origin['DomainName']} is not an S3 bucket: requests to it fail with status 502.`]
  }
  const identity: string = origin['S3OriginConfig']?.OriginAccessIdentity ?? ''
  const accessControl: string | undefined = origin['OriginAccessControlId']
  return [
    ...unsupportedMembers('Origin', origin, originMembers),
    ...(identity === '' ? [] : ['Origin: OriginAccessIdentity is not emulated; use an origin access control.']),
    ...(accessControl === undefined || references.signs(accessControl) !== undefined
      ? []
      : [`Origin: no template declares the access control ${accessControl}: requests are not signed.`]),
  ]
}

function policyLimitations(
  { CachePolicyId, ResponseHeadersPolicyId }: Config,
  references: ReferencedResources,
): string[] {
  const cachePolicyKnown = CachePolicyId === undefined || plainCachePolicies.includes(CachePolicyId)
  const headersPolicyKnown = ResponseHeadersPolicyId === undefined || references.headersPolicy(ResponseHeadersPolicyId)
  return [
    ...(cachePolicyKnown
      ? []
      : [`The cache policy ${CachePolicyId} is unknown: no query or header is forwarded to the origin.`]),
    ...(headersPolicyKnown
      ? []
      : [`The response headers policy ${ResponseHeadersPolicyId} is unknown: it adds no headers.`]),
  ]
}

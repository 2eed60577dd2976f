import { bucketOf, type Distribution, type Origin } from './distribution.ts'
import type { HeadersPolicy } from './headers-policy.ts'
import { membersBeyond } from '../assembly/members-beyond.ts'

type Config = Record<string, any>

/** What a distribution names of other resources of its kind. */
export interface Named {
  /** The policy of an id; undefined when no template made it. */
  headersPolicy(id: string): HeadersPolicy | undefined
  /** Whether the access control of an id signs requests; undefined when no template made it. */
  signs(id: string): boolean | undefined
}

/** Settings without effect here: answers are neither cached nor compressed, and there is one place and no TLS. */
const ofDistributionIgnored = ['Comment', 'PriceClass', 'HttpVersion', 'IPV6Enabled', 'ViewerCertificate']
const ofBehaviorIgnored = ['ViewerProtocolPolicy', 'Compress', 'CachedMethods']

const ofDistribution = [...ofDistributionIgnored, 'Enabled', 'Origins', 'DefaultCacheBehavior']
const ofBehavior = [
  ...ofBehaviorIgnored,
  'AllowedMethods',
  'TargetOriginId',
  'CachePolicyId',
  'ResponseHeadersPolicyId',
]
const ofOrigin = ['Id', 'DomainName', 'OriginPath', 'OriginAccessControlId', 'S3OriginConfig']

/** AWS's own policies that hand neither queries nor headers to the origin: CachingOptimized and CachingDisabled. */
const plainCachePolicies = ['658327ea-f89d-4fab-a63d-7e88639e58f6', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad']

/**
 * @param config `DistributionConfig` of a template
 * @throws Error when the default behaviour names no origin of the distribution
 */
export function readDistribution(
  identity: Pick<Distribution, 'id' | 'arn' | 'domainName'>,
  config: Config,
  named: Named,
): { distribution: Distribution; limitations: string[] } {
  const behavior: Config = config['DefaultCacheBehavior'] ?? {}
  const origins: Config[] = config['Origins'] ?? []
  const target = origins.find(({ Id }) => Id === behavior['TargetOriginId'])
  if (!target)
    throw new Error(`DefaultCacheBehavior names the origin ${behavior['TargetOriginId']}, which is not there.`)
  const policyId: string | undefined = behavior['ResponseHeadersPolicyId']
  return {
    distribution: {
      ...identity,
      enabled: String(config['Enabled']) === 'true',
      allowedMethods: behavior['AllowedMethods'] ?? ['GET', 'HEAD'],
      origin: readOrigin(target, named),
      headersPolicy: policyId === undefined ? undefined : named.headersPolicy(policyId),
    },
    limitations: [
      ...membersBeyond('DistributionConfig', config, ofDistribution),
      ...membersBeyond('DefaultCacheBehavior', behavior, ofBehavior),
      ...origins.flatMap((origin) => originLimitations(origin, named)),
      ...policyLimitations(behavior, named),
    ],
  }
}

function readOrigin(origin: Config, named: Named): Origin {
  const bucket = bucketOf(String(origin['DomainName']))
  if (bucket === undefined || origin['CustomOriginConfig']) return { kind: 'not-emulated' }
  const accessControl: string | undefined = origin['OriginAccessControlId']
  return {
    kind: 'bucket',
    bucket,
    path: origin['OriginPath'] ?? '',
    signed: accessControl !== undefined && named.signs(accessControl) === true,
  }
}

function originLimitations(origin: Config, named: Named): string[] {
  if (readOrigin(origin, named).kind === 'not-emulated') {
    return [`The origin ${origin['DomainName']} is no bucket's: requests to it are answered with 502.`]
  }
  const identity: string = origin['S3OriginConfig']?.OriginAccessIdentity ?? ''
  const accessControl: string | undefined = origin['OriginAccessControlId']
  return [
    ...membersBeyond('Origin', origin, ofOrigin),
    ...(identity === '' ? [] : ['Origin: OriginAccessIdentity is not emulated, an origin access control is.']),
    ...(accessControl === undefined || named.signs(accessControl) !== undefined
      ? []
      : [`Origin: no template makes the access control ${accessControl}: requests are not signed.`]),
  ]
}

function policyLimitations({ CachePolicyId, ResponseHeadersPolicyId }: Config, named: Named): string[] {
  const cachePolicyKnown = CachePolicyId === undefined || plainCachePolicies.includes(CachePolicyId)
  const headersPolicyKnown = ResponseHeadersPolicyId === undefined || named.headersPolicy(ResponseHeadersPolicyId)
  return [
    ...(cachePolicyKnown
      ? []
      : [`The cache policy ${CachePolicyId} is not known: no query and no header reaches the origin.`]),
    ...(headersPolicyKnown
      ? []
      : [`The response headers policy ${ResponseHeadersPolicyId} is not known: it adds no headers.`]),
  ]
}

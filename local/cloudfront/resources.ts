import { createHash } from 'node:crypto'
import { unsupportedMembers } from '../assembly/limitations.ts'
import { accountId, partition, type ResourceProvider } from '../assembly/provider.ts'
import { readCachePolicy, type CachePolicy } from './cache-policy.ts'
import { readDistribution, type Distribution, type ReferencedResources } from './distribution.ts'
import { readEdgeFunction, type EdgeFunction } from './edge-function.ts'
import { readHeadersPolicy, type HeadersPolicy } from './headers-policy.ts'

/**
 * @param publish starts serving a distribution and returns its local URL, without a trailing slash
 * @param originUrl the local URL of a domain of the templates
 */
export function cloudFrontProviders(
  publish: (distribution: Distribution) => Promise<string>,
  originUrl: ReferencedResources['originUrl'],
): ResourceProvider[] {
  const headersPolicies = new Map<string, HeadersPolicy>()
  const cachePolicies = new Map<string, CachePolicy>()
  const functions = new Map<string, EdgeFunction>()
  return [
    distributionProvider({ headersPolicies, cachePolicies, functions, originUrl }, publish),
    accessControlProvider,
    functionProvider(functions),
    policyProvider('ResponseHeadersPolicy', headersPolicies, readHeadersPolicy),
    policyProvider('CachePolicy', cachePolicies, readCachePolicy),
  ]
}

function distributionProvider(
  references: ReferencedResources,
  publish: (distribution: Distribution) => Promise<string>,
): ResourceProvider {
  return {
    type: 'AWS::CloudFront::Distribution',
    supported: ['DistributionConfig'],
    ignored: { Tags: 'tags have no effect locally' },
    async create({ properties, generatedName }) {
      const id = `E${idFrom(generatedName).toUpperCase()}`
      const arn = `arn:${partition}:cloudfront::${accountId}:distribution/${id}`
      const domainName = `d${idFrom(generatedName)}.cloudfront.net`
      const config = properties['DistributionConfig'] ?? {}
      const { distribution, limitations } = readDistribution({ id, arn, domainName }, config, references)
      const hosts = { [domainName]: await publish(distribution) }
      return { ref: id, attributes: { Id: id, DomainName: domainName }, hosts, limitations }
    },
  }
}

/** An origin that names one is signed. */
const accessControlProvider: ResourceProvider = {
  type: 'AWS::CloudFront::OriginAccessControl',
  supported: ['OriginAccessControlConfig'],
  create({ properties, generatedName, logicalId }) {
    const config: Record<string, unknown> = properties['OriginAccessControlConfig'] ?? {}
    if (config['SigningBehavior'] !== 'always')
      throw new Error(`${logicalId}: only the SigningBehavior always is emulated.`)
    const id = `E${idFrom(generatedName).toUpperCase()}`
    const known = ['Name', 'Description', 'OriginAccessControlOriginType', 'SigningBehavior', 'SigningProtocol']
    const limitations = unsupportedMembers('OriginAccessControlConfig', config, known)
    return { ref: id, attributes: { Id: id }, limitations }
  },
}

function functionProvider(functions: Map<string, EdgeFunction>): ResourceProvider {
  return {
    type: 'AWS::CloudFront::Function',
    supported: ['Name', 'FunctionCode', 'FunctionConfig'],
    ignored: { AutoPublish: 'code is live as soon as it is declared', Tags: 'tags have no effect locally' },
    create({ properties, generatedName }) {
      const name = String(properties['Name'] ?? generatedName)
      const arn = `arn:${partition}:cloudfront::${accountId}:function/${name}`
      const { edgeFunction, limitations } = readEdgeFunction(name, properties)
      functions.set(arn, edgeFunction)
      const attributes = { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' }
      return { ref: arn, attributes, limitations }
    },
  }
}

/** Stores the policy that `read` finds in the property `<name>Config`, by its id. */
function policyProvider<Policy>(
  name: string,
  policies: Map<string, Policy>,
  read: (config: Record<string, any>) => { policy: Policy; limitations: string[] },
): ResourceProvider {
  return {
    type: `AWS::CloudFront::${name}`,
    supported: [`${name}Config`],
    create({ properties, generatedName }) {
      const id = idFrom(generatedName)
      const { policy, limitations } = read(properties[`${name}Config`] ?? {})
      policies.set(id, policy)
      return { ref: id, attributes: { Id: id }, limitations }
    },
  }
}

/** Resembles AWS's ids and is stable across starts. */
const idFrom = (generatedName: string) => createHash('sha256').update(generatedName).digest('hex').slice(0, 13)

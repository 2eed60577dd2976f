import { unsupportedMembers } from '../assembly/limitations.ts'
import { accountId, idOf, partition, type ResourceProvider } from '../assembly/provider.ts'
import { readDistribution, type Distribution, type ReferencedResources } from './distribution.ts'
import { EdgeFunction } from './edge-function.ts'
import {
  readCachePolicy,
  readHeadersPolicy,
  type CachePolicy,
  type Config,
  type HeadersPolicy,
  type Report,
} from './policies.ts'

const arnOf = (resource: string) => `arn:${partition}:cloudfront::${accountId}:${resource}`

/** Source: "Differences between CloudFront Functions and Lambda@Edge". */
const functionLimitBytes = 10 * 1024

const accessControlMembers = 'Name Description OriginAccessControlOriginType SigningBehavior SigningProtocol'

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
    {
      type: 'AWS::CloudFront::Distribution',
      supported: ['DistributionConfig'],
      async create(resource) {
        const limitations: string[] = []
        const id = `E${idOf(resource, 13).toUpperCase()}`
        const domainName = `d${idOf(resource, 13)}.cloudfront.net`
        const distribution = readDistribution(
          { id, arn: arnOf(`distribution/${id}`), domainName },
          resource.properties['DistributionConfig'] ?? {},
          { headersPolicies, cachePolicies, functions, originUrl },
          (...messages) => limitations.push(...messages),
        )
        const hosts = { [domainName]: await publish(distribution) }
        return { ref: id, attributes: { Id: id, DomainName: domainName }, hosts, limitations }
      },
    },
    {
      // An origin that names one is signed.
      type: 'AWS::CloudFront::OriginAccessControl',
      supported: ['OriginAccessControlConfig'],
      create(resource) {
        const config: Config = resource.properties['OriginAccessControlConfig'] ?? {}
        if (config['SigningBehavior'] !== 'always')
          throw new Error(`${resource.logicalId}: only the SigningBehavior always is emulated.`)
        const id = `E${idOf(resource, 13).toUpperCase()}`
        const limitations = unsupportedMembers('OriginAccessControlConfig', config, accessControlMembers.split(' '))
        return { ref: id, attributes: { Id: id }, uniqueName: config['Name'], limitations }
      },
    },
    {
      type: 'AWS::CloudFront::Function',
      supported: ['Name', 'FunctionCode', 'FunctionConfig'],
      ignored: { AutoPublish: 'code is live as soon as it is declared' },
      create({ properties, generatedName }) {
        const name = String(properties['Name'] ?? generatedName)
        const config: Config = properties['FunctionConfig'] ?? {}
        if (config['Runtime'] !== 'cloudfront-js-2.0')
          throw new Error(`The runtime ${config['Runtime']} is not emulated.`)
        const code = String(properties['FunctionCode'])
        if (Buffer.byteLength(code) > functionLimitBytes) throw new Error(`${name} has more than 10 KB of code.`)
        const arn = arnOf(`function/${name}`)
        functions.set(arn, new EdgeFunction(name, code))
        const attributes = { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' }
        return {
          ref: arn,
          attributes,
          uniqueName: name,
          limitations: unsupportedMembers('FunctionConfig', config, ['Comment', 'Runtime']),
        }
      },
    },
    policyProvider('ResponseHeadersPolicy', headersPolicies, readHeadersPolicy),
    policyProvider('CachePolicy', cachePolicies, readCachePolicy),
  ]
}

/** Stores the policy that `read` finds in the property `<name>Config`, by its id. */
const policyProvider = <Policy>(
  name: string,
  policies: Map<string, Policy>,
  read: (config: Config, report: Report) => Policy,
): ResourceProvider => ({
  type: `AWS::CloudFront::${name}`,
  supported: [`${name}Config`],
  create(resource) {
    const id = idOf(resource, 13)
    const limitations: string[] = []
    const config: Config = resource.properties[`${name}Config`] ?? {}
    policies.set(
      id,
      read(config, (...messages) => limitations.push(...messages)),
    )
    return { ref: id, attributes: { Id: id }, uniqueName: config['Name'], limitations }
  },
})

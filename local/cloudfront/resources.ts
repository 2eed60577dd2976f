import { createHash } from 'node:crypto'
import { accountId, partition, type ResourceProvider } from '../assembly/provider.ts'
import type { Distribution } from './distribution.ts'
import { readHeadersPolicy, type HeadersPolicy } from './headers-policy.ts'
import { unsupportedMembers } from '../assembly/limitations.ts'
import { readDistribution, type ReferencedResources } from './read-distribution.ts'

/** @param publish starts serving a distribution and returns its local URL, without a trailing slash */
export function cloudFrontProviders(publish: (distribution: Distribution) => string): ResourceProvider[] {
  const headersPolicies = new Map<string, HeadersPolicy>()
  const signing = new Map<string, boolean>()
  const references: ReferencedResources = {
    headersPolicy: (id: string) => headersPolicies.get(id),
    signs: (id: string) => signing.get(id),
  }
  return [
    distributionProvider(references, publish),
    accessControlProvider(signing),
    headersPolicyProvider(headersPolicies),
  ]
}

function distributionProvider(
  references: ReferencedResources,
  publish: (distribution: Distribution) => string,
): ResourceProvider {
  return {
    type: 'AWS::CloudFront::Distribution',
    supported: ['DistributionConfig'],
    ignored: { Tags: 'tags have no effect locally' },
    create({ properties, generatedName }) {
      const id = `E${idFrom(generatedName).toUpperCase()}`
      const identity = {
        id,
        arn: `arn:${partition}:cloudfront::${accountId}:distribution/${id}`,
        domainName: `d${idFrom(generatedName)}.cloudfront.net`,
      }
      const { distribution, limitations } = readDistribution(
        identity,
        properties['DistributionConfig'] ?? {},
        references,
      )
      const { domainName } = identity
      return {
        ref: id,
        attributes: { Id: id, DomainName: domainName },
        hosts: { [domainName]: publish(distribution) },
        limitations,
      }
    },
  }
}

function accessControlProvider(signing: Map<string, boolean>): ResourceProvider {
  return {
    type: 'AWS::CloudFront::OriginAccessControl',
    supported: ['OriginAccessControlConfig'],
    create({ properties, generatedName }) {
      const config: Record<string, unknown> = properties['OriginAccessControlConfig'] ?? {}
      const id = `E${idFrom(generatedName).toUpperCase()}`
      signing.set(id, config['SigningBehavior'] !== 'never')
      const known = ['Name', 'Description', 'OriginAccessControlOriginType', 'SigningBehavior', 'SigningProtocol']
      return {
        ref: id,
        attributes: { Id: id },
        limitations: unsupportedMembers('OriginAccessControlConfig', config, known),
      }
    },
  }
}

function headersPolicyProvider(policies: Map<string, HeadersPolicy>): ResourceProvider {
  return {
    type: 'AWS::CloudFront::ResponseHeadersPolicy',
    supported: ['ResponseHeadersPolicyConfig'],
    create({ properties, generatedName }) {
      const id = idFrom(generatedName)
      const { policy, limitations } = readHeadersPolicy(properties['ResponseHeadersPolicyConfig'] ?? {})
      policies.set(id, policy)
      return { ref: id, attributes: { Id: id }, limitations }
    },
  }
}

/** Resembles AWS's ids and is stable across starts. */
const idFrom = (generatedName: string) => createHash('sha256').update(generatedName).digest('hex').slice(0, 13)

import { createHash } from 'node:crypto'
import { accountId, partition, type ResourceProvider } from '../assembly/provider.ts'
import type { Distribution } from './distribution.ts'
import { readHeadersPolicy, type HeadersPolicy } from './headers-policy.ts'
import { membersBeyond } from '../assembly/members-beyond.ts'
import { readDistribution } from './read-distribution.ts'

/** @param publish makes a distribution answer. @returns its URL here, without a slash at its end */
export function cloudFrontProviders(publish: (distribution: Distribution) => string): ResourceProvider[] {
  const headersPolicies = new Map<string, HeadersPolicy>()
  const signing = new Map<string, boolean>()
  const named = {
    headersPolicy: (id: string) => headersPolicies.get(id),
    signs: (id: string) => signing.get(id),
  }
  return [distributionProvider(named, publish), accessControlProvider(signing), headersPolicyProvider(headersPolicies)]
}

function distributionProvider(
  named: Parameters<typeof readDistribution>[2],
  publish: (distribution: Distribution) => string,
): ResourceProvider {
  return {
    type: 'AWS::CloudFront::Distribution',
    honoured: ['DistributionConfig'],
    ignored: { Tags: 'nothing local reads tags' },
    create({ properties, generatedName }) {
      const id = `E${idFrom(generatedName).toUpperCase()}`
      const identity = {
        id,
        arn: `arn:${partition}:cloudfront::${accountId}:distribution/${id}`,
        domainName: `d${idFrom(generatedName)}.cloudfront.net`,
      }
      const { distribution, limitations } = readDistribution(identity, properties['DistributionConfig'] ?? {}, named)
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
    honoured: ['OriginAccessControlConfig'],
    create({ properties, generatedName }) {
      const config: Record<string, unknown> = properties['OriginAccessControlConfig'] ?? {}
      const id = `E${idFrom(generatedName).toUpperCase()}`
      signing.set(id, config['SigningBehavior'] !== 'never')
      const known = ['Name', 'Description', 'OriginAccessControlOriginType', 'SigningBehavior', 'SigningProtocol']
      return {
        ref: id,
        attributes: { Id: id },
        limitations: membersBeyond('OriginAccessControlConfig', config, known),
      }
    },
  }
}

function headersPolicyProvider(policies: Map<string, HeadersPolicy>): ResourceProvider {
  return {
    type: 'AWS::CloudFront::ResponseHeadersPolicy',
    honoured: ['ResponseHeadersPolicyConfig'],
    create({ properties, generatedName }) {
      const id = idFrom(generatedName)
      const { policy, limitations } = readHeadersPolicy(properties['ResponseHeadersPolicyConfig'] ?? {})
      policies.set(id, policy)
      return { ref: id, attributes: { Id: id }, limitations }
    },
  }
}

/** Looks like AWS's ids and is the same at every start. */
const idFrom = (generatedName: string) => createHash('sha256').update(generatedName).digest('hex').slice(0, 13)

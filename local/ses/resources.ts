import type { ResourceProvider } from '../assembly/provider.ts'
import { identityType, type Identities } from './identities.ts'

const local = 'emails are stored locally and not delivered'

export const providers = (identities: Identities, configurationSets: Set<string>): ResourceProvider[] => [
  {
    type: 'AWS::SES::EmailIdentity',
    supported: ['EmailIdentity'],
    ignored: {
      ConfigurationSetAttributes: local,
      DkimAttributes: local,
      DkimSigningAttributes: local,
      FeedbackAttributes: local,
      MailFromAttributes: local,
      Tags: 'tags have no effect locally',
    },
    create({ properties, logicalId }) {
      const identity: unknown = properties['EmailIdentity']
      if (typeof identity !== 'string' || identity === '') throw new Error(`${logicalId}: EmailIdentity is missing.`)
      identities.declare(identity)
      return { ref: identity, attributes: identityType(identity) === 'DOMAIN' ? dkimRecords(identity) : {} }
    },
  },
  {
    type: 'AWS::SES::ConfigurationSet',
    supported: ['Name'],
    ignored: {
      DeliveryOptions: local,
      ReputationOptions: local,
      SendingOptions: local,
      SuppressionOptions: local,
      Tags: 'tags have no effect locally',
      TrackingOptions: local,
      VdmOptions: local,
    },
    create({ properties, generatedName }) {
      const name: string = properties['Name'] ?? generatedName
      configurationSets.add(name)
      return { ref: name }
    },
  },
]

/** Placeholder DNS records for templates that have them as outputs. */
function dkimRecords(domain: string): Record<string, string> {
  const records = [1, 2, 3].flatMap((at) => [
    [`DkimDNSTokenName${at}`, `local${at}._domainkey.${domain}`],
    [`DkimDNSTokenValue${at}`, `local${at}.dkim.amazonses.com`],
  ])
  return Object.fromEntries(records)
}

import type { ResourceProvider } from '../assembly/provider.ts'
import type { EventDestinations, FeedbackType } from './feedback.ts'
import type { Identities } from './identities.ts'

export const providers = (
  identities: Identities,
  configurationSets: Map<string, EventDestinations>,
): ResourceProvider[] => [
  {
    type: 'AWS::SES::EmailIdentity',
    supported: ['EmailIdentity'],
    ignored: { Tags: 'tags have no effect locally' },
    create({ properties, logicalId }) {
      const identity: unknown = properties['EmailIdentity']
      if (typeof identity !== 'string' || identity === '') throw new Error(`${logicalId}: EmailIdentity is missing.`)
      identities.declare(identity)
      return { ref: identity }
    },
  },
  {
    type: 'AWS::SES::ConfigurationSet',
    supported: ['Name'],
    ignored: { Tags: 'tags have no effect locally' },
    create({ properties, generatedName }) {
      const name: string = properties['Name'] ?? generatedName
      configurationSets.set(name, new Map())
      return { ref: name }
    },
  },
  {
    type: 'AWS::SES::ConfigurationSetEventDestination',
    supported: ['ConfigurationSetName', 'EventDestination'],
    create({ properties, logicalId, generatedName }) {
      const { ConfigurationSetName, EventDestination } = properties as any
      const destinations = configurationSets.get(ConfigurationSetName)
      if (!destinations) throw new Error(`${logicalId}: configuration set ${ConfigurationSetName} does not exist.`)
      if (!EventDestination.EventBridgeDestination)
        throw new Error(`${logicalId}: only EventBridge is emulated as a destination.`)
      const types = new Set<FeedbackType>()
      for (const type of EventDestination.MatchingEventTypes as string[]) {
        const name = type.toUpperCase()
        if (name === 'BOUNCE' || name === 'COMPLAINT') types.add(name)
        else throw new Error(`${logicalId}: events of type ${type} are not emulated.`)
      }
      const name: string = EventDestination.Name ?? generatedName
      if (EventDestination.Enabled !== false) destinations.set(name, types)
      return { ref: `${ConfigurationSetName}|${name}` }
    },
  },
]

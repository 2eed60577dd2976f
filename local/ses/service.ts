import { arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { RestService } from '../wire/service.ts'
import { feedbackOf, feedbackTypes, type FeedbackEvent } from './feedback.ts'
import { MailStore } from './mail-store.ts'
import { readEmail } from './send-email.ts'

/** SES v2: validates emails like SES and stores them in a mailbox for the browser. */
export class SesService {
  readonly wire: RestService
  /** What was sent, which the page at `/mailbox` shows. */
  readonly mails: MailStore
  readonly providers: ResourceProvider[]
  /** The addresses and domains that may send, in lower case. All count as verified. */
  readonly #identities = new Set<string>()
  /** The types of events that each configuration set publishes, once for each of its destinations. */
  readonly #configurationSets = new Map<string, string[]>()

  /** @param options.publish publishes an event of an email to the default bus */
  constructor(options: { state: State; clock: Clock; publish: (event: FeedbackEvent) => void }) {
    this.mails = new MailStore(options.state, options.clock)
    this.providers = this.#providers()
    this.wire = {
      signingName: 'ses',
      errors: 'json',
      operations: {
        'POST /v2/email/outbound-emails': {
          access: (input) => {
            const { from, recipients, configurationSet } = readEmail(input)
            const context = {
              'ses:fromaddress': [from.address],
              'ses:recipients': recipients,
              ...(from.displayName && { 'ses:fromdisplayname': [from.displayName] }),
            }
            const resources = [arn('ses', `identity/${this.#identityOf(from.address) ?? from.address}`)]
            if (configurationSet !== undefined) resources.push(arn('ses', `configuration-set/${configurationSet}`))
            return resources.map((resource) => ({ action: 'ses:SendEmail', resource, context }))
          },
          handle: (input) => {
            const { from, draft, configurationSet } = readEmail(input)
            if (this.#identityOf(from.address) === undefined) {
              const rule = 'The following identities failed the check in region US-EAST-1'
              throw new AwsError('MessageRejected', `Email address is not verified. ${rule}: ${from.address}`)
            }
            const published = this.#publishedBy(configurationSet)
            const sent = this.mails.add(draft)
            for (const event of feedbackOf(sent, configurationSet))
              for (const type of published) if (type === event.type) options.publish(event)
            return { MessageId: sent.messageId }
          },
        },
      },
    }
  }

  /** Adds identities that the account has besides those of the templates. */
  declareIdentities(identities: readonly string[]): void {
    for (const identity of identities) this.#identities.add(identity.toLowerCase())
  }

  /** Stores an email of another AWS service, such as a code of a user pool. @returns its message id */
  deliver({ to, html, text, ...mail }: { from: string; to: string; subject: string; html: string; text: string }) {
    const destination = { to: [to], cc: [], bcc: [] }
    return this.mails.add({ ...mail, replyTo: [], destination, body: { html, text } }).messageId
  }

  /** The identity that allows a sender: the address itself, its domain or a parent domain. */
  #identityOf(address: string): string | undefined {
    const sender = address.toLowerCase()
    const labels = sender.slice(sender.lastIndexOf('@') + 1).split('.')
    const domains = labels.map((_, at) => labels.slice(at).join('.'))
    return [sender, ...domains].find((identity) => this.#identities.has(identity))
  }

  #publishedBy(configurationSet: string | undefined): string[] {
    const published = configurationSet === undefined ? [] : this.#configurationSets.get(configurationSet)
    if (published) return published
    const problem = `Configuration set <${configurationSet}> does not exist.`
    throw new AwsError('NotFoundException', problem, { statusCode: 404 })
  }

  #providers(): ResourceProvider[] {
    return [
      {
        type: 'AWS::SES::EmailIdentity',
        supported: ['EmailIdentity'],
        create: ({ properties }) => {
          const identity = String(properties['EmailIdentity'])
          this.declareIdentities([identity])
          return { ref: identity, uniqueName: identity }
        },
      },
      {
        type: 'AWS::SES::ConfigurationSet',
        supported: ['Name'],
        create: ({ properties, generatedName }) => {
          const name = String(properties['Name'] ?? generatedName)
          this.#configurationSets.set(name, [])
          return { ref: name, uniqueName: name }
        },
      },
      {
        type: 'AWS::SES::ConfigurationSetEventDestination',
        supported: ['ConfigurationSetName', 'EventDestination'],
        create: ({ properties: { ConfigurationSetName, EventDestination }, logicalId, generatedName }) => {
          if (!EventDestination.EventBridgeDestination)
            throw new Error(`${logicalId}: only EventBridge is emulated as a destination.`)
          const types = (EventDestination.MatchingEventTypes as string[]).map((type) => type.toUpperCase())
          const unknown = types.find((type) => !feedbackTypes.includes(type))
          if (unknown !== undefined) throw new Error(`${logicalId}: events of type ${unknown} are not emulated.`)
          if (EventDestination.Enabled !== false) this.#publishedBy(ConfigurationSetName).push(...types)
          return { ref: `${ConfigurationSetName}|${EventDestination.Name ?? generatedName}` }
        },
      },
    ]
  }
}

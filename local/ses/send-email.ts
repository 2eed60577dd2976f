import { arn } from '../assembly/provider.ts'
import type { AccessRequest } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { parseAddress } from './address.ts'
import { badRequest, simpleMail, type UnvalidatedDraft } from './content.ts'
import { feedbackOf, type EventDestinations, type FeedbackEvent } from './feedback.ts'
import type { Identities } from './identities.ts'
import type { Mail, MailStore } from './mail-store.ts'

type Input = Record<string, any>

const recipientLimit = 50

interface SendParts {
  readonly identities: Identities
  readonly configurationSets: ReadonlyMap<string, EventDestinations>
  readonly mails: MailStore
  /** Called with each event that a configuration set sends to the default event bus. */
  readonly publish: (event: FeedbackEvent) => void
}

/** @throws AwsError BadRequestException, MessageRejected, NotFoundException, or what `authorize` throws */
export function sendEmail(
  parts: SendParts,
  input: Input,
  authorize: (requests: readonly AccessRequest[]) => void,
): { MessageId: string } {
  const mail = mailOf(input)
  if (!mail.from) throw badRequest('FromEmailAddress is missing.')
  const from = parseAddress(mail.from)
  const recipients = [...mail.destination.to, ...mail.destination.cc, ...mail.destination.bcc].map(parseAddress)
  mail.replyTo.forEach(parseAddress)
  if (recipients.length === 0) throw badRequest('The message must have a recipient.')
  if (recipients.length > recipientLimit) throw badRequest(`Recipient count exceeds ${recipientLimit}.`)
  const tags = tagsOf(input['EmailTags'])
  const identity = parts.identities.of(from)
  const configurationSet: unknown = input['ConfigurationSetName']
  const context = {
    'ses:fromaddress': [from.address],
    'ses:recipients': recipients.map(({ address }) => address),
    ...(from.displayName === undefined ? {} : { 'ses:fromdisplayname': [from.displayName] }),
  }
  const resources = [arn('ses', `identity/${identity ?? from.address}`)]
  if (configurationSet !== undefined) resources.push(arn('ses', `configuration-set/${String(configurationSet)}`))
  authorize(resources.map((resource) => ({ action: 'ses:SendEmail', resource, context })))
  if (identity === undefined) throw unverified(from.address)
  if (configurationSet !== undefined && !parts.configurationSets.has(String(configurationSet))) {
    throw new AwsError('NotFoundException', `Configuration set <${String(configurationSet)}> does not exist.`, {
      statusCode: 404,
    })
  }
  const sent = parts.mails.add({ ...mail, from: mail.from, ...(tags ? { tags } : {}) })
  if (configurationSet !== undefined) publishFeedback(parts, sent, String(configurationSet))
  return { MessageId: sent.messageId }
}

function publishFeedback({ configurationSets, publish }: SendParts, sent: Mail, name: string): void {
  const destinations = [...configurationSets.get(name)!.values()]
  for (const event of feedbackOf(sent, name)) {
    for (const types of destinations) if (types.has(event.type)) publish(event)
  }
}

function mailOf(input: Input): UnvalidatedDraft {
  const content: Input = input['Content'] ?? {}
  if (content['Simple']) return simpleMail(input)
  throw badRequest('Content must be Simple: Raw and Template are not emulated.')
}

const unverified = (address: string) =>
  new AwsError(
    'MessageRejected',
    `Email address is not verified. The following identities failed the check in region US-EAST-1: ${address}`,
  )

const wellFormed = (text: unknown) => typeof text === 'string' && /^[A-Za-z0-9_.@-]{1,256}$/.test(text)

function tagsOf(tags: unknown): Record<string, string> | undefined {
  if (tags === undefined) return undefined
  if (!Array.isArray(tags) || !tags.every((tag) => wellFormed(tag?.Name) && wellFormed(tag?.Value))) {
    throw badRequest('Names and values of email tags must be 1 to 256 letters, digits, _, -, . and @.')
  }
  return Object.fromEntries(tags.map(({ Name, Value }) => [Name, Value]))
}

import { arn } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import { feedbackOf, type EventDestinations, type FeedbackEvent } from './feedback.ts'
import { badRequest, parseAddress, type Address, type Identities } from './identities.ts'
import type { Draft, MailStore } from './mail-store.ts'

type Input = Record<string, any>

const recipientLimit = 50

/** @param parts.publish is called with each event that a configuration set sends to the default event bus */
export function sendEmail(parts: {
  readonly identities: Identities
  readonly configurationSets: ReadonlyMap<string, EventDestinations>
  readonly mails: MailStore
  readonly publish: (event: FeedbackEvent) => void
}): Operation<Input, { MessageId: string }> {
  const { identities, configurationSets, mails, publish } = parts
  return {
    access(input) {
      const { from, recipients, configurationSet } = readEmail(input)
      const context = {
        'ses:fromaddress': [from.address],
        'ses:recipients': recipients,
        ...(from.displayName === undefined ? {} : { 'ses:fromdisplayname': [from.displayName] }),
      }
      const resources = [arn('ses', `identity/${identities.of(from) ?? from.address}`)]
      if (configurationSet !== undefined) resources.push(arn('ses', `configuration-set/${configurationSet}`))
      return resources.map((resource) => ({ action: 'ses:SendEmail', resource, context }))
    },
    handle(input) {
      const { from, draft, configurationSet } = readEmail(input)
      if (identities.of(from) === undefined) {
        throw new AwsError(
          'MessageRejected',
          `Email address is not verified. The following identities failed the check in region US-EAST-1: ${from.address}`,
        )
      }
      const destinations = configurationSet === undefined ? undefined : configurationSets.get(configurationSet)
      if (configurationSet !== undefined && !destinations) {
        throw new AwsError('NotFoundException', `Configuration set <${configurationSet}> does not exist.`, {
          statusCode: 404,
        })
      }
      const sent = mails.add(draft)
      for (const types of destinations?.values() ?? []) {
        for (const event of feedbackOf(sent, configurationSet!)) if (types.has(event.type)) publish(event)
      }
      return { MessageId: sent.messageId }
    },
  }
}

interface Email {
  readonly from: Address
  /** The addresses of all recipients. */
  readonly recipients: readonly string[]
  readonly draft: Draft
  readonly configurationSet: string | undefined
}

/** @throws AwsError BadRequestException */
function readEmail(input: Input): Email {
  const { FromEmailAddress, ConfigurationSetName, Destination = {}, ReplyToAddresses, Content, EmailTags } = input
  requireParameters(input, [
    'FromEmailAddress',
    'ConfigurationSetName',
    'Destination',
    'ReplyToAddresses',
    'Content',
    'EmailTags',
  ])
  if (!FromEmailAddress) throw badRequest('FromEmailAddress is missing.')
  if (!Content?.Simple) throw badRequest('Content must be Simple: Raw and Template are not emulated.')
  requireParameters(Content.Simple, ['Subject', 'Body'])
  const { Subject, Body = {} } = Content.Simple
  const destination = {
    to: list(Destination.ToAddresses, 'ToAddresses'),
    cc: list(Destination.CcAddresses, 'CcAddresses'),
    bcc: list(Destination.BccAddresses, 'BccAddresses'),
  }
  const replyTo = list(ReplyToAddresses, 'ReplyToAddresses')
  const from = parseAddress(FromEmailAddress)
  const recipients = [...destination.to, ...destination.cc, ...destination.bcc].map((to) => parseAddress(to).address)
  replyTo.forEach(parseAddress)
  if (recipients.length === 0) throw badRequest('The message must have a recipient.')
  if (recipients.length > recipientLimit) throw badRequest(`Recipient count exceeds ${recipientLimit}.`)
  const html = Body.Html && decodedText(Body.Html, 'Body.Html')
  const text = Body.Text && decodedText(Body.Text, 'Body.Text')
  if (html === undefined && text === undefined)
    throw badRequest('The message must have a body: Body.Html, Body.Text or both.')
  const subject = decodedText(Subject, 'Subject')
  if (subject === '') throw badRequest('Subject.Data is missing.')
  const tags = EmailTags === undefined ? {} : { tags: tagsOf(EmailTags) }
  return {
    from,
    recipients,
    draft: { from: FromEmailAddress, replyTo, destination, subject, body: { html, text }, ...tags },
    configurationSet: ConfigurationSetName === undefined ? undefined : String(ConfigurationSetName),
  }
}

function list(value: unknown, name: string): string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw badRequest(`${name} must be a list.`)
  return value
}

/**
 * The text as received in its charset. The default of SES is 7-bit ASCII, in which other characters become question
 * marks; emulating that shows a missing charset before deployment.
 */
function decodedText(content: Input | undefined, name: string): string {
  if (typeof content?.['Data'] !== 'string') throw badRequest(`${name}.Data is missing.`)
  const charset: unknown = content['Charset']
  if (charset === undefined) return content['Data'].replace(/[^\0-\x7f]/gu, '?')
  if (/^utf-?8$/i.test(String(charset))) return content['Data']
  throw badRequest(`The charset ${String(charset)} is not emulated; use UTF-8.`)
}

const wellFormed = (text: unknown) => typeof text === 'string' && /^[A-Za-z0-9_.@-]{1,256}$/.test(text)

function tagsOf(tags: unknown): Record<string, string> {
  if (!Array.isArray(tags) || !tags.every((tag) => wellFormed(tag?.Name) && wellFormed(tag?.Value))) {
    throw badRequest('Names and values of email tags must be 1 to 256 letters, digits, _, -, . and @.')
  }
  return Object.fromEntries(tags.map(({ Name, Value }) => [Name, Value]))
}

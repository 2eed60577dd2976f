import { AwsError } from '../wire/aws-error.ts'
import { requireParameters } from '../wire/service.ts'
import type { Draft } from './mail-store.ts'

/** The input of SendEmail. */
type Input = Record<string, any>

/** An address such as `a@example.com` or `Anna <a@example.com>`. */
interface Address {
  readonly address: string
  readonly displayName: string | undefined
}

interface Email {
  readonly from: Address
  /** The addresses of all recipients. */
  readonly recipients: readonly string[]
  readonly draft: Draft
  readonly configurationSet: string | undefined
}

const parameters = 'FromEmailAddress ConfigurationSetName Destination ReplyToAddresses Content EmailTags'.split(' ')

/** @throws AwsError BadRequestException, or ValidationError for a parameter that is not emulated */
export function readEmail(input: Input): Email {
  requireParameters(input, parameters)
  const { FromEmailAddress, ConfigurationSetName, Destination = {}, Content, EmailTags } = input
  if (!FromEmailAddress) throw badRequest('FromEmailAddress is missing.')
  if (!Content?.Simple) throw badRequest('Content must be Simple: Raw and Template are not emulated.')
  requireParameters(Content.Simple, ['Subject', 'Body'])
  const { Subject, Body = {} } = Content.Simple
  const destination = {
    to: list(Destination.ToAddresses, 'ToAddresses'),
    cc: list(Destination.CcAddresses, 'CcAddresses'),
    bcc: list(Destination.BccAddresses, 'BccAddresses'),
  }
  const recipients = Object.values(destination)
    .flat()
    .map((to) => parseAddress(to).address)
  const replyTo = list(input['ReplyToAddresses'], 'ReplyToAddresses')
  replyTo.forEach(parseAddress)
  if (recipients.length < 1 || recipients.length > 50) throw badRequest('The message must have 1 to 50 recipients.')
  const body = {
    html: Body.Html && decodedText(Body.Html, 'Body.Html'),
    text: Body.Text && decodedText(Body.Text, 'Body.Text'),
  }
  if (body.html === undefined && body.text === undefined)
    throw badRequest('The message must have a body: Body.Html, Body.Text or both.')
  const subject = decodedText(Subject, 'Subject')
  const tags = EmailTags === undefined ? {} : { tags: tagsOf(EmailTags) }
  return {
    from: parseAddress(FromEmailAddress),
    recipients,
    draft: { from: FromEmailAddress, replyTo, destination, subject, body, ...tags },
    configurationSet: ConfigurationSetName,
  }
}

const badRequest = (message: string) => new AwsError('BadRequestException', message)

function list(value: unknown, name: string): string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw badRequest(`${name} must be a list.`)
  return value
}

function parseAddress(value: unknown): Address {
  const text = String(value)
  const [, displayName, bracketed] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? []
  const address = (bracketed ?? text).trim()
  const [, local = '', domain = ''] = /^(.+)@(.+)$/.exec(address) ?? []
  // A line break in an address would end its header and start another one.
  if (/[\r\n]/.test(text) || !/^("[\x20-\x7e]+"|[^\s"(),:;<>@[\]\\\x7f-\uffff]+)$/.test(local))
    throw badRequest('Local address contains control or whitespace')
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(domain))
    throw badRequest('Domain contains illegal character')
  return { address, displayName: displayName?.replace(/^"(.*)"$/, '$1') || undefined }
}

/**
 * The text as received in its charset. The default of SES is 7-bit ASCII, in which other characters become question
 * marks; emulating that shows a missing charset before deployment.
 */
function decodedText(content: Input | undefined, name: string): string {
  const { Data: text, Charset: charset } = content ?? {}
  if (typeof text !== 'string' || text === '') throw badRequest(`${name}.Data is missing.`)
  if (charset === undefined) return text.replace(/[^\0-\x7f]/gu, '?')
  if (/^utf-?8$/i.test(String(charset))) return text
  throw badRequest(`The charset ${String(charset)} is not emulated; use UTF-8.`)
}

const wellFormed = (text: unknown) => typeof text === 'string' && /^[A-Za-z0-9_-]{1,256}$/.test(text)

function tagsOf(tags: unknown): Record<string, string> {
  if (!Array.isArray(tags) || !tags.every((tag) => wellFormed(tag?.Name) && wellFormed(tag?.Value))) {
    throw badRequest('Names and values of email tags must be 1 to 256 letters, digits, _ and -.')
  }
  return Object.fromEntries(tags.map(({ Name, Value }) => [Name, Value]))
}

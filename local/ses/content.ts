import { AwsError } from '../wire/aws-error.ts'
import type { Attachment, Draft } from './mail-store.ts'

type Input = Record<string, any>

export const badRequest = (message: string) => new AwsError('BadRequestException', message)

/** An email before its sender and recipients are validated. */
export type UnvalidatedDraft = Omit<Draft, 'from'> & { readonly from: string | undefined }

/** @throws AwsError BadRequestException */
export function simpleMail(input: Input): UnvalidatedDraft {
  const { Subject, Body = {}, Headers, Attachments = [] } = input['Content'].Simple as Input
  const html = Body.Html && decodedText(Body.Html, 'Body.Html')
  const text = Body.Text && decodedText(Body.Text, 'Body.Text')
  if (html === undefined && text === undefined)
    throw badRequest('The message must have a body: Body.Html, Body.Text or both.')
  return {
    from: input['FromEmailAddress'],
    replyTo: list(input['ReplyToAddresses'], 'ReplyToAddresses'),
    destination: destinationOf(input),
    subject: decodedText(Subject, 'Subject'),
    body: { html, text },
    attachments: list<Input>(Attachments, 'Attachments').map(attachment),
    headers:
      Headers &&
      list<Input>(Headers, 'Headers').map(({ Name, Value }) => ({ name: String(Name), value: String(Value) })),
  }
}

function destinationOf(input: Input) {
  const { ToAddresses, CcAddresses, BccAddresses } = (input['Destination'] ?? {}) as Input
  return {
    to: list(ToAddresses, 'ToAddresses'),
    cc: list(CcAddresses, 'CcAddresses'),
    bcc: list(BccAddresses, 'BccAddresses'),
  }
}

function list<T = string>(value: unknown, name: string): T[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw badRequest(`${name} must be a list.`)
  return value as T[]
}

/**
 * The text as received in its charset. The default of SES is 7-bit ASCII, in which other characters become question
 * marks; emulating that shows a missing charset before deployment.
 */
function decodedText(content: Input | undefined, name: string): string {
  if (typeof content?.['Data'] !== 'string' || (name === 'Subject' && content['Data'] === ''))
    throw badRequest(`${name}.Data is missing.`)
  const data: string = content['Data']
  const charset = String(content['Charset'] ?? 'us-ascii').toLowerCase()
  switch (charset) {
    case 'utf-8':
    case 'utf8':
      return data
    case 'us-ascii':
      return data.replace(/[^\0-\x7f]/gu, '?')
    case 'iso-8859-1':
      return data.replace(/[^\0-\xff]/gu, '?')
    default:
      throw badRequest(`The charset ${charset} is not emulated; use UTF-8.`)
  }
}

function attachment(input: Input): Attachment {
  if (typeof input['RawContent'] !== 'string' || typeof input['FileName'] !== 'string') {
    throw badRequest('An attachment must have FileName and RawContent.')
  }
  return {
    filename: input['FileName'],
    contentType: input['ContentType'] ?? 'application/octet-stream',
    contentDisposition: input['ContentDisposition'],
    contentId: input['ContentId'],
    content: input['RawContent'],
    size: Buffer.from(input['RawContent'], 'base64').length,
  }
}

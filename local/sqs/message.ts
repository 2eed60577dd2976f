import { createHash } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'

/** In wire format: `BinaryValue` is base64. */
export type MessageAttributes = Record<string, MessageAttribute>
interface MessageAttribute {
  readonly DataType: string
  readonly StringValue?: string
  readonly BinaryValue?: string
}

export interface ReceivedMessage {
  readonly messageId: string
  readonly receiptHandle: string
  readonly body: string
  readonly attributes: {
    readonly ApproximateReceiveCount: string
    readonly SentTimestamp: string
    readonly ApproximateFirstReceiveTimestamp: string
    readonly SenderId: string
    /** In a dead-letter queue: the ARN of the queue the message came from. */
    readonly DeadLetterQueueSourceArn?: string
    readonly AWSTraceHeader?: string
  }
  readonly messageAttributes: MessageAttributes
  readonly md5OfBody: string
}

/** SQS accepts only the characters of XML 1.0 in a body. */
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u

/** @throws AwsError MissingParameter, InvalidMessageContents, InvalidParameterValue */
export function checkMessage(body: unknown, attributes: MessageAttributes, maxBytes: number): asserts body is string {
  if (typeof body !== 'string' || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.')
  }
  if (forbidden.test(body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    )
  }
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute)
  if (Object.keys(attributes).length > 10) {
    throw new AwsError('InvalidParameterValue', 'Number of message attributes exceeds the allowed maximum [10].')
  }
  if (messageBytes(body, attributes) > maxBytes) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    )
  }
}

function checkAttribute(name: string, attribute: MessageAttribute): void {
  const value = isBinary(attribute) ? attribute.BinaryValue : attribute.StringValue
  const problem = !/^[\w.-]{1,256}$/.test(name)
    ? 'has an invalid name'
    : !/^(String|Number|Binary)(\..+)?$/.test(attribute.DataType ?? '')
      ? 'has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String'
      : value === undefined || value === ''
        ? 'must contain a non-empty message attribute value'
        : undefined
  if (problem) throw new AwsError('InvalidParameterValue', `The message attribute '${name}' ${problem}.`)
}

const isBinary = (attribute: MessageAttribute) => /^Binary\b/.test(attribute.DataType ?? '')

const valueOf = (attribute: MessageAttribute) =>
  isBinary(attribute) ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? '')

/** The size that counts towards the limit: body and attributes with their names and types. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(body)
  for (const [name, attribute] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueOf(attribute).length
  }
  return bytes
}

export const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex')

/** MD5 over the attributes sorted by name: length-prefixed name, type and value, and a byte for text (1) or binary (2). */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).toSorted()
  if (names.length === 0) return undefined
  const parts = names.flatMap((name) => {
    const attribute = attributes[name]!
    const kind = Buffer.from([isBinary(attribute) ? 2 : 1])
    return [prefixed(Buffer.from(name)), prefixed(Buffer.from(attribute.DataType)), kind, prefixed(valueOf(attribute))]
  })
  return md5(Buffer.concat(parts))
}

function prefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Attributes of text; an empty value, which SQS rejects, is a dash. */
export const textAttributes = (values: Readonly<Record<string, string>>): MessageAttributes =>
  Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue: StringValue || '-' },
    ]),
  )

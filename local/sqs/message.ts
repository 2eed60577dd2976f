import { createHash } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'
import { missingParameter } from './queue-attributes.ts'

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
  if (typeof body !== 'string' || body === '') throw missingParameter('MessageBody')
  if (forbidden.test(body)) {
    const valid = '#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF'
    throw new AwsError('InvalidMessageContents', `Invalid characters found. Valid unicode characters are ${valid}.`)
  }
  const invalid = Object.entries(attributes).find(
    ([name, attribute]) =>
      !/^[\w.-]{1,256}$/.test(name) ||
      !/^(String|Number|Binary)(\..+)?$/.test(attribute.DataType ?? '') ||
      valueOf(attribute).length === 0,
  )
  const reasons = [
    invalid &&
      `The message attribute '${invalid[0]}' needs a valid name, the type String, Number or Binary, and a value.`,
    Object.keys(attributes).length > 10 && 'A message has at most 10 message attributes.',
    messageBytes(body, attributes) > maxBytes && `Message must be shorter than ${maxBytes} bytes.`,
  ]
  const reason = reasons.find(Boolean)
  if (reason) throw new AwsError('InvalidParameterValue', `One or more parameters are invalid. Reason: ${reason}`)
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

/** One receive of a message. */
export interface Receipt {
  readonly id: number
  readonly nonce: string
}

/** A handle identifies the queue, the message and one receive of it. */
export const formatReceipt = (queueArn: string, id: number, nonce: string) =>
  Buffer.from(`${queueArn} ${id} ${nonce}`).toString('base64')

/** @throws AwsError ReceiptHandleIsInvalid unless the handle belongs to this queue */
export function parseReceipt(queueArn: string, receiptHandle: unknown): Receipt {
  const [arn, id, nonce] = Buffer.from(String(receiptHandle), 'base64').toString().split(' ')
  if (arn !== queueArn || !/^\d+$/.test(id ?? '') || nonce === undefined) throw invalidReceipt(receiptHandle)
  return { id: Number(id), nonce }
}

export const invalidReceipt = (receiptHandle: unknown) =>
  new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${String(receiptHandle)}" is not a valid receipt handle of a message in this queue.`,
  )

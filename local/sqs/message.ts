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

/** Of a queue, of one receive, and in total after the receive. */
export const longestVisibilityTimeoutSeconds = 12 * 60 * 60

/** SQS accepts only the characters of XML 1.0 in a body. */
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u

/** No prefix `AWS.` or `Amazon.`; no period at an end, nor two in sequence. */
const attributeName = /^(?!(aws|amazon)\.)(?=.{1,256}$)[\w-]+(\.[\w-]+)*$/i

/** @throws AwsError MissingParameter, InvalidMessageContents, InvalidParameterValue */
export function checkMessage(body: unknown, attributes: MessageAttributes, maxBytes: number): asserts body is string {
  if (typeof body !== 'string' || body === '') throw missingParameter('MessageBody')
  if (forbidden.test(body)) {
    const valid = '#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF'
    throw new AwsError('InvalidMessageContents', `Invalid characters found. Valid unicode characters are ${valid}.`)
  }
  const invalid = Object.entries(attributes).find(
    ([name, attribute]) =>
      !attributeName.test(name) ||
      !/^(String|Number|Binary)(\..+)?$/.test(attribute.DataType ?? '') ||
      forbidden.test(attribute.StringValue ?? '') ||
      valueBytes(attribute) === 0,
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

const valueBytes = ({ StringValue = '', BinaryValue = '' }: MessageAttribute) =>
  Buffer.byteLength(StringValue) + Buffer.byteLength(BinaryValue, 'base64')

/** The size that counts towards the limit: body and attributes with their names and types. */
export const messageBytes = (body: string, attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, attribute]) => sum + Buffer.byteLength(name + attribute.DataType) + valueBytes(attribute),
    Buffer.byteLength(body),
  )

/** The SDK rejects a response whose digest of a body is not this one. */
export const md5 = (body: string) => createHash('md5').update(body).digest('hex')

/** Attributes of text; an empty value, which SQS rejects, is a dash. */
export const textAttributes = (values: Readonly<Record<string, string>>): MessageAttributes =>
  Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue: StringValue || '-' },
    ]),
  )

/** One receive of a message. */
interface Receipt {
  readonly id: number
  readonly nonce: string
  readonly receivedMs: number
}

/** A handle identifies the queue, the message and one receive of it. */
export const formatReceipt = (queueArn: string, { id, nonce, receivedMs }: Receipt) =>
  Buffer.from(`${queueArn} ${id} ${nonce} ${receivedMs}`).toString('base64')

/** @throws AwsError ReceiptHandleIsInvalid unless the handle belongs to this queue */
export function parseReceipt(queueArn: string, receiptHandle: unknown): Receipt {
  const [arn, id, nonce, receivedMs] = Buffer.from(String(receiptHandle), 'base64').toString().split(' ')
  if (arn !== queueArn || !/^\d+$/.test(id ?? '') || nonce === undefined) throw invalidReceipt(receiptHandle)
  return { id: Number(id), nonce, receivedMs: Number(receivedMs) }
}

const invalidReceipt = (receiptHandle: unknown) =>
  new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${String(receiptHandle)}" is not a valid receipt handle of a message in this queue.`,
  )

export const missingParameter = (name: string) =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}.`)

export const invalidParameter = (value: unknown, parameter: string, reason: string) =>
  new AwsError(
    'InvalidParameterValue',
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  )

/** @returns the validated number, or undefined when absent */
export function optionalInteger(value: unknown, parameter: string, min: number, max: number): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw invalidParameter(value, parameter, `Must be between ${min} and ${max}, if provided.`)
}

import type { Operation } from '../../wire/service.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { md5OfAttributes, type MessageAttributes, type ReceivedMessage } from '../message.ts'
import { invalidParameter, optionalInteger } from '../queue-attributes.ts'
import { forEachEntry } from './batch.ts'
import { onQueue, type OperationContext } from './context.ts'

interface ReceiveInput {
  readonly QueueUrl: string
  readonly MaxNumberOfMessages?: number
  readonly WaitTimeSeconds?: number
  readonly VisibilityTimeout?: number
  /** Deprecated name of MessageSystemAttributeNames. */
  readonly AttributeNames?: string[]
  readonly MessageSystemAttributeNames?: string[]
  readonly MessageAttributeNames?: string[]
}

/** ReceiveMessage, DeleteMessage, ChangeMessageVisibility and the batches of the last two. */
export function receiveOperations({ service, queues, messages, chaos }: OperationContext): Record<string, Operation> {
  const changeVisibility = (queueUrl: string, receiptHandle: string, seconds: unknown) => {
    const checked = optionalInteger(seconds, 'VisibilityTimeout', 0, 43_200)
    if (checked === undefined)
      throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.')
    messages.changeVisibility(queues.byUrl(queueUrl), receiptHandle, checked)
  }

  return {
    ReceiveMessage: {
      access: onQueue('ReceiveMessage'),
      handle: async (input: ReceiveInput) => {
        const queue = queues.byUrl(input.QueueUrl)
        checkSystemNames(input)
        const waitSeconds = optionalInteger(input.WaitTimeSeconds, 'WaitTimeSeconds', 0, 20) ?? queue.receiveWaitSeconds
        const received = await service.receive(queue.arn, {
          max: optionalInteger(input.MaxNumberOfMessages, 'MaxNumberOfMessages', 1, 10) ?? 1,
          waitMs: waitSeconds * 1000,
          visibilityTimeoutSeconds: optionalInteger(input.VisibilityTimeout, 'VisibilityTimeout', 0, 43_200),
        })
        return received.length === 0 ? {} : { Messages: received.map((message) => toOutput(message, input)) }
      },
    },
    DeleteMessage: {
      access: onQueue('DeleteMessage'),
      handle: (input) => messages.delete(queues.byUrl(input.QueueUrl), input.ReceiptHandle),
    },
    DeleteMessageBatch: {
      access: onQueue('DeleteMessage'),
      handle: (input: { QueueUrl: string; Entries?: { Id: string; ReceiptHandle: string }[] }) => {
        const queue = queues.byUrl(input.QueueUrl)
        return forEachEntry(
          input.Entries,
          (entry) => {
            messages.delete(queue, entry.ReceiptHandle)
            return {}
          },
          chaos,
        )
      },
    },
    ChangeMessageVisibility: {
      access: onQueue('ChangeMessageVisibility'),
      handle: (input) => changeVisibility(input.QueueUrl, input.ReceiptHandle, input.VisibilityTimeout),
    },
    ChangeMessageVisibilityBatch: {
      access: onQueue('ChangeMessageVisibility'),
      handle: (input: {
        QueueUrl: string
        Entries?: { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }[]
      }) => {
        queues.byUrl(input.QueueUrl)
        return forEachEntry(
          input.Entries,
          (entry) => {
            changeVisibility(input.QueueUrl, entry.ReceiptHandle, entry.VisibilityTimeout)
            return {}
          },
          chaos,
        )
      },
    },
  }
}

const systemAttributeNames = new Set([
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
])

function systemNames(input: ReceiveInput): string[] {
  return [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]
}

/** Checked before a message is received: a rejected request must not hide messages. */
function checkSystemNames(input: ReceiveInput): void {
  const unknown = systemNames(input).find((name) => !systemAttributeNames.has(name))
  if (unknown !== undefined) throw invalidParameter(unknown, 'AttributeName', 'Unknown message system attribute.')
}

function toOutput(message: ReceivedMessage, input: ReceiveInput) {
  const names = systemNames(input)
  const system = Object.entries(message.attributes).filter(([name]) => names.includes('All') || names.includes(name))
  const attributes = selectAttributes(message.messageAttributes, input.MessageAttributeNames ?? [])
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(attributes).length > 0 && {
      MessageAttributes: attributes,
      MD5OfMessageAttributes: md5OfAttributes(attributes),
    }),
  }
}

/** @param names attribute names, `prefix.*`, or `All` or `.*` for all attributes */
function selectAttributes(attributes: MessageAttributes, names: string[]): MessageAttributes {
  const isSelected = (name: string) =>
    names.some(
      (pattern) =>
        pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
    )
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isSelected(name)))
}

import { accountId } from '../assembly/provider.ts'
import type { Chaos } from '../chaos.ts'
import type { AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import { checkMessage, md5, md5OfAttributes, messageBytes } from './message.ts'
import type { MessageAttributes, ReceivedMessage } from './message.ts'
import type { Depth, MessageStore } from './message-store.ts'
import { invalidParameter, largestMessageBytes, missingParameter, optionalInteger } from './queue-attributes.ts'
import type { QueueAttributes } from './queue-attributes.ts'
import { queueArn, type Queue, type QueueStore } from './queue-store.ts'

interface OperationContext {
  readonly queues: QueueStore
  readonly messages: MessageStore
  readonly chaos: Chaos
  readonly urlOf: (queueName: string) => string
  readonly receive: (
    queueArn: string,
    options: { max: number; waitMs: number; visibilityTimeoutSeconds?: number },
  ) => Promise<ReceivedMessage[]>
}

interface SendInput {
  readonly Id?: string
  readonly MessageBody: string
  readonly MessageAttributes?: MessageAttributes
  readonly MessageSystemAttributes?: MessageAttributes
  readonly DelaySeconds?: number
}

interface ReceiptInput {
  readonly ReceiptHandle: string
  readonly VisibilityTimeout?: number
}

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

/** The operations on queues and messages. */
export function queueOperations(context: OperationContext): Record<string, Operation> {
  const { queues, messages, chaos, urlOf, receive } = context
  /** An operation of the permission `action` on the queue of `QueueUrl`. */
  const onQueue = (action: string, handle: (queue: Queue, input: any, principal: Principal) => unknown): Operation => ({
    access: ({ QueueUrl }) => onNamed(action, String(QueueUrl).split('/').at(-1)!),
    handle: (input, { principal }) => handle(queues.byUrl(input.QueueUrl), input, principal),
  })
  const remove = (queue: Queue, { ReceiptHandle }: ReceiptInput) => messages.delete(queue, ReceiptHandle)
  const changeVisibility = (queue: Queue, { ReceiptHandle, VisibilityTimeout }: ReceiptInput) => {
    const seconds = optionalInteger(VisibilityTimeout, 'VisibilityTimeout', 0, 43_200)
    if (seconds === undefined) throw missingParameter('VisibilityTimeout')
    messages.changeVisibility(queue, ReceiptHandle, seconds)
  }
  const send = (queue: Queue, input: SendInput, principal: Principal) => {
    requireParameters(input, sendParameters)
    const { MessageBody, MessageAttributes = {}, MessageSystemAttributes, DelaySeconds } = input
    checkMessage(MessageBody, MessageAttributes, queue.maxMessageBytes)
    const MessageId = messages.add(queue, {
      body: MessageBody,
      attributes: MessageAttributes,
      delaySeconds: optionalInteger(DelaySeconds, 'DelaySeconds', 0, 900) ?? queue.delaySeconds,
      senderId: senderIdOf(principal),
      traceHeader: MessageSystemAttributes?.['AWSTraceHeader']?.StringValue,
    })
    return {
      MessageId,
      MD5OfMessageBody: md5(MessageBody),
      MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
    }
  }
  return {
    GetQueueUrl: {
      access: ({ QueueName }) => onNamed('GetQueueUrl', String(QueueName)),
      handle: (input) => {
        requireParameters(input, ['QueueName'])
        return { QueueUrl: urlOf(queues.get(input.QueueName).name) }
      },
    },
    ListQueues: {
      access: () => [{ action: 'sqs:ListQueues', resource: '*' }],
      handle: (input) => {
        const { page, NextToken } = paged(queues.list(input.QueueNamePrefix), input)
        return { QueueUrls: page.map(({ name }) => urlOf(name)), NextToken }
      },
    },
    ListDeadLetterSourceQueues: onQueue('ListDeadLetterSourceQueues', ({ arn }, input) => {
      const { page, NextToken } = paged(queues.sourcesOf(arn), input)
      return { queueUrls: page.map(({ name }) => urlOf(name)), NextToken }
    }),
    GetQueueAttributes: onQueue('GetQueueAttributes', (queue, { AttributeNames = [] }) => ({
      Attributes: selected(describe(queue, messages.depth(queue)), AttributeNames),
    })),
    SetQueueAttributes: onQueue('SetQueueAttributes', ({ name }, { Attributes = {} }) => {
      queues.change(name, Attributes)
    }),
    PurgeQueue: onQueue('PurgeQueue', (queue) => messages.purge(queue)),
    SendMessage: onQueue('SendMessage', send),
    SendMessageBatch: onQueue('SendMessage', (queue, { Entries = [] }: { Entries?: SendInput[] }, principal) => {
      const bytes = Entries.reduce(
        (sum, entry) => sum + messageBytes(String(entry.MessageBody ?? ''), entry.MessageAttributes ?? {}),
        0,
      )
      // One request may have as many bytes as one message.
      if (bytes > largestMessageBytes) {
        const message = `Batch requests cannot be longer than ${largestMessageBytes} bytes. You have sent ${bytes} bytes.`
        throw new AwsError('BatchRequestTooLong', message)
      }
      return forEachEntry(Entries, (entry) => send(queue, entry, principal), chaos)
    }),
    ReceiveMessage: onQueue('ReceiveMessage', async (queue, input: ReceiveInput) => {
      // Checked before a message is received: a rejected request must not hide messages.
      requireParameters(input, receiveParameters)
      const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]
      const unknown = names.find((name) => !systemAttributeNames.has(name))
      if (unknown !== undefined) throw invalidParameter(unknown, 'AttributeName', 'Unknown or not emulated.')
      const waitSeconds = optionalInteger(input.WaitTimeSeconds, 'WaitTimeSeconds', 0, 20) ?? queue.receiveWaitSeconds
      const received = await receive(queue.arn, {
        max: optionalInteger(input.MaxNumberOfMessages, 'MaxNumberOfMessages', 1, 10) ?? 1,
        waitMs: waitSeconds * 1000,
        visibilityTimeoutSeconds: optionalInteger(input.VisibilityTimeout, 'VisibilityTimeout', 0, 43_200),
      })
      const Messages = received.map((message) => toOutput(message, names, input.MessageAttributeNames ?? []))
      return Messages.length === 0 ? {} : { Messages }
    }),
    DeleteMessage: onQueue('DeleteMessage', remove),
    ChangeMessageVisibility: onQueue('ChangeMessageVisibility', changeVisibility),
    ChangeMessageVisibilityBatch: onQueue('ChangeMessageVisibility', (queue, { Entries }) =>
      forEachEntry<ReceiptInput>(Entries, (entry) => changeVisibility(queue, entry), chaos),
    ),
  }
}

const onNamed = (action: string, name: string): AccessRequest[] => [
  { action: `sqs:${action}`, resource: queueArn(name) },
]

/** Those of message groups and deduplication are not emulated. */
const sendParameters = ['QueueUrl', 'Id', 'MessageBody', 'MessageAttributes', 'MessageSystemAttributes', 'DelaySeconds']

const receiveParameters = [
  'QueueUrl',
  'AttributeNames',
  'MessageSystemAttributeNames',
  'MessageAttributeNames',
  'MaxNumberOfMessages',
  'WaitTimeSeconds',
  'VisibilityTimeout',
]

const systemAttributeNames = new Set([
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
])

function senderIdOf(principal: Principal): string {
  if (principal.kind === 'role') return principal.functionName ?? principal.roleArn
  return principal.kind === 'service' ? principal.service : accountId
}

/** @param names attribute names, `prefix.*`, or `All` or `.*` for all attributes */
function toOutput(message: ReceivedMessage, systemNames: string[], names: string[]) {
  const isSelected = (name: string) =>
    names.some(
      (pattern) =>
        pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
    )
  const isSelectedSystem = (name: string) => systemNames.includes('All') || systemNames.includes(name)
  const attributes = pick(message.messageAttributes, isSelected)
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    Attributes: pick(message.attributes, isSelectedSystem),
    MessageAttributes: attributes,
    MD5OfMessageAttributes: attributes && md5OfAttributes(attributes),
  }
}

/** @returns undefined instead of an empty object */
function pick<Value>(values: { readonly [name: string]: Value }, isSelected: (name: string) => boolean) {
  const entries = Object.entries(values).filter(([name]) => isSelected(name))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const describe = (queue: Queue, depth: Depth): QueueAttributes => ({
  ...queue.attributes,
  QueueArn: queue.arn,
  ApproximateNumberOfMessages: String(depth.visible),
  ApproximateNumberOfMessagesNotVisible: String(depth.inFlight),
  ApproximateNumberOfMessagesDelayed: String(depth.delayed),
  CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
  LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
})

function selected(attributes: QueueAttributes, names: string[]): QueueAttributes | undefined {
  const unknown = names.find((name) => !(name in attributes) && !['All', 'Policy', 'RedrivePolicy'].includes(name))
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`)
  return names.includes('All') ? attributes : pick(attributes, (name) => names.includes(name))
}

/** The token is the name of the previous page's last queue. */
function paged(all: Queue[], input: { MaxResults?: number; NextToken?: string }) {
  const size = optionalInteger(input.MaxResults, 'MaxResults', 1, 1000) ?? 1000
  const { NextToken: token } = input
  if (token !== undefined && !all.some(({ name }) => name === token))
    throw invalidParameter(token, 'NextToken', 'It is not one of this listing.')
  const rest = token === undefined ? all : all.filter(({ name }) => name > token)
  const page = rest.slice(0, size)
  return { page, NextToken: rest.length > size ? page.at(-1)?.name : undefined }
}

/**
 * Calls `work` for each entry of a batch; an entry's error fails only that entry.
 * @throws AwsError when the batch as a whole is malformed; no entry is processed then
 */
function forEachEntry<Entry>(
  entries: (Entry & { Id?: string })[] = [],
  work: (entry: Entry) => object | void,
  chaos: Chaos,
) {
  const ids = entries.map(({ Id }) => Id)
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.')
  if (entries.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${entries.length}.`
    throw new AwsError('TooManyEntriesInBatchRequest', message)
  }
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id ?? ''))) {
    const rule = 'can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.'
    throw new AwsError('InvalidBatchEntryId', `A batch entry id ${rule}`)
  }
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`)
  const Successful: object[] = []
  const Failed: object[] = []
  for (const entry of entries) {
    const { Id } = entry
    try {
      if (chaos.hits('failed entries of SQS batches')) throw internalError()
      Successful.push({ Id, ...work(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push({ Id, Code: error.name, Message: error.message, SenderFault: error.statusCode < 500 })
    }
  }
  return { Successful, Failed }
}

const internalError = () =>
  new AwsError('InternalError', 'We encountered an internal error. Please try again.', { statusCode: 500 })

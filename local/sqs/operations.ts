import { accountId } from '../assembly/provider.ts'
import type { Chaos } from '../chaos.ts'
import type { AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { paged, requireParameters, type Operation } from '../wire/service.ts'
import type { LongPolls } from './long-polls.ts'
import {
  invalidParameter,
  longestVisibilityTimeoutSeconds,
  md5,
  messageBytes,
  missingParameter,
  optionalInteger,
} from './message.ts'
import type { MessageAttributes, ReceivedMessage } from './message.ts'
import type { MessageStore } from './message-store.ts'
import { largestMessageBytes, queueArn, type Queue, type QueueAttributes, type QueueStore } from './queue-store.ts'

interface SendInput {
  readonly MessageBody: string
  readonly MessageAttributes?: MessageAttributes
  readonly MessageSystemAttributes?: MessageAttributes
  readonly DelaySeconds?: number
}

/** Those of message groups and deduplication are not emulated. */
const sendParameters = ['QueueUrl', 'Id', 'MessageBody', 'MessageAttributes', 'MessageSystemAttributes', 'DelaySeconds']

/** `AttributeNames` is the deprecated name of `MessageSystemAttributeNames`. */
type ReceiveInput = Partial<Record<(typeof receiveNames)[number], string[]>> &
  Partial<Record<(typeof receiveNumbers)[number], number>>

const receiveNames = ['AttributeNames', 'MessageSystemAttributeNames', 'MessageAttributeNames'] as const
const receiveNumbers = ['MaxNumberOfMessages', 'WaitTimeSeconds', 'VisibilityTimeout'] as const

const systemAttributeNames = new Set([
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
])

/** The operations on queues and messages. */
export function queueOperations(context: {
  readonly queues: QueueStore
  readonly messages: MessageStore
  readonly polls: LongPolls
  readonly chaos: Chaos
  readonly urlOf: (queueName: string) => string
}): Record<string, Operation> {
  const { queues, messages, polls, chaos, urlOf } = context
  /** An operation of the permission `action` on the queue of `QueueUrl`. */
  const onQueue = (action: string, handle: (queue: Queue, input: any, principal: Principal) => unknown): Operation => ({
    access: ({ QueueUrl }) => onNamed(action, String(QueueUrl).split('/').at(-1)!),
    handle: (input, { principal }) => handle(queues.byUrl(input.QueueUrl), input, principal),
  })
  const changeVisibility = (queue: Queue, input: { ReceiptHandle?: string; VisibilityTimeout?: number }) => {
    const seconds = optionalInteger(input.VisibilityTimeout, 'VisibilityTimeout', 0, longestVisibilityTimeoutSeconds)
    if (seconds === undefined) throw missingParameter('VisibilityTimeout')
    messages.changeVisibility(queue, input.ReceiptHandle, seconds)
  }
  const send = (queue: Queue, input: SendInput, principal: Principal) => {
    requireParameters(input, sendParameters)
    const { MessageBody: body, MessageAttributes: attributes, MessageSystemAttributes, DelaySeconds } = input
    const delaySeconds = optionalInteger(DelaySeconds, 'DelaySeconds', 0, 900)
    const traceHeader = MessageSystemAttributes?.['AWSTraceHeader']?.StringValue
    const message = { body, attributes, delaySeconds, senderId: senderIdOf(principal), traceHeader }
    return { MessageId: messages.add(queue, message), MD5OfMessageBody: md5(body) }
  }
  /** The URLs of one page of queues. */
  const pageOf = (found: Queue[], { MaxResults, NextToken: token }: { MaxResults?: number; NextToken?: string }) => {
    const { page, NextToken } = paged(found, token, optionalInteger(MaxResults, 'MaxResults', 1, 1000) ?? 1000)
    return { urls: page.map(({ name }) => urlOf(name)), NextToken }
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
        const { urls: QueueUrls, NextToken } = pageOf(queues.list(input.QueueNamePrefix), input)
        return { QueueUrls, NextToken }
      },
    },
    ListDeadLetterSourceQueues: onQueue('ListDeadLetterSourceQueues', ({ arn }, input) => {
      const { urls: queueUrls, NextToken } = pageOf(queues.sourcesOf(arn), input)
      return { queueUrls, NextToken }
    }),
    GetQueueAttributes: onQueue('GetQueueAttributes', (queue, { AttributeNames = [] }) => {
      const { visible, inFlight, delayed } = messages.depth(queue)
      const attributes = {
        ...queue.attributes,
        QueueArn: queue.arn,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
        LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
      }
      return { Attributes: selected(attributes, AttributeNames) }
    }),
    SetQueueAttributes: onQueue('SetQueueAttributes', (queue, { Attributes = {} }) => queues.change(queue, Attributes)),
    PurgeQueue: onQueue('PurgeQueue', (queue) => messages.purge(queue)),
    SendMessage: onQueue('SendMessage', send),
    SendMessageBatch: onQueue('SendMessage', (queue, { Entries = [] }: { Entries?: SendInput[] }, principal) => {
      const bytes = Entries.reduce(
        (sum, { MessageBody, MessageAttributes = {} }) => sum + messageBytes(String(MessageBody), MessageAttributes),
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
      requireParameters(input, ['QueueUrl', ...receiveNames, ...receiveNumbers])
      const { AttributeNames = [], MessageSystemAttributeNames = [], MessageAttributeNames = [] } = input
      const names = [...AttributeNames, ...MessageSystemAttributeNames]
      const unknown = names.find((name) => !systemAttributeNames.has(name))
      if (unknown !== undefined) throw invalidParameter(unknown, 'AttributeName', 'Unknown or not emulated.')
      const waitSeconds = optionalInteger(input.WaitTimeSeconds, 'WaitTimeSeconds', 0, 20) ?? queue.receiveWaitSeconds
      const received = await polls.receive(queue.name, {
        max: optionalInteger(input.MaxNumberOfMessages, 'MaxNumberOfMessages', 1, 10) ?? 1,
        waitMs: waitSeconds * 1000,
        visibilityTimeoutSeconds: optionalInteger(
          input.VisibilityTimeout,
          'VisibilityTimeout',
          0,
          longestVisibilityTimeoutSeconds,
        ),
      })
      const Messages = received.map((message) => toOutput(message, names, MessageAttributeNames))
      return Messages.length === 0 ? {} : { Messages }
    }),
    DeleteMessage: onQueue('DeleteMessage', (queue, { ReceiptHandle }) => messages.delete(queue, ReceiptHandle)),
    ChangeMessageVisibility: onQueue('ChangeMessageVisibility', changeVisibility),
    ChangeMessageVisibilityBatch: onQueue('ChangeMessageVisibility', (queue, { Entries }) =>
      forEachEntry<object>(Entries, (entry) => changeVisibility(queue, entry), chaos),
    ),
  }
}

const onNamed = (action: string, name: string): AccessRequest[] => [
  { action: `sqs:${action}`, resource: queueArn(name) },
]

function senderIdOf(principal: Principal): string {
  if (principal.kind === 'role') return principal.functionName ?? principal.roleArn
  return principal.kind === 'service' ? principal.service : accountId
}

const toOutput = (message: ReceivedMessage, systemNames: readonly string[], names: readonly string[]) => ({
  MessageId: message.messageId,
  ReceiptHandle: message.receiptHandle,
  Body: message.body,
  MD5OfBody: message.md5OfBody,
  Attributes: pick(message.attributes, systemNames),
  MessageAttributes: pick(message.messageAttributes, names),
})

/**
 * @param names names, `prefix.*`, or `All` or `.*` for all
 * @returns undefined instead of an empty object
 */
function pick<Value>(values: { readonly [name: string]: Value }, names: readonly string[]) {
  const isSelected = (name: string) =>
    names.some((each) => each === 'All' || each === name || (each.endsWith('.*') && name.startsWith(each.slice(0, -2))))
  const entries = Object.entries(values).filter(([name]) => isSelected(name))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function selected(attributes: QueueAttributes, names: string[]): QueueAttributes | undefined {
  const unknown = names.find((name) => !(name in attributes) && !['All', 'Policy', 'RedrivePolicy'].includes(name))
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`)
  return pick(attributes, names)
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
  checkBatch(entries.map(({ Id }) => Id))
  const Successful: object[] = []
  const Failed: object[] = []
  for (const entry of entries) {
    const { Id } = entry
    try {
      if (chaos.hits('failed entries of SQS batches'))
        throw new AwsError('InternalError', 'We encountered an internal error. Please try again.', { statusCode: 500 })
      Successful.push({ Id, ...work(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push({ Id, Code: error.name, Message: error.message, SenderFault: error.statusCode < 500 })
    }
  }
  return { Successful, Failed }
}

function checkBatch(ids: readonly (string | undefined)[]): void {
  const count = `1 to 10 entries are allowed per request. You have sent ${ids.length}.`
  if (ids.length === 0) throw new AwsError('EmptyBatchRequest', count)
  if (ids.length > 10) throw new AwsError('TooManyEntriesInBatchRequest', count)
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id ?? '')))
    throw new AwsError('InvalidBatchEntryId', 'A batch entry id has 1 to 80 letters, digits, hyphens and underscores.')
  if (new Set(ids).size < ids.length) throw new AwsError('BatchEntryIdsNotDistinct', 'Two entries have the same id.')
}

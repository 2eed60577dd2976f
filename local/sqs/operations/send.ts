import type { Principal } from '../../iam/types.ts'
import { accountId } from '../../assembly/provider.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { checkMessage, md5, md5OfAttributes, messageBytes, type MessageAttributes } from '../message.ts'
import { optionalInteger } from '../queue-attributes.ts'
import type { Queue } from '../queue-store.ts'
import { forEachEntry } from './batch.ts'
import { onQueue, type OperationContext } from './context.ts'

interface SendInput {
  readonly MessageBody: string
  readonly MessageAttributes?: MessageAttributes
  readonly MessageSystemAttributes?: MessageAttributes
  readonly DelaySeconds?: number
  readonly MessageGroupId?: string
  readonly MessageDeduplicationId?: string
}

/** The limit of all messages of one request together. */
const requestLimitBytes = 1_048_576

/** SendMessage and SendMessageBatch. */
export function sendOperations({ queues, messages, chaos }: OperationContext): Record<string, Operation> {
  function send(queue: Queue, input: SendInput, principal: Principal) {
    if (input.MessageGroupId !== undefined || input.MessageDeduplicationId !== undefined) {
      throw new AwsError('UnsupportedOperation', 'Message groups and deduplication ids are not emulated.')
    }
    const attributes = input.MessageAttributes ?? {}
    const systemAttributes = input.MessageSystemAttributes ?? {}
    checkMessage(input.MessageBody, attributes, queue.maxMessageBytes)
    const delaySeconds = optionalInteger(input.DelaySeconds, 'DelaySeconds', 0, 900) ?? queue.delaySeconds
    const MessageId = messages.add(queue, {
      body: input.MessageBody,
      attributes,
      delaySeconds,
      senderId: senderIdOf(principal),
      traceHeader: systemAttributes['AWSTraceHeader']?.StringValue,
    })
    return {
      MessageId,
      MD5OfMessageBody: md5(input.MessageBody),
      MD5OfMessageAttributes: md5OfAttributes(attributes),
      MD5OfMessageSystemAttributes: md5OfAttributes(systemAttributes),
    }
  }

  return {
    SendMessage: {
      access: onQueue('SendMessage'),
      handle: (input, { principal }) => send(queues.byUrl(input.QueueUrl), input, principal),
    },
    SendMessageBatch: {
      access: onQueue('SendMessage'),
      handle: (input: { QueueUrl: string; Entries?: (SendInput & { Id: string })[] }, { principal }) => {
        const queue = queues.byUrl(input.QueueUrl)
        const bytes = (input.Entries ?? []).reduce(
          (sum, entry) => sum + messageBytes(String(entry.MessageBody ?? ''), entry.MessageAttributes ?? {}),
          0,
        )
        if (bytes > requestLimitBytes) {
          throw new AwsError(
            'BatchRequestTooLong',
            `Batch requests cannot be longer than ${requestLimitBytes} bytes. You have sent ${bytes} bytes.`,
          )
        }
        return forEachEntry(input.Entries, (entry) => send(queue, entry, principal), chaos)
      },
    },
  }
}

function senderIdOf(principal: Principal): string {
  switch (principal.kind) {
    case 'administrator':
      return accountId
    case 'anonymous':
      return 'anonymous'
    case 'role':
      return principal.functionName ?? principal.roleArn
    case 'service':
      return principal.service
    default:
      return principal satisfies never
  }
}

import type { Operation } from '../../wire/service.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { optionalInteger, type QueueAttributes } from '../queue-attributes.ts'
import type { Depth } from '../message-store.ts'
import type { Queue } from '../queue-store.ts'
import { onNamedQueue, onQueue, type OperationContext } from './context.ts'

/** CreateQueue, DeleteQueue, GetQueueUrl, GetQueueAttributes, SetQueueAttributes, PurgeQueue and the two listings. */
export function queueOperations({ service, queues, messages }: OperationContext): Record<string, Operation> {
  return {
    CreateQueue: {
      access: onNamedQueue('CreateQueue'),
      handle: (input: { QueueName: string; Attributes?: QueueAttributes }) => ({
        QueueUrl: service.urlOf(queues.create(input.QueueName, input.Attributes ?? {}).name),
      }),
    },
    DeleteQueue: {
      access: onQueue('DeleteQueue'),
      handle: (input) => service.deleteQueue(queues.byUrl(input.QueueUrl).arn),
    },
    GetQueueUrl: {
      access: onNamedQueue('GetQueueUrl'),
      handle: (input) => ({ QueueUrl: service.urlOf(queues.get(String(input.QueueName)).name) }),
    },
    GetQueueAttributes: {
      access: onQueue('GetQueueAttributes'),
      handle: (input) => {
        const queue = queues.byUrl(input.QueueUrl)
        return { Attributes: selected(describe(queue, messages.depth(queue)), input.AttributeNames ?? []) }
      },
    },
    SetQueueAttributes: {
      access: onQueue('SetQueueAttributes'),
      handle: (input) => void queues.change(queues.byUrl(input.QueueUrl).name, input.Attributes ?? {}),
    },
    PurgeQueue: {
      access: onQueue('PurgeQueue'),
      handle: (input) => messages.purge(queues.byUrl(input.QueueUrl)),
    },
    ListQueues: {
      access: () => [{ action: 'sqs:ListQueues', resource: '*' }],
      handle: (input) => {
        const { page, NextToken } = paged(queues.list(input.QueueNamePrefix ?? ''), input)
        return { QueueUrls: page.map((queue) => service.urlOf(queue.name)), NextToken }
      },
    },
    ListDeadLetterSourceQueues: {
      access: onQueue('ListDeadLetterSourceQueues'),
      handle: (input) => {
        const { page, NextToken } = paged(queues.sourcesOf(queues.byUrl(input.QueueUrl).arn), input)
        return { queueUrls: page.map((queue) => service.urlOf(queue.name)), NextToken }
      },
    },
  }
}

function describe(queue: Queue, depth: Depth): QueueAttributes {
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(depth.visible),
    ApproximateNumberOfMessagesNotVisible: String(depth.inFlight),
    ApproximateNumberOfMessagesDelayed: String(depth.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
  }
}

const knownNames = new Set([
  'All',
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
])

function selected(attributes: QueueAttributes, names: string[]): QueueAttributes {
  const unknown = names.find((name) => !(name in attributes) && !knownNames.has(name))
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`)
  if (names.includes('All')) return attributes
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)))
}

/** The token is the name of the previous page's last queue. */
function paged(all: Queue[], input: { MaxResults?: number; NextToken?: string }) {
  const size = optionalInteger(input.MaxResults, 'MaxResults', 1, 1000) ?? 1000
  const rest = input.NextToken === undefined ? all : all.filter((queue) => queue.name > input.NextToken!)
  const page = rest.slice(0, size)
  return { page, NextToken: rest.length > size ? page.at(-1)?.name : undefined }
}

import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  paginateListQueues,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { CommandError } from '../errors.ts'
import { itemsIn } from '../pages.ts'

export type Sqs = SQSClient

export interface DeadLetterQueue {
  readonly name: string
  readonly url: string
  readonly arn: string
  /** Messages that can be received now. */
  readonly messages: number
  /** Messages in flight: just received, or being moved by a redrive. */
  readonly hidden: number
  /** The queues whose redrive policy names it; empty for the dead-letter queue of a rule or a topic. */
  readonly sources: readonly string[]
}

const ending = '-dlq'

/** The dead-letter queues of a stage: `<prefix>-<consumer>-dlq`, by name. */
export async function deadLetterQueuesOf(sqs: Sqs, prefix: string): Promise<DeadLetterQueue[]> {
  const urls = (await queueUrls(sqs, `${prefix}-`)).filter((url) => url.endsWith(ending))
  const queues = await Promise.all(urls.map((url) => describe(sqs, url)))
  return queues.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * The URLs of all queues whose names begin with the prefix. Without a page size SQS returns at most 1000 URLs and no token for
 * the rest.
 */
export const queueUrls = (sqs: Sqs, QueueNamePrefix: string): Promise<string[]> =>
  itemsIn(paginateListQueues({ client: sqs, pageSize: 1000 }, { QueueNamePrefix }), ({ QueueUrls }) => QueueUrls)

/**
 * Finds a queue by its name, with or without the stage's prefix and `-dlq`.
 * @throws CommandError naming the existing queues
 */
export function queueNamed<Queue extends { name: string }>(
  queues: readonly Queue[],
  name: string,
  prefix: string,
): Queue {
  const names = [name, `${name}${ending}`, `${prefix}-${name}`, `${prefix}-${name}${ending}`]
  const found = queues.find((queue) => names.includes(queue.name))
  if (found) return found
  const existing = queues.map((queue) => queue.name).join(', ') || 'none'
  throw new CommandError(`${prefix} has no queue ${name}. Available: ${existing}.`)
}

export const nameOf = (urlOrArn: string): string => urlOrArn.split(/[/:]/).at(-1)!

async function describe(sqs: Sqs, url: string): Promise<DeadLetterQueue> {
  const [{ Attributes = {} }, sources] = await Promise.all([
    sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] })),
    sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url, MaxResults: 10 })),
  ])
  return {
    name: nameOf(url),
    url,
    arn: Attributes['QueueArn']!,
    messages: Number(Attributes['ApproximateNumberOfMessages']),
    hidden: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
    sources: (sources.queueUrls ?? []).map(nameOf),
  }
}

/**
 * Receives messages of a queue, passes them to `use` and makes them visible again. The receive count is irrelevant,
 * since a dead-letter queue has no maximum. Meanwhile the messages are invisible to other receivers; if this process
 * crashes, for at most `hiddenSeconds`.
 */
export async function withMessages<T>(
  sqs: Sqs,
  queueUrl: string,
  { limit, hiddenSeconds, signal }: { limit: number; hiddenSeconds: number; signal?: AbortSignal },
  use: (messages: Message[]) => T | Promise<T>,
): Promise<T> {
  const messages: Message[] = []
  try {
    for (;;) {
      if (messages.length >= limit || signal?.aborted) break
      const received = await receive(sqs, queueUrl, Math.min(10, limit - messages.length), hiddenSeconds)
      if (received.length === 0) break
      messages.push(...received)
    }
    return await use(messages)
  } finally {
    await makeVisible(sqs, queueUrl, messages)
  }
}

async function receive(sqs: Sqs, QueueUrl: string, count: number, hiddenSeconds: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: count,
      VisibilityTimeout: hiddenSeconds,
      // A short poll queries only a subset of the SQS servers and may miss messages.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  )
  return Messages
}

/** Failed entries are ignored: the message was deleted in the meantime, or its visibility timeout expires. */
async function makeVisible(sqs: Sqs, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 10) {
    const Entries = messages.slice(from, from + 10).map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }))
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
  }
}

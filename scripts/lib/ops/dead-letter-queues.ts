import {
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { UsageError } from '../deployment.ts'

export type Sqs = Pick<SQSClient, 'send'>

export interface DeadLetterQueue {
  readonly name: string
  readonly url: string
  readonly arn: string
  /** That can be received now. */
  readonly messages: number
  /** Of a receive that was seconds ago, or of a redrive that runs. */
  readonly hidden: number
  /** The queues whose failed messages it takes: a consumer's one. None: a rule or a topic fills it by itself. */
  readonly sources: readonly string[]
}

const ending = '-dlq'

/** The dead-letter queues of a stage: `<prefix>-<consumer>-dlq`, by name. */
export async function deadLetterQueuesOf(sqs: Sqs, prefix: string): Promise<DeadLetterQueue[]> {
  const urls = (await queueUrls(sqs, `${prefix}-`)).filter((url) => url.endsWith(ending))
  const queues = await Promise.all(urls.map((url) => describe(sqs, url)))
  return queues.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The URLs of all queues whose names begin so. */
export async function queueUrls(sqs: Sqs, QueueNamePrefix: string): Promise<string[]> {
  const urls: string[] = []
  let NextToken: string | undefined
  do {
    // Without a size SQS answers 1000 at most and no token for the rest.
    const page = await sqs.send(new ListQueuesCommand({ QueueNamePrefix, MaxResults: 1000, NextToken }))
    urls.push(...(page.QueueUrls ?? []))
    NextToken = page.NextToken
  } while (NextToken)
  return urls
}

/**
 * The queue of this name, which may stand there without the stage's prefix and without `-dlq`.
 * @throws UsageError naming those that there are
 */
export function queueNamed<Queue extends { name: string }>(
  queues: readonly Queue[],
  name: string,
  prefix: string,
): Queue {
  const meant = [name, `${name}${ending}`, `${prefix}-${name}`, `${prefix}-${name}${ending}`]
  const found = queues.find((queue) => meant.includes(queue.name))
  if (found) return found
  const there = queues.map((queue) => queue.name).join(', ') || 'none'
  throw new UsageError(`${prefix} has no queue ${name}. There are: ${there}.`)
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

import { GetQueueAttributesCommand, GetQueueUrlCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { eventually } from '#scripts/lib/api-client.ts'
import { deployment } from './shop.ts'

export interface ConsumerQueue {
  readonly url: string
  readonly deadLetterUrl: string
  /** The configured delay of a queue. */
  readonly delaySeconds: number
  readonly visibilityTimeout: string
}

/** Each consumer's queue that redrives into a dead-letter queue. Queue and bus names have the same stage prefix. */
export async function consumerQueues(sqs: SQSClient): Promise<ConsumerQueue[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `${deployment.eventBusName}-` }))
  const described = await Promise.all(
    QueueUrls.map(async (url) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      )
      if (!Attributes['RedrivePolicy']) return []
      const name = JSON.parse(Attributes['RedrivePolicy']).deadLetterTargetArn.split(':').at(-1)
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }))
      const delaySeconds = Number(Attributes['DelaySeconds'])
      return [{ url, deadLetterUrl: QueueUrl!, visibilityTimeout: Attributes['VisibilityTimeout']!, delaySeconds }]
    }),
  )
  return described.flat()
}

/**
 * Waits until every message in the consumers' queues is handled. A failed message stays in flight until it is retried, and
 * a handled message may have caused a message in a queue that was checked before, so all queues must be empty twice in a
 * row. Messages in a queue with a configured delay are excluded.
 */
export async function consumersIdle(sqs: SQSClient): Promise<void> {
  const queues = await consumerQueues(sqs)
  expect(queues.length).toBeGreaterThanOrEqual(3)
  let emptyInARow = 0
  await eventually(
    'all queues to be empty, with nothing in flight',
    async () => {
      const counts = await Promise.all(queues.map((queue) => messagesIn(sqs, queue)))
      emptyInARow = counts.every((count) => count === 0) ? emptyInARow + 1 : 0
      return emptyInARow >= 2
    },
    240_000,
    250,
  )
}

/** Visible, in flight, or delayed in a queue without a configured delay. */
async function messagesIn(sqs: SQSClient, { url, delaySeconds }: ConsumerQueue): Promise<number> {
  const counted = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    ...(delaySeconds > 0 ? [] : (['ApproximateNumberOfMessagesDelayed'] as const)),
  ] as const
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...counted] }),
  )
  return counted.reduce((sum, name) => sum + Number(Attributes[name]), 0)
}

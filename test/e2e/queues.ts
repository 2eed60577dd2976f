import { GetQueueAttributesCommand, GetQueueUrlCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { deployment } from './shop.ts'

export interface ConsumerQueue {
  readonly url: string
  readonly deadLetterUrl: string
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
      return [{ url, deadLetterUrl: QueueUrl!, visibilityTimeout: Attributes['VisibilityTimeout']! }]
    }),
  )
  return described.flat()
}

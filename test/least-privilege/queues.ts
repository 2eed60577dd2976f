import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** @param named the queue's name or ARN */
export async function queueUrl(sqs: SQSClient, named: string): Promise<string> {
  const QueueName = named.split(':').at(-1)!
  return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl!
}

/** The messages that are visible or in flight, without the delayed ones. */
export async function messagesIn(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const counted = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counted] }))
  return counted.reduce((sum, name) => sum + Number(Attributes[name]), 0)
}

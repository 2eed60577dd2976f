import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand, type Message } from '@aws-sdk/client-sqs'
import type { Sqs } from './dead-letter-queues.ts'

/**
 * Lends messages of a queue to `use` and puts them back: whoever looks next sees them again. A dead-letter queue has no
 * limit of receives, so that being counted costs a message nothing. The messages are hidden from others meanwhile, for
 * `hiddenSeconds` at most should this process die.
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
    await putBack(sqs, queueUrl, messages)
  }
}

async function receive(sqs: Sqs, QueueUrl: string, count: number, hiddenSeconds: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: count,
      VisibilityTimeout: hiddenSeconds,
      // A short poll asks a part of the servers and may miss messages that are there.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  )
  return Messages
}

/** One that cannot be put back was deleted meanwhile, or comes back by itself: neither is a failure of having looked. */
async function putBack(sqs: Sqs, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 10) {
    const Entries = messages.slice(from, from + 10).map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }))
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
  }
}

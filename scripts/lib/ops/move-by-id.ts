import { DeleteMessageCommand, SendMessageCommand, type Message } from '@aws-sdk/client-sqs'
import type { Sqs } from './dead-letter-queues.ts'
import { withMessages } from './peek-messages.ts'

/** How long the others are hidden while the queue is searched, should this process die. */
const hiddenSeconds = 120

/** A dead-letter queue hands out no chosen message, so that all have to be looked at. */
const mostLookedAt = 10_000

/**
 * Moves the messages of these ids, or all when none is named, one after the other: sent first and deleted after, so that
 * a death in between leaves one too many and never one too few.
 * @returns the ids that were moved
 */
export async function moveMessages(
  sqs: Sqs,
  move: { fromUrl: string; toUrl: string; ids: ReadonlySet<string> | undefined },
  session: { signal: AbortSignal; say: (line: string) => void },
): Promise<string[]> {
  const moved: string[] = []
  const options = { limit: mostLookedAt, hiddenSeconds, signal: session.signal }
  await withMessages(sqs, move.fromUrl, options, async (messages) => {
    const wanted = messages.filter(({ MessageId }) => move.ids?.has(MessageId!) ?? true)
    for (const message of wanted) {
      if (session.signal.aborted) return
      await moveOne(sqs, message, move)
      moved.push(message.MessageId!)
      session.say(`${moved.length} of ${wanted.length} moved`)
    }
  })
  return moved
}

async function moveOne(sqs: Sqs, message: Message, { fromUrl, toUrl }: { fromUrl: string; toUrl: string }) {
  const { Body, MessageAttributes, ReceiptHandle } = message
  await sqs.send(new SendMessageCommand({ QueueUrl: toUrl, MessageBody: Body, MessageAttributes }))
  await sqs.send(new DeleteMessageCommand({ QueueUrl: fromUrl, ReceiptHandle }))
}

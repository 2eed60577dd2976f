import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { ReservationSettings } from '#infra/stage-settings.ts'
import type { VirtualTime } from './virtual-time.ts'

interface Message {
  readonly record: SQSEvent['Records'][number]
  visibleAtMs: number
  receives: number
}

export interface Delivery {
  /** When each message was handled, ascending. */
  readonly handledAtMs: readonly number[]
  /** How often a message returned to the queue, to be delivered again after its visibility timeout. */
  readonly returned: number
  /** Message ids that were received too often. */
  readonly deadLetters: readonly string[]
}

/** As infra/constructs/event-consumer.ts sets them, without the window. */
const visibilityTimeoutMs = 60_000
const maxReceiveCount = 5

/**
 * Assumed for what a batch takes besides its calls of DynamoDB: the invocation, and the work for each message, which is
 * 0.07 ms on a whole core; the function has 58 % of one.
 */
const invocationMs = 5
const messageMs = 0.2

/**
 * An SQS queue with an event source mapping, in virtual time: delivers all messages to the handler.
 * @param around a random duration with this mean
 */
export async function deliverAll(
  records: readonly SQSEvent['Records'][number][],
  handle: (event: SQSEvent) => Promise<SQSBatchResponse>,
  { batchSize, batchWindowSeconds, maxConcurrency }: ReservationSettings,
  time: VirtualTime,
  around: (ms: number) => number,
): Promise<Delivery> {
  let waiting: Message[] = records.map((record) => ({ record, visibleAtMs: 0, receives: 0 }))
  let inFlight = 0
  let returned = 0
  const handledAtMs: number[] = []
  const deadLetters: string[] = []

  const take = (most: number): Message[] => {
    const taken = new Set(waiting.filter(({ visibleAtMs }) => visibleAtMs <= time.nowMs).slice(0, most))
    waiting = waiting.filter((message) => !taken.has(message))
    return [...taken]
  }

  /** A full batch, or what has come when the window ends, which begins with the first message. */
  const receive = async (): Promise<Message[]> => {
    const batch = take(batchSize)
    inFlight += batch.length
    const windowEndsMs = time.nowMs + batchWindowSeconds * 1000
    while (batch.length > 0 && batch.length < batchSize && time.nowMs < windowEndsMs) {
      const nextMs = Math.min(windowEndsMs, ...waiting.map(({ visibleAtMs }) => visibleAtMs))
      await time.sleep(nextMs - time.nowMs)
      const more = take(batchSize - batch.length)
      inFlight += more.length
      batch.push(...more)
    }
    return batch
  }

  const handleBatch = async (batch: readonly Message[]) => {
    const receivedAtMs = time.nowMs
    await time.sleep(around(invocationMs + messageMs * batch.length))
    const { batchItemFailures } = await handle({ Records: batch.map(({ record }) => record) })
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const message of batch) {
      if (!failed.has(message.record.messageId)) {
        handledAtMs.push(time.nowMs)
        continue
      }
      returned += 1
      message.receives += 1
      message.visibleAtMs = receivedAtMs + visibilityTimeoutMs
      if (message.receives >= maxReceiveCount) deadLetters.push(message.record.messageId)
      else waiting.push(message)
    }
    inFlight -= batch.length
  }

  /** A message in flight that returns is not visible earlier than the others. */
  const untilNextMs = () => {
    const nextMs = Math.min(...waiting.map(({ visibleAtMs }) => visibleAtMs))
    return waiting.length > 0 ? nextMs - time.nowMs : visibilityTimeoutMs
  }

  const poll = async () => {
    while (waiting.length + inFlight > 0) {
      const batch = await receive()
      if (batch.length > 0) await handleBatch(batch)
      else await time.sleep(untilNextMs())
    }
  }
  await time.run(Array.from({ length: maxConcurrency }, () => poll))
  return { handledAtMs, returned, deadLetters }
}

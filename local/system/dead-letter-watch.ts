import type { Cancel, Clock } from '../clock.ts'
import type { SqsService } from '../sqs/service.ts'
import type { LocalLine } from './line.ts'

/** Messages that arrive together, such as a failed batch, are reported in one line. */
const reportAfterMs = 1000

/**
 * Reports within a second when messages have arrived in a dead-letter queue, and now when one is not empty. It works only
 * when a message arrives there: watching costs nothing while messages wait in other queues.
 * @returns a function that stops watching
 */
export function watchDeadLetters(options: {
  sqs: SqsService
  clock: Clock
  onLine: (line: LocalLine) => void
}): () => void {
  const { sqs, clock, onLine } = options
  const pending = new Map<string, Cancel>()
  const report = (queueName: string) => {
    pending.delete(queueName)
    const messages = sqs.count(queueName)
    if (messages === 0) return
    const [queueUrl, deadLetterOf] = [sqs.urlOf(queueName), sqs.sourcesOf(queueName)]
    onLine({ kind: 'dead-letter', time: clock.now(), queueName, queueUrl, messages, deadLetterOf })
  }
  for (const queueName of sqs.deadLetterQueues()) report(queueName)
  const unsubscribe = sqs.onArrival((queueName) => {
    if (pending.has(queueName) || sqs.sourcesOf(queueName).length === 0) return
    pending.set(
      queueName,
      clock.schedule(reportAfterMs, () => report(queueName)),
    )
  })
  return () => {
    unsubscribe()
    for (const cancel of pending.values()) cancel()
  }
}

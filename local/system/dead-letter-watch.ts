import type { Cancel, Clock } from '../clock.ts'
import type { SqsService } from '../sqs/service.ts'
import type { LocalLine } from './line.ts'

/** Messages that arrive together, such as a failed batch, are reported in one line. */
const reportAfterMs = 1000

/**
 * Reports within a second when messages have arrived in a dead-letter queue, and at the start when one is not empty. It
 * works only when a message arrives there: watching costs nothing while messages wait in other queues.
 */
export class DeadLetterWatch {
  readonly #sqs: SqsService
  readonly #clock: Clock
  readonly #onLine: (line: LocalLine) => void
  readonly #pending = new Map<string, Cancel>()
  #unsubscribe: () => void = () => {}

  constructor(options: { sqs: SqsService; clock: Clock; onLine: (line: LocalLine) => void }) {
    this.#sqs = options.sqs
    this.#clock = options.clock
    this.#onLine = options.onLine
  }

  start(): void {
    for (const queueName of this.#sqs.deadLetterQueues()) this.#report(queueName)
    this.#unsubscribe = this.#sqs.onArrival((queueName) => this.#arrived(queueName))
  }

  stop(): void {
    this.#unsubscribe()
    for (const cancel of this.#pending.values()) cancel()
    this.#pending.clear()
  }

  #arrived(queueName: string): void {
    if (this.#pending.has(queueName) || this.#sqs.sourcesOf(queueName).length === 0) return
    const report = () => {
      this.#pending.delete(queueName)
      this.#report(queueName)
    }
    this.#pending.set(queueName, this.#clock.schedule(reportAfterMs, report))
  }

  #report(queueName: string): void {
    const messages = this.#sqs.count(queueName)
    if (messages === 0) return
    this.#onLine({
      kind: 'dead-letter',
      time: this.#clock.now(),
      queueName,
      queueUrl: this.#sqs.urlOf(queueName),
      messages,
      deadLetterOf: this.#sqs.sourcesOf(queueName),
    })
  }
}

import type { Cancel, Clock } from '../clock.ts'
import type { SqsService } from '../sqs/service.ts'
import type { LocalLine } from './line.ts'

const checkEveryMs = 1000

/** Reports within a second when a dead-letter queue has grown, and at the start when one is not empty. */
export class DeadLetterWatch {
  readonly #sqs: SqsService
  readonly #clock: Clock
  readonly #onLine: (line: LocalLine) => void
  readonly #counts = new Map<string, number>()
  #cancel: Cancel = () => {}

  constructor(options: { sqs: SqsService; clock: Clock; onLine: (line: LocalLine) => void }) {
    this.#sqs = options.sqs
    this.#clock = options.clock
    this.#onLine = options.onLine
  }

  start(): void {
    this.#check()
    this.#cancel = this.#clock.schedule(checkEveryMs, () => this.start())
  }

  stop(): void {
    this.#cancel()
  }

  #check(): void {
    for (const queue of this.#sqs.depths()) {
      if (queue.deadLetterOf.length === 0) continue
      const messages = queue.visible + queue.inFlight + queue.delayed
      if (messages > (this.#counts.get(queue.arn) ?? 0)) this.#report(queue, messages)
      this.#counts.set(queue.arn, messages)
    }
  }

  #report(queue: { name: string; deadLetterOf: string[] }, messages: number): void {
    this.#onLine({
      kind: 'dead-letter',
      time: this.#clock.now(),
      queueName: queue.name,
      queueUrl: this.#sqs.urlOf(queue.name),
      messages,
      deadLetterOf: queue.deadLetterOf.map((arn) => arn.slice(arn.lastIndexOf(':') + 1)),
    })
  }
}

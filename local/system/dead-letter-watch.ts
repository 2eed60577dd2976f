import type { Cancel, Clock } from '../clock.ts'
import type { SqsService } from '../sqs/service.ts'
import type { LocalLine } from './line.ts'

const lookEveryMs = 1000

/** Says within a second when a dead-letter queue holds more than before, and at the start when one holds anything. */
export class DeadLetterWatch {
  readonly #sqs: SqsService
  readonly #clock: Clock
  readonly #onLine: (line: LocalLine) => void
  readonly #known = new Map<string, number>()
  #cancel: Cancel = () => {}

  constructor(options: { sqs: SqsService; clock: Clock; onLine: (line: LocalLine) => void }) {
    this.#sqs = options.sqs
    this.#clock = options.clock
    this.#onLine = options.onLine
  }

  start(): void {
    this.#look()
    this.#cancel = this.#clock.schedule(lookEveryMs, () => this.start())
  }

  stop(): void {
    this.#cancel()
  }

  #look(): void {
    for (const queue of this.#sqs.depths()) {
      if (queue.deadLetterOf.length === 0) continue
      const messages = queue.visible + queue.inFlight + queue.delayed
      if (messages > (this.#known.get(queue.arn) ?? 0)) this.#tell(queue, messages)
      this.#known.set(queue.arn, messages)
    }
  }

  #tell(queue: { name: string; deadLetterOf: string[] }, messages: number): void {
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

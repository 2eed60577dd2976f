import type { Clock } from '../clock.ts'
import type { ReceivedMessage } from './message.ts'
import type { MessageStore } from './message-store.ts'
import type { Queue, QueueStore } from './queue-store.ts'

export interface ReceiveOptions {
  readonly max: number
  readonly waitMs: number
  /** @default that of the queue */
  readonly visibilityTimeoutSeconds?: number | undefined
  readonly signal?: AbortSignal
}

/** Receives messages, and lets receivers wait for them, in the order of their arrival. */
export class LongPolls {
  readonly #clock: Clock
  readonly #queues: QueueStore
  readonly #messages: MessageStore
  /** What wakes the receivers that wait, by the name of the queue. */
  readonly #waiting = new Map<string, Set<() => void>>()
  #stopped = false

  constructor(clock: Clock, queues: QueueStore, messages: MessageStore) {
    this.#clock = clock
    this.#queues = queues
    this.#messages = messages
  }

  /**
   * Resolves with up to `max` messages, or with `[]` after `waitMs`, on abort and when the service stops.
   * @throws AwsError QueueDoesNotExist
   */
  async receive(queueName: string, options: ReceiveOptions): Promise<ReceivedMessage[]> {
    const { max, signal } = options
    const untilMs = this.#clock.now() + options.waitMs
    for (;;) {
      if (this.#stopped || signal?.aborted) return []
      // Each time, since the attributes may have changed while it waited.
      const queue = this.#queues.get(queueName)
      const { visibilityTimeoutSeconds = queue.visibilityTimeoutSeconds } = options
      const messages = this.#messages.take(queue, max, visibilityTimeoutSeconds)
      if (messages.length > 0 || this.#clock.now() >= untilMs) return messages
      await this.#change(queue, untilMs, signal)
    }
  }

  /** Call it after a commit that may have made a message of this queue visible. */
  wake(queueName: string): void {
    for (const wake of this.#waiting.get(queueName) ?? []) wake()
  }

  stop(): void {
    this.#stopped = true
    for (const queueName of this.#waiting.keys()) this.wake(queueName)
  }

  /** Resolves when a message may be visible: when it has arrived, or when a delayed or unacknowledged one becomes visible. */
  async #change(queue: Queue, untilMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    const waiting = this.#waiting.get(queue.name) ?? new Set()
    this.#waiting.set(queue.name, waiting.add(wake))
    const nextMs = Math.min(untilMs, this.#messages.nextVisibleMs(queue))
    const cancelTimer = this.#clock.schedule(nextMs - this.#clock.now(), wake)
    signal?.addEventListener('abort', wake)
    await promise
    cancelTimer()
    waiting.delete(wake)
    signal?.removeEventListener('abort', wake)
  }
}

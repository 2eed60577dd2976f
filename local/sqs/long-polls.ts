import type { Cancel, Clock } from '../clock.ts'
import type { ReceivedMessage } from './message.ts'

interface Waiter {
  readonly take: () => ReceivedMessage[]
  readonly resolve: (messages: ReceivedMessage[]) => void
  readonly reject: (error: unknown) => void
  cleanUp: () => void
}

/** Receivers that wait for a message, served in the order of their arrival. */
export class LongPolls {
  readonly #clock: Clock
  readonly #nextVisibleMs: (queue: string) => number | undefined
  readonly #waiters = new Map<string, Set<Waiter>>()
  readonly #timers = new Map<string, Cancel>()
  #stopped = false

  constructor(clock: Clock, nextVisibleMs: (queue: string) => number | undefined) {
    this.#clock = clock
    this.#nextVisibleMs = nextVisibleMs
  }

  /** Resolves with the messages that `take` finds within `waitMs`; empty after that, or immediately on abort. */
  wait(queue: string, take: () => ReceivedMessage[], waitMs: number, signal?: AbortSignal): Promise<ReceivedMessage[]> {
    if (this.#stopped || signal?.aborted) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { take, resolve, reject, cleanUp: () => {} }
      const giveUp = () => this.#settle(queue, waiter, () => resolve([]))
      const cancelTimeout = this.#clock.schedule(waitMs, giveUp)
      signal?.addEventListener('abort', giveUp, { once: true })
      waiter.cleanUp = () => {
        cancelTimeout()
        signal?.removeEventListener('abort', giveUp)
      }
      const others = this.#waiters.get(queue)
      if (others) others.add(waiter)
      else this.#waiters.set(queue, new Set([waiter]))
      this.#setTimer(queue)
    })
  }

  /** Serves the receivers waiting for this queue; call it after a commit that may have made a message visible. */
  wake(queue: string): void {
    for (const waiter of this.#waiters.get(queue) ?? []) {
      try {
        const messages = waiter.take()
        if (messages.length === 0) break
        this.#settle(queue, waiter, () => waiter.resolve(messages))
      } catch (error) {
        this.#settle(queue, waiter, () => waiter.reject(error))
      }
    }
    this.#setTimer(queue)
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    for (const [queue, waiters] of this.#waiters) {
      for (const waiter of waiters) this.#settle(queue, waiter, () => waiter.resolve([]))
    }
  }

  #settle(queue: string, waiter: Waiter, answer: () => void): void {
    waiter.cleanUp()
    this.#waiters.get(queue)?.delete(waiter)
    answer()
  }

  /** Wakes the waiters when the next delayed or unacknowledged message becomes visible. */
  #setTimer(queue: string): void {
    this.#timers.get(queue)?.()
    this.#timers.delete(queue)
    if (this.#stopped || !this.#waiters.get(queue)?.size) return
    const nextMs = this.#nextVisibleMs(queue)
    if (nextMs === undefined) return
    this.#timers.set(
      queue,
      this.#clock.schedule(nextMs - this.#clock.now(), () => this.wake(queue)),
    )
  }
}

/** A pending call of {@link Clock.schedule}; calling it cancels. Cancelling twice, or after the call, does nothing. */
export type Cancel = () => void

/**
 * The only source of time in the local system, so that a test can advance visibility timeouts, retries and expirations
 * manually instead of waiting for them.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `work` once, `delayMs` from now (immediately when zero or negative), never synchronously. */
  schedule(delayMs: number, work: () => void): Cancel
}

export const dayMs = 86_400_000

/** Beyond 2^31 - 1 ms setTimeout overflows and fires immediately. */
const longestTimeoutMs = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, work) {
    const timer = setTimeout(work, Math.min(Math.max(0, delayMs), longestTimeoutMs))
    return () => clearTimeout(timer)
  },
}

/** Waits for `work`, but at most `limitMs`. */
export async function within(limitMs: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  const limit = Promise.withResolvers<void>()
  const cancel = clock.schedule(limitMs, limit.resolve)
  await Promise.race([work, limit.promise])
  cancel()
}

/** A clock that advances only when {@link ManualClock.advance} is called. */
export class ManualClock implements Clock {
  #nowMs: number
  #pending: { atMs: number; work: () => void }[] = []

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, work: () => void): Cancel {
    const entry = { atMs: this.#nowMs + Math.max(0, delayMs), work }
    this.#pending.push(entry)
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry)
    }
  }

  /** Moves time forward and runs due callbacks in order; promises they start can settle in between. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      await settle()
      const next = this.#pending.filter((entry) => entry.atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0]
      if (!next) break
      this.#pending = this.#pending.filter((entry) => entry !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.work()
    }
    this.#nowMs = untilMs
    await settle()
  }
}

/** One turn of the event loop: callbacks of finished I/O and all promise reactions run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

import type { Clock } from '../clock.ts'

/** Waits, and returns early when `signal` aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(delayMs, done)
    signal.addEventListener('abort', done)
  })
}

/** Doubles from `firstMs` with each attempt, up to `maximumMs`. */
export const backoffMs = (attempts: number, firstMs: number, maximumMs: number) =>
  Math.min(maximumMs, firstMs * 2 ** attempts)

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

/** Doubles from `firstMs` with every try, up to `mostMs`. */
export const backoffMs = (tries: number, firstMs: number, mostMs: number) => Math.min(mostMs, firstMs * 2 ** tries)

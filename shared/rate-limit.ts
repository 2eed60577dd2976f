import * as z from 'zod'
import { failed, ok, type Result } from './result.ts'

/** The requests of a customer in one minute of the clock, as they are stored. */
export const RateWindow = z.object({
  /** `2026-11-28T12:34`, in UTC; minutes sort as text. */
  minute: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/),
  requests: z.int().min(1),
})
export type RateWindow = z.infer<typeof RateWindow>

/** A request that a write counts: the window with it, and the limit that the write checks again. */
export interface CountedRequest {
  readonly window: RateWindow
  readonly limitPerMinute: number
}

export interface RateLimited {
  /** Until the minute is over. */
  readonly retryAfterSeconds: number
}

/**
 * Counts a request in a fixed window. A minute that is later than `time` comes from another machine's clock and is
 * continued, so that clocks that differ do not multiply the limit.
 * @param before the stored window, if there is one
 */
export function countRequest(
  before: RateWindow | undefined,
  time: Date,
  limitPerMinute: number,
): Result<CountedRequest, RateLimited> {
  const minute = time.toISOString().slice(0, 16)
  if (!before || before.minute < minute) return ok({ window: { minute, requests: 1 }, limitPerMinute })
  if (before.requests < limitPerMinute) {
    return ok({ window: { minute: before.minute, requests: before.requests + 1 }, limitPerMinute })
  }
  const endMs = Date.parse(`${before.minute}:00Z`) + 60_000
  return failed({ retryAfterSeconds: Math.ceil((endMs - time.getTime()) / 1000) })
}

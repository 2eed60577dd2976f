/** The attempts and pauses of a retry. Randomness and waiting are injected, so that tests need neither. */
export interface Backoff {
  /** Including the first one. */
  readonly attempts: number
  /** The longest pause after the first attempt; it doubles with each further attempt. */
  readonly baseMs: number
  readonly maxMs: number
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** The backoff of a deployed function. */
export const realBackoff = (limits: Pick<Backoff, 'attempts' | 'baseMs' | 'maxMs'>): Backoff => ({
  ...limits,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
})

/**
 * Calls `attempt` until its outcome is not contended, with full jitter between attempts, since conflicting writers would
 * conflict again after equal pauses.
 * @returns the last outcome, which is contended when the attempts are exhausted
 */
export async function retryWhileContended<Outcome>(
  backoff: Backoff,
  attempt: () => Promise<Outcome>,
  isContended: (outcome: Outcome) => boolean,
): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt()
    if (!isContended(outcome) || tries >= backoff.attempts) return outcome
    const longestPauseMs = Math.min(backoff.maxMs, backoff.baseMs * 2 ** (tries - 1))
    await backoff.sleep(backoff.random() * longestPauseMs)
  }
}

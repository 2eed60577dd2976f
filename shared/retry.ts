/** How often and how patiently something contended is tried. Randomness and waiting come in, so that tests do neither. */
export interface Backoff {
  /** Tries in all, the first one included. */
  readonly attempts: number
  /** The longest pause after the first try; it doubles with every further one. */
  readonly baseMs: number
  readonly maxMs: number
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** The backoff of a running function: patience is the caller's choice, randomness and waiting are real. */
export const realBackoff = (patience: Pick<Backoff, 'attempts' | 'baseMs' | 'maxMs'>): Backoff => ({
  ...patience,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
})

/**
 * Calls `attempt` until its outcome is no longer contended, pausing with full jitter in between: equal pauses would
 * make those who collided once collide again. Answers the last outcome, contended or not, when the tries are used up.
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

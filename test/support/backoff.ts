import type { Backoff } from '#shared/retry.ts'

/** Retries without pauses. */
export const noPauses = (attempts: number): Backoff => ({
  attempts,
  baseMs: 1,
  maxMs: 1,
  random: () => 0,
  sleep: async () => {},
})

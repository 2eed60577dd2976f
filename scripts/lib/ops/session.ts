import type { Deployment } from '../deployment.ts'

/** What a command of operation works with. Nothing in it is found by a command itself, so that tests can give it. */
export interface Session {
  readonly deployment: Deployment
  /** Which deployment this is, and where: the wrong account is to be noticed before anything is done. */
  readonly place: string
  /** Ctrl-C: a command that is waiting ends what it started, says so, and answers `interrupted`. */
  readonly signal: AbortSignal
  readonly now: () => Date
  /** A result, on stdout. */
  readonly print: (line: string) => void
  /** What is going on, on stderr, so that results can be piped. */
  readonly say: (line: string) => void
  /**
   * Tells what will be done, and where, and asks for leave.
   * @returns false when it was refused, which is said
   * @throws UsageError when nobody can be asked: one line, nothing done
   */
  readonly confirm: (plan: readonly string[]) => Promise<boolean>
}

/** Exit codes besides 0. */
export const failed = 1
export const interrupted = 130

/** Resolves after `delayMs`, at once on abort. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, delayMs)
    signal.addEventListener('abort', end)
  })
}

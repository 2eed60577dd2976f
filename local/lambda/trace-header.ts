import { randomBytes } from 'node:crypto'

/**
 * The trace header of one invocation, as a function finds it in `_X_AMZN_TRACE_ID`. The trace is that of the caller
 * where it names one, the parent is Lambda's own segment, and the caller's decision on sampling stands if it made one.
 * @param callers `Root=1-…` and what else the caller knows of its trace
 */
export function invocationTrace(callers: string | undefined, activeTracing: boolean, nowMs: number): string {
  const root = /(?:^|;) *Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(callers ?? '')?.[1] ?? newRoot(nowMs)
  const sampled = /(?:^|;) *Sampled=([01])(?:;|$)/.exec(callers ?? '')?.[1] ?? (activeTracing ? '1' : '0')
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=${sampled}`
}

/** X-Ray begins a trace's name with the second that it began in. */
const newRoot = (nowMs: number) =>
  `1-${Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomBytes(12).toString('hex')}`

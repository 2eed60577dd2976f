import { randomBytes } from 'node:crypto'

/**
 * The trace header of one invocation, which a function reads from `_X_AMZN_TRACE_ID`. It continues the caller's
 * trace, if there is one; the parent is Lambda's own segment, and the caller's sampling decision applies if it made
 * one.
 * @param callers `Root=1-…` and other fields of the caller's trace header
 */
export function invocationTrace(callers: string | undefined, activeTracing: boolean, nowMs: number): string {
  const root = /(?:^|;) *Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(callers ?? '')?.[1] ?? newRoot(nowMs)
  const sampled = /(?:^|;) *Sampled=([01])(?:;|$)/.exec(callers ?? '')?.[1] ?? (activeTracing ? '1' : '0')
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=${sampled}`
}

/** An X-Ray trace id starts with the second in which the trace started. */
const newRoot = (nowMs: number) =>
  `1-${Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomBytes(12).toString('hex')}`

import { randomBytes } from 'node:crypto'
import type { MetricSink } from '../cloudwatch/metric.ts'
import type { AccessControl } from '../iam/types.ts'
import { isAllowed, type FunctionConfiguration } from './function-configuration.ts'

/**
 * Checks the role's permission to send Lambda's segments of a traced invocation; a denial is reported. They are not
 * stored.
 */
export function sendTrace(configuration: FunctionConfiguration, access: AccessControl): void {
  const actions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']
  const requests = actions.map((action) => ({ action, resource: '*' }))
  isAllowed(configuration, access, requests)
}

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
function newRoot(nowMs: number): string {
  const second = Math.floor(nowMs / 1000).toString(16)
  return `1-${second.padStart(8, '0')}-${randomBytes(12).toString('hex')}`
}

/**
 * Publishes a metric of Lambda for a function, and for the qualified name that was invoked.
 * @param invokedArn the function's ARN with the qualifier of the call
 */
export function addMetric(
  sink: MetricSink,
  name: 'Invocations' | 'Errors' | 'Throttles' | 'IteratorAge',
  value: number,
  invokedArn: string,
): void {
  const Resource = invokedArn.slice(invokedArn.indexOf(':function:') + ':function:'.length)
  const FunctionName = Resource.split(':', 1)[0]!
  sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value)
  sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName, Resource } }, value)
}

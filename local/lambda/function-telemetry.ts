import { randomBytes } from 'node:crypto'
import { arn } from '../assembly/provider.ts'
import type { MetricSink } from '../cloudwatch/metric.ts'
import type { AccessControl } from '../iam/types.ts'
import type { LogStore } from '../logs/log-store.ts'
import { AwsError } from '../wire/aws-error.ts'
import { roleOf, type FunctionConfiguration } from './function-configuration.ts'
import type { MappingConfiguration } from './mapping-configuration.ts'

/**
 * Writes the output of a function's environment to its log group with the permissions of the function's role. Lines
 * that the role may not write are lost, as on AWS: IAM reports the denial, and the function continues.
 */
export class FunctionLogs implements Pick<LogStore, 'append'> {
  readonly #configuration: FunctionConfiguration
  readonly #logs: Pick<LogStore, 'append' | 'hasGroup'>
  readonly #access: AccessControl
  #streamExists = false

  constructor(options: {
    configuration: FunctionConfiguration
    logs: Pick<LogStore, 'append' | 'hasGroup'>
    access: AccessControl
  }) {
    this.#configuration = options.configuration
    this.#logs = options.logs
    this.#access = options.access
  }

  append(group: string, stream: string, messages: { timestampMs: number; message: string }[]): void {
    try {
      if (!this.#logs.hasGroup(group)) this.#require('CreateLogGroup', group)
      if (!this.#streamExists) this.#require('CreateLogStream', `${group}:log-stream:${stream}`)
      this.#streamExists = true
      this.#require('PutLogEvents', `${group}:log-stream:${stream}`)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return
    }
    this.#logs.append(group, stream, messages)
  }

  #require(operation: string, logGroup: string): void {
    const request = { action: `logs:${operation}`, resource: arn('logs', `log-group:${logGroup}`) }
    this.#access.require(roleOf(this.#configuration), [request])
  }
}

/**
 * Checks the role's permission to send Lambda's segments of a traced invocation; a denial is reported. They are not
 * stored.
 */
export function sendTrace(configuration: FunctionConfiguration, access: AccessControl): void {
  const requests = ['PutTraceSegments', 'PutTelemetryRecords'].map((operation) => ({
    action: `xray:${operation}`,
    resource: '*',
  }))
  try {
    access.require(roleOf(configuration), requests)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
  }
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
const newRoot = (nowMs: number) =>
  `1-${Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomBytes(12).toString('hex')}`

/** A part of the metrics that Lambda publishes: for each function, and for each qualified name that was invoked. */
export class FunctionMetrics {
  readonly #sink: MetricSink

  constructor(sink: MetricSink) {
    this.#sink = sink
  }

  /** @param invokedArn the function's ARN with the qualifier of the call */
  add(name: 'Invocations' | 'Errors' | 'Throttles' | 'IteratorAge', value: number, invokedArn: string): void {
    const Resource = invokedArn.slice(invokedArn.indexOf(':function:') + ':function:'.length)
    const FunctionName = Resource.split(':', 1)[0]!
    this.#sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value)
    this.#sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName, Resource } }, value)
  }

  /** Counts discarded records that were sent to the destination of a mapping, if it enables that in `MetricsConfig`. */
  discarded({ uuid, countsEvents }: MappingConfiguration, records: number): void {
    if (!countsEvents) return
    const name = 'OnFailureDestinationDeliveredEventCount'
    this.#sink.add({ namespace: 'AWS/Lambda', name, dimensions: { EventSourceMappingUUID: uuid } }, records)
  }
}

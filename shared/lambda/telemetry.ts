import { AsyncLocalStorage } from 'node:async_hooks'
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { traceparentOf } from '../events/trace-context.ts'

/** Members of AWS errors that contain stored items or whole responses. */
const payloadMembers = ['Item', '$response']

/** Written by Powertools on every line: a constant, and the trace of the invocation, where `trace_id` is the request's. */
const superfluous = ['sampling_rate', 'xray_trace_id']

const omitted: ReadonlySet<string> = new Set([...payloadMembers, ...superfluous])

/** Created when it is first needed: compiling its classes takes half a millisecond. */
const emailAddress = () => /[\p{L}\p{M}\p{N}_.%+-]+@[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+/gu

type LogKeys = Readonly<Record<string, string | undefined>>

const keysOfWork = new AsyncLocalStorage<LogKeys>()

/** Runs work with keys for all its log lines, beside other work: the logger's own keys apply to all work of an invocation. */
export const withLogKeys = <T>(keys: LogKeys, work: () => T): T => keysOfWork.run(keys, work)

/** A member of a line as it is written; the first call is for the line itself. */
const lineMember = (key: string, value: unknown): unknown =>
  key === '' ? { ...(value as object), ...keysOfWork.getStore() } : withoutPersonalData(key, value)

/** The last safeguard against personal data in logs: SES, for example, includes the address in its errors. */
function withoutPersonalData(key: string, value: unknown): unknown {
  if (omitted.has(key)) return undefined
  return typeof value === 'string' && value.includes('@') ? value.replaceAll(emailAddress(), '[address]') : value
}

/** The name comes from POWERTOOLS_SERVICE_NAME, the level from Lambda's logging configuration: infra/ sets both. */
export const logger = new Logger({ jsonReplacerFn: lineMember })

const stage = process.env['STAGE']

/**
 * Namespace from POWERTOOLS_METRICS_NAMESPACE (`EcommerceApp`), `service` from POWERTOOLS_SERVICE_NAME. The dimension
 * `stage` distinguishes the stages of one account.
 */
export const metrics = new Metrics(stage ? { defaultDimensions: { stage } } : {})

/**
 * Counts a 5xx response for the function version that returned it: Lambda counts such a response as a success, and a
 * release is rolled back only by the errors of its new version. Flushed immediately, separately from other metrics.
 */
export function countServerError(): void {
  const { AWS_LAMBDA_FUNCTION_NAME: name, AWS_LAMBDA_FUNCTION_VERSION: version } = process.env
  if (!name || !version) return
  const metric = metrics.singleMetric()
  metric.addDimension('function_name', name)
  metric.addDimension('function_version', version)
  metric.addMetric('ServerErrors', MetricUnit.Count, 1)
}

/**
 * Logs the last line of an invocation, with its metrics in the embedded metric format: a document may have other members
 * besides the metrics (CloudWatch User Guide, "Specification: Embedded metric format"), and a line of their own would repeat
 * service, stage and time.
 */
export function logWithMetrics(level: 'info' | 'warn' | 'error', message: string, keys: Record<string, unknown>): void {
  // The logger writes `service` itself.
  const { service: _, ...embedded }: Record<string, unknown> = metrics.hasStoredMetrics()
    ? metrics.serializeMetrics()
    : {}
  logger[level](message, { ...keys, ...embedded })
  metrics.clearMetrics()
  // Also those of metrics that were not added, so that they do not count for the next invocation.
  metrics.clearDimensions()
}

/** Writes the metrics of an invocation that logs no line, or several that none of them belongs to. */
export function flushMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
}

/** The invocation's place in a trace; Lambda sets the variable before each invocation. */
export const currentTraceparent = (): string | undefined => traceparentOf(process.env['_X_AMZN_TRACE_ID'])

import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

/** The members of AWS's errors that hold what was asked or stored: whole items, whole answers. */
const payloadMembers: ReadonlySet<string> = new Set(['Item', '$response'])

const emailAddress = /[\w.%+-]+@[a-z\d-]+(?:\.[a-z\d-]+)+/gi

/** The last guard of the rule that logs hold nothing personal: an error of SES, for one, quotes the address. */
function withoutPersonalData(key: string, value: unknown): unknown {
  if (payloadMembers.has(key)) return undefined
  return typeof value === 'string' ? value.replaceAll(emailAddress, '[address]') : value
}

/** Name and level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL, which infra/ sets on every function. */
export const logger = new Logger({ jsonReplacerFn: withoutPersonalData })

const stage = process.env['STAGE']

/**
 * Namespace from POWERTOOLS_METRICS_NAMESPACE (`EcommerceApp`), `service` from POWERTOOLS_SERVICE_NAME. Stages may share
 * an account, and an alarm of one must not count what another one does.
 */
export const metrics = new Metrics(stage ? { defaultDimensions: { stage } } : {})

/**
 * Counts an answer 5xx for the version of the function that gave it: to Lambda such an answer is a success, and a release
 * is taken back by what its new version alone does. Written at once, so that it never mixes with an invocation's metrics.
 */
export function countServerError(): void {
  const { AWS_LAMBDA_FUNCTION_NAME: name, AWS_LAMBDA_FUNCTION_VERSION: version } = process.env
  if (!name || !version) return
  const metric = metrics.singleMetric()
  metric.addDimension('function_name', name)
  metric.addDimension('function_version', version)
  metric.addMetric('ServerErrors', MetricUnit.Count, 1)
}

/** Writes the metrics of this invocation to the log, where CloudWatch finds them; nothing when there are none. */
export function flushMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
}

import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'

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

/** Writes the metrics of this invocation to the log, where CloudWatch finds them; nothing when there are none. */
export function flushMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
}

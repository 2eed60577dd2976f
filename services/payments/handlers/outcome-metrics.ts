import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { metrics } from '#shared/lambda/telemetry.ts'

const metricOf: Readonly<Record<string, string>> = {
  captured: 'PaymentsCaptured',
  declined: 'PaymentsDeclined',
  refunded: 'PaymentsRefunded',
  'charged-back': 'PaymentsChargedBack',
  'refund-failed': 'RefundsFailed',
}

/** Counts what happened to a payment; outcomes that changed nothing have no metric. */
export function countOutcome(kind: string): void {
  const metric = metricOf[kind]
  if (metric !== undefined) metrics.addMetric(metric, MetricUnit.Count, 1)
}

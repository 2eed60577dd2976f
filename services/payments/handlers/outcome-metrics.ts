import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { logger, metrics } from '#shared/lambda/telemetry.ts'

const metricOf: Readonly<Record<string, string>> = {
  captured: 'PaymentsCaptured',
  declined: 'PaymentsDeclined',
  refunded: 'PaymentsRefunded',
  'charged-back': 'PaymentsChargedBack',
  'refund-failed': 'RefundsFailed',
  'refund-owed': 'RefundsOwed',
}

/** Counts what happened to a payment; outcomes that changed nothing have no metric. */
export function countOutcome(kind: string): void {
  const metric = metricOf[kind]
  if (metric !== undefined) metrics.addMetric(metric, MetricUnit.Count, 1)
}

/** Logs a refund that a person has to make in another way. */
export function logRefused(orderId: string, { refundId, detail }: { refundId: string; detail: string }): void {
  logger.error('The provider refuses a refund', { order_id: orderId, refund_id: refundId, detail })
}

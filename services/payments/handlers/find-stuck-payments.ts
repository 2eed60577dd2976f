import { MetricUnit } from '@aws-lambda-powertools/metrics'
import * as z from 'zod'
import { logger, logWithMetrics, metrics } from '#shared/lambda/telemetry.ts'
import { lookUp, settleOrUndo, type PaymentDependencies } from '../use-cases/capture-payment.ts'
import { finishRefunds } from '../use-cases/refund-payment.ts'
import { countOutcome, logRefused } from './outcome-metrics.ts'

/** What the schedule sends. */
const Execution = z.object({ scheduledAt: z.iso.datetime() })

/** Outcomes after which a payment is as it was. */
const undecided: ReadonlySet<string> = new Set(['no-response', 'absent', 'failed'])

/** How many payments wait for the provider at the same time. */
const groupSize = 10

/** No group begins later, since one takes up to eight seconds and the function has thirty; the next sweep continues. */
const longestMs = 20_000

/**
 * Asks the provider about captures that have been unfinished for longer than the first redelivery of their event takes, makes
 * such refunds, and reports what stays undecided. It charges nothing: only the event does, and when the reservation has ended,
 * nothing may be charged any more. It works on what it finds and not on what happened since it last ran, so it can be late or
 * repeated.
 */
export function findStuckPaymentsHandler(deps: PaymentDependencies & { readonly patienceMs: number }) {
  const finish = async (orderId: string): Promise<string> => {
    try {
      const payment = await deps.payments.find(orderId)
      if (payment.status === 'captured' && payment.refundsUnfinishedSince !== undefined) {
        return await finishRefunds(deps, payment, (refused) => logRefused(orderId, refused))
      }
      // The index may show a payment later than it was decided.
      if (payment.status !== 'capturing') return 'decided-before'
      const decision = await lookUp(deps, payment)
      if (decision.kind === 'absent' || decision.kind === 'no-response') return decision.kind
      const outcome = await settleOrUndo(deps, orderId, decision)
      if (outcome.kind === 'refund-failed') logRefused(orderId, outcome)
      return outcome.kind
    } catch (error) {
      logger.error('A stuck payment could not be finished', { order_id: orderId, error: error as Error })
      return 'failed'
    }
  }

  return async (event: unknown): Promise<void> => {
    logger.resetKeys()
    const startedAt = performance.now()
    const { scheduledAt } = Execution.parse(event)
    const found = await deps.payments.unfinished(new Date(Date.parse(scheduledAt) - deps.patienceMs))
    const stuck = new Set(found)
    const endsAt = deps.now().getTime() + longestMs
    for (let start = 0; start < found.length && deps.now().getTime() < endsAt; start += groupSize) {
      const group = found.slice(start, start + groupSize)
      const outcomes = await Promise.all(group.map(finish))
      for (const [index, kind] of outcomes.entries()) {
        if (undecided.has(kind)) continue
        countOutcome(kind)
        stuck.delete(group[index]!)
      }
      // A provider that responds to none of them will not respond to the others either.
      if (outcomes.every((kind) => kind === 'no-response')) break
    }
    for (const orderId of stuck) logger.warn('Payment is stuck', { order_id: orderId })
    if (stuck.size > 0) metrics.addMetric('PaymentsStuck', MetricUnit.Count, stuck.size)
    const duration_ms = Math.round(performance.now() - startedAt)
    logWithMetrics('info', 'Payments checked', {
      scheduled_at: scheduledAt,
      found: found.length,
      stuck: stuck.size,
      duration_ms,
    })
  }
}

import { MetricUnit } from '@aws-lambda-powertools/metrics'
import * as z from 'zod'
import { logger, logWithMetrics, metrics } from '#shared/lambda/telemetry.ts'
import { transientStatuses } from '../domain/transitions.ts'
import type { OrderReader } from '../ports.ts'

/** What the schedule sends. */
const Execution = z.object({ scheduledAt: z.iso.datetime() })

export interface StuckOrdersOptions {
  readonly orders: Pick<OrderReader, 'placedBetween'>
  readonly installedServices: readonly string[]
  /** How long an order may stay in a transient status. */
  readonly patienceMs: number
  /** The orders that a sweep checks were placed within this time, which ends `patienceMs` before the sweep. */
  readonly windowMs: number
}

/**
 * Reports the orders of a window that are stuck in a transient status. The window depends only on the time at which the sweep
 * was due, so a late sweep checks the orders that it was meant for, and a repeated one the same again. It is read-only.
 */
export function findStuckOrdersHandler({ orders, installedServices, patienceMs, windowMs }: StuckOrdersOptions) {
  const transient = transientStatuses(installedServices)
  return async (event: unknown): Promise<void> => {
    logger.resetKeys()
    const startedAt = performance.now()
    const { scheduledAt } = Execution.parse(event)
    const endMs = Date.parse(scheduledAt) - patienceMs
    let checked = 0
    let stuck = 0
    for await (const page of orders.placedBetween(new Date(endMs - windowMs), new Date(endMs))) {
      checked += page.length
      for (const { orderId, status, placedAt } of page) {
        if (!transient.includes(status)) continue
        stuck += 1
        logger.warn('Order is stuck', { order_id: orderId, status, placed_at: placedAt })
      }
    }
    if (stuck > 0) metrics.addMetric('OrdersStuck', MetricUnit.Count, stuck)
    const duration_ms = Math.round(performance.now() - startedAt)
    logWithMetrics('info', 'Orders checked', { scheduled_at: scheduledAt, checked, stuck, duration_ms })
  }
}

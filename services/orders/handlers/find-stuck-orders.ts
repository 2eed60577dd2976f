import { MetricUnit } from '@aws-lambda-powertools/metrics'
import * as z from 'zod'
import { dayMs } from '#shared/days.ts'
import { logger, logWithMetrics, metrics } from '#shared/lambda/telemetry.ts'
import { transientStatuses, waitingStatuses } from '../domain/transitions.ts'
import type { OrderStatus } from '../events.ts'
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

/** Reports the orders that are stuck in a status that an installed service should have changed. */
export const findStuckOrdersHandler = ({ orders, installedServices, patienceMs, windowMs }: StuckOrdersOptions) =>
  sweep({
    orders,
    statuses: transientStatuses(installedServices),
    ages: [{ fromMs: patienceMs, toMs: patienceMs + windowMs, message: 'Order is stuck' }],
    unchangedMs: 0,
    metric: 'OrdersStuck',
  })

/** How long an order may wait for the carrier, or a return for staff. */
const waitingDays = 3

/**
 * The ages at which orders are checked for waiting: often while most orders end, then at growing intervals, since a return
 * can be requested until 30 days after a delivery that is late by months.
 */
export const checkedDays = [7, 14, 28, 42, 56, 84, 140, 224, 364]

/** Reports the orders that have waited for the carrier or for staff for days. */
export const findWaitingOrdersHandler = ({ orders, windowMs }: Pick<StuckOrdersOptions, 'orders' | 'windowMs'>) =>
  sweep({
    orders,
    statuses: waitingStatuses,
    ages: checkedDays.map((days) => ({
      fromMs: days * dayMs,
      toMs: days * dayMs + windowMs,
      message: days === checkedDays.at(-1) ? 'Order is waiting, and is not reported again' : 'Order is waiting',
    })),
    unchangedMs: waitingDays * dayMs,
    metric: 'OrdersWaiting',
  })

interface Sweep {
  readonly orders: Pick<OrderReader, 'placedBetween'>
  readonly statuses: readonly OrderStatus[]
  /** Of the orders to check, since they were placed, with the log message about those that are found. */
  readonly ages: readonly { readonly fromMs: number; readonly toMs: number; readonly message: string }[]
  /** How long an order must have been in its status. */
  readonly unchangedMs: number
  readonly metric: string
}

/**
 * Checks the orders of some ages. They depend only on the time at which the sweep was due, so a late sweep checks the orders
 * that it was meant for, and a repeated one the same again. It is read-only.
 */
function sweep({ orders, statuses, ages, unchangedMs, metric }: Sweep) {
  return async (event: unknown): Promise<void> => {
    logger.resetKeys()
    const startedAt = performance.now()
    const { scheduledAt } = Execution.parse(event)
    const dueMs = Date.parse(scheduledAt)
    let checked = 0
    let found = 0
    for (const { fromMs, toMs, message } of ages) {
      for await (const page of orders.placedBetween(new Date(dueMs - toMs), new Date(dueMs - fromMs))) {
        checked += page.length
        for (const { orderId, status, placedAt, updatedAt } of page) {
          if (!statuses.includes(status) || dueMs - Date.parse(updatedAt) < unchangedMs) continue
          found += 1
          logger.warn(message, { order_id: orderId, status, placed_at: placedAt, updated_at: updatedAt })
        }
      }
    }
    if (found > 0) metrics.addMetric(metric, MetricUnit.Count, found)
    const duration_ms = Math.round(performance.now() - startedAt)
    logWithMetrics('info', 'Orders checked', { scheduled_at: scheduledAt, checked, found, duration_ms })
  }
}

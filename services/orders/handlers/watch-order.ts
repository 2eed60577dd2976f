import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { logger, metrics } from '#shared/lambda/telemetry.ts'
import { transientStatuses } from '../domain/transitions.ts'
import { OrderPlaced } from '../events.ts'
import type { OrderReader } from '../ports.ts'

/**
 * Reports an order that is stuck in a transient status. Its queue delays `OrderPlaced` until the order must have left the
 * status. It is read-only.
 */
export function watchOrderHandler(orders: Pick<OrderReader, 'find'>, installedServices: readonly string[]) {
  const transient = transientStatuses(installedServices)
  return eventConsumer([OrderPlaced], async ({ data: { orderId } }) => {
    const order = await orders.find(orderId)
    if (!order) throw new Error(`Order ${orderId} does not exist, although it was placed.`)
    const { status, placedAt } = order
    if (!transient.includes(status)) return { outcome: 'not-stuck' }
    logger.warn('Order is stuck', { order_id: orderId, status, placed_at: placedAt })
    metrics.addMetric('OrdersStuck', MetricUnit.Count, 1)
    return { outcome: 'stuck' }
  })
}

import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { logger, metrics } from '#shared/lambda/telemetry.ts'
import { OrderPlaced } from '../events.ts'
import { watchOrderUseCase } from '../use-cases/watch-order.ts'

/** Its queue hands `OrderPlaced` over late, when the order must have left the status that it was placed in. */
export function watchOrderHandler(orders: Parameters<typeof watchOrderUseCase>[0]) {
  const watchOrder = watchOrderUseCase(orders)
  return eventConsumer<typeof OrderPlaced>([OrderPlaced], async ({ data: { orderId } }) => {
    const watched = await watchOrder(orderId)
    if (watched.kind === 'moved-on') return
    const { status, placedAt } = watched.order
    logger.warn('Order is stuck', { order_id: orderId, status, placed_at: placedAt })
    metrics.addMetric('OrdersStuck', MetricUnit.Count, 1)
  })
}

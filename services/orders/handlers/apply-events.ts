import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { logger, metrics } from '#shared/lambda/telemetry.ts'
import { StockRejected, StockReserved } from '#services/inventory/events.ts'
import { applyStockAnswerUseCase } from '../use-cases/apply-stock-answer.ts'

const metricOf = { StockReserved: 'OrdersReserved', StockRejected: 'OrdersRejected' } as const

export function applyEventsHandler(dependencies: Parameters<typeof applyStockAnswerUseCase>[0]) {
  const applyStockAnswer = applyStockAnswerUseCase(dependencies)
  return eventConsumer<typeof StockReserved | typeof StockRejected>([StockReserved, StockRejected], async (answer) => {
    const outcome = await applyStockAnswer(answer)
    logger.info(`${answer.type} ${outcome}`, { order_id: answer.data.orderId })
    if (outcome === 'changed') metrics.addMetric(metricOf[answer.type], MetricUnit.Count, 1)
  })
}

import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { EventOf } from '#shared/events/envelope.ts'
import { eventBatchConsumer, type EventOutcome } from '#shared/lambda/event-consumer.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import type { OrderToReserve } from '../domain/reservation.ts'
import { reserveStockUseCase, type ReserveStockDependencies, type ReserveOutcome } from '../use-cases/reserve-stock.ts'

export function reserveStockHandler(dependencies: ReserveStockDependencies) {
  const reserveStock = reserveStockUseCase(dependencies)
  return eventBatchConsumer([OrderPlaced], async (events): Promise<EventOutcome[]> => {
    const outcomes = await reserveStock(events.map(toOrder))
    countReservations([...outcomes.values()])
    return events.map(({ data }) => outcomes.get(data.orderId)!)
  })
}

/** Equal SKUs are added up, since a transaction takes one write for each stock. */
function toOrder({ data, metadata }: EventOf<typeof OrderPlaced>): OrderToReserve {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of data.items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return { orderId: data.orderId, lines: [...quantities].map(([sku, quantity]) => ({ sku, quantity })), metadata }
}

function countReservations(outcomes: readonly ReserveOutcome[]): void {
  const made = outcomes.flatMap((outcome) => (outcome.ok && outcome.value ? [outcome.value.status] : []))
  const rejections = made.filter((status) => status === 'rejected').length
  if (made.length > rejections) metrics.addMetric('StockReservations', MetricUnit.Count, made.length - rejections)
  if (rejections > 0) metrics.addMetric('StockRejections', MetricUnit.Count, rejections)
}

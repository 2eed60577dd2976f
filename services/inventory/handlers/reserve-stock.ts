import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { causedBy, type EventOf } from '#shared/events/envelope.ts'
import { eventBatchConsumer } from '#shared/lambda/event-consumer.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { ok } from '#shared/result.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import type { Line, ReservationRequest } from '../domain/reservation.ts'
import { reserveStock, type ReserveStockDependencies } from '../use-cases/change-reservations.ts'

export const reserveStockHandler = (dependencies: ReserveStockDependencies) =>
  eventBatchConsumer([OrderPlaced], async (events) => {
    const outcomes = await reserveStock(dependencies, events.map(requestOf))
    const statuses = [...outcomes.values()].flatMap((outcome) => (outcome.ok ? [outcome.value] : []))
    const held = statuses.filter((status) => status === 'held').length
    const rejected = statuses.filter((status) => status === 'rejected').length
    if (held > 0) metrics.addMetric('StockReservations', MetricUnit.Count, held)
    if (rejected > 0) metrics.addMetric('StockRejections', MetricUnit.Count, rejected)
    return events.map(({ data }) => {
      const outcome = outcomes.get(data.orderId)!
      return outcome.ok ? ok({ outcome: outcome.value }) : outcome
    })
  })

const requestOf = ({ data, metadata }: EventOf<typeof OrderPlaced>): ReservationRequest => ({
  orderId: data.orderId,
  lines: linesOf(data.items),
  cause: causedBy(metadata),
})

/** Quantities of equal SKUs are added up, since a transaction can write an item only once. */
export function linesOf(items: readonly Line[]): Line[] {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}

import { StockChanged } from '#services/inventory/events.ts'
import { eventBatchConsumer, type EventOutcome } from '#shared/lambda/event-consumer.ts'
import { failed, ok } from '#shared/result.ts'
import { availabilityAfter } from '../domain/availability.ts'
import type { ProductAvailabilities } from '../ports.ts'

export interface ApplyStockDependencies {
  readonly products: ProductAvailabilities
  readonly lowStockThreshold: number
}

/** Keeps the availability of products: one write for each product, whatever the batch holds. */
export const applyStockHandler = ({ products, lowStockThreshold }: ApplyStockDependencies) =>
  eventBatchConsumer([StockChanged], async (events) => {
    const changes = availabilityAfter(
      events.map(({ data }) => data),
      lowStockThreshold,
    )
    const outcomes = await Promise.all(
      changes.map(async (change): Promise<[string, EventOutcome]> => {
        const { sku, availability } = change
        return [sku, await products.set(change).then((outcome) => ok({ outcome, availability }), failed)]
      }),
    )
    const bySku = new Map(outcomes)
    return events.map(({ data }) => bySku.get(data.sku)!)
  })

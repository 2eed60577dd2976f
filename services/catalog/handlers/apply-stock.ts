import { StockChanged } from '#services/inventory/events.ts'
import { eventBatchConsumer, type EventOutcome } from '#shared/lambda/event-consumer.ts'
import { failed, ok } from '#shared/result.ts'
import { availabilityAfter, type AvailabilityChange } from '../domain/availability.ts'
import type { ProductAvailabilities } from '../ports.ts'

export interface ApplyStockDependencies {
  readonly products: ProductAvailabilities
  readonly lowStockThreshold: number
}

/** Keeps the availability of products: one write for each product whose availability changed, whatever the batch holds. */
export const applyStockHandler = ({ products, lowStockThreshold }: ApplyStockDependencies) =>
  eventBatchConsumer([StockChanged], async (events) => {
    const changes = availabilityAfter(
      events.map(({ data }) => data),
      lowStockThreshold,
    )
    const differs = await differing(products, changes)
    const outcomes = await Promise.all(
      changes.map(async (change): Promise<[string, EventOutcome]> => {
        const { sku, availability } = change
        if (!differs(change)) return [sku, ok({ outcome: 'unchanged' })]
        return [sku, await products.set(change).then((outcome) => ok({ outcome, availability }), failed)]
      }),
    )
    const bySku = new Map(outcomes)
    return events.map(({ data }) => bySku.get(data.sku)!)
  })

/**
 * Which changes to store: those that must be, and those that differ from what is stored, which is so after a lost event or
 * another threshold of the stage. Only the latter are read, since a read is cheaper than a write.
 */
async function differing(products: ProductAvailabilities, changes: readonly AvailabilityChange[]) {
  const stored = await products.stored(changes.filter(({ mustBeStored }) => !mustBeStored).map(({ sku }) => sku))
  return ({ sku, availability, mustBeStored }: AvailabilityChange): boolean =>
    mustBeStored || (stored.has(sku) && stored.get(sku) !== availability)
}

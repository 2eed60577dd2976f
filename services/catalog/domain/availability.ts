import type { Availability } from '../events.ts'

/** One change of the stock of a SKU, as inventory publishes it; `version` counts them. */
export interface StockChange {
  readonly sku: string
  readonly version: number
  readonly available: number
  /** @default that of the stage */
  readonly lowStockThreshold?: number | undefined
}

/** The availability of a SKU after the newest of some changes. */
export interface AvailabilityChange {
  readonly sku: string
  readonly stockVersion: number
  readonly availability: Availability
}

const availabilityOf = (available: number, lowStockThreshold: number): Availability =>
  available <= 0 ? 'out-of-stock' : available <= lowStockThreshold ? 'low' : 'in-stock'

/** One change for each SKU, in the order of their first appearance. */
export const availabilityAfter = (changes: readonly StockChange[], stageThreshold: number): AvailabilityChange[] =>
  [...Map.groupBy(changes, ({ sku }) => sku)].map(([sku, ofSku]) => {
    const { version, available, lowStockThreshold } = ofSku.reduce((a, b) => (b.version > a.version ? b : a))
    return { sku, stockVersion: version, availability: availabilityOf(available, lowStockThreshold ?? stageThreshold) }
  })

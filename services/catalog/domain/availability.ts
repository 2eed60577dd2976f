import type { Availability } from '../events.ts'

/** One change of the stock of a SKU, as inventory publishes it; `version` counts them. */
export interface StockChange {
  readonly sku: string
  readonly version: number
  readonly available: number
  readonly change: { readonly available: number }
  /** `adjusted`: by staff, who may have changed the threshold. */
  readonly reason: string
  /** @default that of the stage */
  readonly lowStockThreshold?: number | undefined
}

/** The availability of a SKU after the newest of some changes. */
export interface AvailabilityChange {
  readonly sku: string
  readonly stockVersion: number
  readonly availability: Availability
  /**
   * Whether one of the changes may have led to another availability. Those are stored in any case, with their version, so
   * that an older one that arrives later is recognized.
   */
  readonly mustBeStored: boolean
}

const availabilityOf = (available: number, lowStockThreshold: number): Availability =>
  available <= 0 ? 'out-of-stock' : available <= lowStockThreshold ? 'low' : 'in-stock'

/** One change for each SKU, in the order of their first appearance. */
export function availabilityAfter(changes: readonly StockChange[], stageThreshold: number): AvailabilityChange[] {
  const after = ({ available, lowStockThreshold = stageThreshold }: StockChange) =>
    availabilityOf(available, lowStockThreshold)
  const before = (each: StockChange) => after({ ...each, available: each.available - each.change.available })
  return [...Map.groupBy(changes, ({ sku }) => sku)].map(([sku, ofSku]) => {
    const newest = ofSku.reduce((a, b) => (b.version > a.version ? b : a))
    return {
      sku,
      stockVersion: newest.version,
      availability: after(newest),
      mustBeStored: ofSku.some((each) => each.reason === 'adjusted' || before(each) !== after(each)),
    }
  })
}

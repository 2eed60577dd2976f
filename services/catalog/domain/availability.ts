import type { Availability } from '../events.ts'

/** One change of the available pieces of a SKU; `version` counts the changes of its stock. */
export interface StockChange {
  readonly sku: string
  readonly version: number
  readonly available: number
  /** Of a SKU with its own. */
  readonly lowStockThreshold?: number | undefined
  readonly change: { readonly available: number }
}

/** The availability of a SKU after the newest of some changes. */
export interface AvailabilityChange {
  readonly sku: string
  readonly stockVersion: number
  readonly availability: Availability
  /**
   * Whether one of the changes led to another availability. Those are stored in any case, with their version, so that an
   * older one that arrives later is recognized.
   */
  readonly isCrossed: boolean
}

const availabilityOf = (available: number, lowStockThreshold: number): Availability =>
  available <= 0 ? 'out-of-stock' : available <= lowStockThreshold ? 'low' : 'in-stock'

/**
 * One change for each SKU, in the order of their first appearance.
 * @param defaultThreshold of SKUs without their own
 */
export function availabilityAfter(changes: readonly StockChange[], defaultThreshold: number): AvailabilityChange[] {
  return [...Map.groupBy(changes, ({ sku }) => sku)].map(([sku, ofSku]) => {
    const newest = ofSku.reduce((a, b) => (b.version > a.version ? b : a))
    return {
      sku,
      stockVersion: newest.version,
      availability: availabilityOf(newest.available, newest.lowStockThreshold ?? defaultThreshold),
      isCrossed: ofSku.some(
        ({ available, change, lowStockThreshold: own = defaultThreshold }) =>
          availabilityOf(available, own) !== availabilityOf(available - change.available, own),
      ),
    }
  })
}

import * as z from 'zod'

/** Whether a product can be ordered now, as the catalog stores it on the product's item. */
export const Availability = z.enum(['in-stock', 'low', 'out-of-stock'])
export type Availability = z.infer<typeof Availability>

/**
 * What clients see. A product that never had stock has no stored availability.
 * @param isStockCounted whether inventory is installed; without it every product can be ordered
 */
export const shownAvailability = (stored: Availability | undefined, isStockCounted: boolean): Availability =>
  isStockCounted ? (stored ?? 'out-of-stock') : 'in-stock'

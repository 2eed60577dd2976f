import { causedBy } from '#shared/events/envelope.ts'
import { rejected, reserved, type OrderToReserve, type Reservation, type Shortage } from './reservation.ts'
import { noStock, warnings, type Stock, type StockChange } from './stock.ts'

export interface Allocation {
  /** One for each order, in the same order. */
  readonly reservations: readonly Reservation[]
  /** The stocks that changed, each by one version, whichever number of orders drew on it. */
  readonly changes: readonly StockChange[]
}

/**
 * Gives stock to orders in the order in which they came: each gets all of its lines or none of them. What is not
 * in `stocks` was never stocked.
 */
export function allocate(
  stocks: readonly Stock[],
  orders: readonly OrderToReserve[],
  { time, lowStockThreshold }: { time: Date; lowStockThreshold: number },
): Allocation {
  const before = new Map(stocks.map((stock) => [stock.sku, stock]))
  const changes = new Map<string, StockChange>()
  const current = (sku: string): Stock => changes.get(sku)?.stock ?? before.get(sku) ?? noStock(sku)

  const reservations = orders.map((order) => {
    const shortages = shortagesOf(order, current)
    if (shortages.length > 0) return rejected(order, shortages, time)
    for (const { sku, quantity } of order.lines) {
      const stock = hold(current(sku), quantity, before.get(sku)!.version + 1)
      const about = { time, cause: causedBy(order.metadata), lowStockThreshold }
      const told = changes.get(sku)?.events ?? []
      changes.set(sku, { stock, events: [...told, ...warnings(current(sku).available, stock, about)] })
    }
    return reserved(order, time)
  })
  return { reservations, changes: [...changes.values()] }
}

const shortagesOf = ({ lines }: OrderToReserve, stockOf: (sku: string) => Stock): Shortage[] =>
  lines.flatMap(({ sku, quantity }) => {
    const { available } = stockOf(sku)
    return available < quantity ? [{ sku, requested: quantity, available }] : []
  })

const hold = (stock: Stock, quantity: number, version: number): Stock => ({
  ...stock,
  available: stock.available - quantity,
  reserved: stock.reserved + quantity,
  version,
})

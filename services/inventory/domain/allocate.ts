import { hold, reject, type ReservationChange, type ReservationRequest, type Shortage } from './reservation.ts'
import { lowStockEvents, noStock, type Stock, type StockChange } from './stock.ts'

export interface Allocation {
  /** One for each request, in the same order. */
  readonly reservations: readonly ReservationChange[]
  /** The changed stocks, each by one version, regardless of the number of orders. */
  readonly stocks: readonly StockChange[]
}

/**
 * Allocates stock in the order of the requests: all lines of an order or none. A SKU that is not in `stocks`
 * was never stocked.
 */
export function allocate(
  stocks: readonly Stock[],
  requests: readonly ReservationRequest[],
  { time, lowStockThreshold }: { time: Date; lowStockThreshold: number },
): Allocation {
  const before = new Map(stocks.map((stock) => [stock.sku, stock]))
  const changes = new Map<string, StockChange>()
  const current = (sku: string): Stock => changes.get(sku)?.stock ?? before.get(sku) ?? noStock(sku)

  const reservations = requests.map((request) => {
    const shortages = shortagesOf(request, current)
    if (shortages.length > 0) return reject(request, shortages, time)
    for (const { sku, quantity } of request.lines) {
      const stock = withHeld(current(sku), quantity, before.get(sku)!.version + 1)
      const context = { time, cause: request.cause, lowStockThreshold }
      const earlier = changes.get(sku)?.events ?? []
      changes.set(sku, { stock, events: [...earlier, ...lowStockEvents(current(sku).available, stock, context)] })
    }
    return hold(request, time)
  })
  return { reservations, stocks: [...changes.values()] }
}

const shortagesOf = ({ lines }: ReservationRequest, stockOf: (sku: string) => Stock): Shortage[] =>
  lines.flatMap(({ sku, quantity }) => {
    const { available } = stockOf(sku)
    return available < quantity ? [{ sku, requested: quantity, available }] : []
  })

const withHeld = (stock: Stock, quantity: number, version: number): Stock => ({
  ...stock,
  available: stock.available - quantity,
  reserved: stock.reserved + quantity,
  version,
})

/**
 * The maximum number of items of a transaction, and of a batched read. The other limit, 4 MB, is never reached: an item is
 * a stock of a few hundred bytes, or the reservation of at most 50 lines (under 16 KB with its event).
 */
const maxItemsPerGroup = 100

export const skusOf = (requests: readonly ReservationRequest[]): string[] => [
  ...new Set(requests.flatMap(({ lines }) => lines.map(({ sku }) => sku))),
]

/** Splits requests into groups that fit into one transaction each, with an item for each SKU and each order. */
export function groupRequests(requests: readonly ReservationRequest[]): ReservationRequest[][] {
  const groups: ReservationRequest[][] = []
  for (const request of requests) {
    const last = groups.at(-1)
    if (last && skusOf([...last, request]).length + last.length + 1 <= maxItemsPerGroup) last.push(request)
    else groups.push([request])
  }
  return groups
}

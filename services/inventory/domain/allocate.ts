import { hold, reject, type ReservationChange, type ReservationRequest, type Shortage } from './reservation.ts'
import { movementsOf, type ChangeContext, type Stock, type StockChange } from './stock.ts'

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
  { holdMs, ...context }: ChangeContext & { readonly holdMs: number },
): Allocation {
  const movements = movementsOf(stocks)
  const reservations = requests.map((request) => {
    const { orderId, lines, cause } = request
    const shortages = shortagesOf(request, movements.stockOf)
    if (shortages.length > 0) return reject(request, shortages, context.time)
    for (const { sku, quantity } of lines) {
      movements.add(sku, { pieces: { available: -quantity, reserved: quantity }, orderId, cause })
    }
    return hold(request, { time: context.time, holdMs })
  })
  return { reservations, stocks: movements.changes({ reason: 'reserved' }, context) }
}

const shortagesOf = ({ lines }: ReservationRequest, stockOf: (sku: string) => Stock): Shortage[] =>
  lines.flatMap(({ sku, quantity }) => {
    const { available } = stockOf(sku)
    return available < quantity ? [{ sku, requested: quantity, available }] : []
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
export function groupRequests<Request extends ReservationRequest>(requests: readonly Request[]): Request[][] {
  const groups: Request[][] = []
  for (const request of requests) {
    const last = groups.at(-1)
    if (last && skusOf([...last, request]).length + last.length + 1 <= maxItemsPerGroup) last.push(request)
    else groups.push([request])
  }
  return groups
}

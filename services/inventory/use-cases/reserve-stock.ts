import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended } from '#shared/retry.ts'
import { allocate, groupRequests, skusOf } from '../domain/allocate.ts'
import type { Reservation, ReservationRequest } from '../domain/reservation.ts'
import type { StockDependencies } from './adjust-stock.ts'

/** The status of a new reservation, `existing` for an order that already has one, or the error. */
type ReserveOutcome = Result<Reservation['status'] | 'existing', unknown>

/** By order id. */
type ReserveOutcomes = ReadonlyMap<string, ReserveOutcome>

/**
 * Reserves stock for a batch of orders: one read and one transaction for each group that fits into one. A group that
 * fails is retried order by order, so that one order that cannot be written does not take the others to the dead-letter
 * queue. Repeated requests of an order count once.
 */
export async function reserveStock(
  dependencies: StockDependencies,
  requests: readonly ReservationRequest[],
): Promise<ReserveOutcomes> {
  const distinct = [...new Map(requests.map((request) => [request.orderId, request])).values()]
  const outcomes: ReserveOutcomes[] = []
  for (const group of groupRequests(distinct)) outcomes.push(await reserveOrSplit(dependencies, group))
  return merged(outcomes)
}

const merged = (outcomes: readonly ReserveOutcomes[]): ReserveOutcomes => new Map(outcomes.flatMap((each) => [...each]))

async function reserveOrSplit(
  dependencies: StockDependencies,
  group: readonly ReservationRequest[],
): Promise<ReserveOutcomes> {
  try {
    return await reserveGroup(dependencies, group)
  } catch (error) {
    if (group.length === 1) return new Map([[group[0]!.orderId, failed(error)]])
    const outcomes: ReserveOutcomes[] = []
    for (const request of group) outcomes.push(await reserveOrSplit(dependencies, [request]))
    return merged(outcomes)
  }
}

/** @throws Error when other transactions kept changing the same stocks */
async function reserveGroup(
  { ledger, now, backoff, lowStockThreshold }: StockDependencies,
  group: readonly ReservationRequest[],
): Promise<ReserveOutcomes> {
  const attempt = async (): Promise<ReserveOutcomes | 'stale'> => {
    const read = await ledger.read({ skus: skusOf(group), orderIds: group.map(({ orderId }) => orderId) })
    const existing = new Set(read.reservations.map(({ orderId }) => orderId))
    const open = group.filter(({ orderId }) => !existing.has(orderId))
    const allocation = allocate(read.stocks, open, { time: now(), lowStockThreshold })
    if (open.length > 0 && (await ledger.commit(allocation)) === 'stale') return 'stale'
    return new Map<string, ReserveOutcome>([
      ...[...existing].map((orderId) => [orderId, ok('existing' as const)] as const),
      ...allocation.reservations.map(({ reservation }) => [reservation.orderId, ok(reservation.status)] as const),
    ])
  }
  const outcome = await retryWhileContended(backoff, attempt, (result) => result === 'stale')
  if (outcome === 'stale') throw new Error(`Other transactions kept changing the stock of ${group.length} orders.`)
  return outcome
}

import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended } from '#shared/retry.ts'
import { isThrottle, ThrottledError } from '#shared/throttle.ts'
import { allocate, groupRequests, skusOf, type Allocation } from '../domain/allocate.ts'
import type { Reservation, ReservationRequest } from '../domain/reservation.ts'
import type { StockLedger } from '../ports.ts'
import type { StockDependencies } from './adjust-stock.ts'

export interface ReserveStockDependencies extends StockDependencies {
  /** How long the pieces of an order are held. */
  readonly holdMs: number
}

/** The status of a new reservation, `existing` for an order that already has one, or the error. */
type ReserveOutcome = Result<Reservation['status'] | 'existing', unknown>

/** By order id. */
type ReserveOutcomes = ReadonlyMap<string, ReserveOutcome>

/**
 * A transaction takes some 10 ms, so pauses of up to 200 ms let another one end, and many attempts are worth more than
 * long pauses: with two writers of one stock, half of all attempts meet the other writer.
 */
export const reservationBackoff = { attempts: 12, baseMs: 25, maxMs: 200 } as const

/**
 * No group is started later than this after the first one, so that the outcomes are reported before the function's
 * time-out of 10 s: a group takes 3 s at most, with all of its attempts.
 */
const startGroupsMs = 6000

/**
 * Reserves stock for a batch of orders: one read and one transaction for each group that fits into one. Repeated requests
 * of an order count once.
 */
export async function reserveStock(
  dependencies: ReserveStockDependencies,
  requests: readonly ReservationRequest[],
): Promise<ReserveOutcomes> {
  const distinct = [...new Map(requests.map((request) => [request.orderId, request])).values()]
  const startedMs = dependencies.now().getTime()
  const outcomes: ReserveOutcomes[] = []
  for (const group of groupRequests(distinct)) {
    const isLate = dependencies.now().getTime() - startedMs > startGroupsMs
    const late = new ThrottledError('The orders before this one in the batch took too long.')
    outcomes.push(isLate ? allFailed(group, late) : await reserveOrSplit(dependencies, group))
  }
  return merged(outcomes)
}

const merged = (outcomes: readonly ReserveOutcomes[]): ReserveOutcomes => new Map(outcomes.flatMap((each) => [...each]))

const allFailed = (group: readonly ReservationRequest[], error: unknown): ReserveOutcomes =>
  new Map(group.map(({ orderId }) => [orderId, failed(error)]))

/**
 * A group that cannot be written is split in halves, so that one order does not take the others to the dead-letter
 * queue. A group that other requests or a throttle keep from being written is not: every part of it would meet the same
 * obstacle, with more transactions. The queue delivers its orders again.
 */
async function reserveOrSplit(
  dependencies: ReserveStockDependencies,
  group: readonly ReservationRequest[],
): Promise<ReserveOutcomes> {
  try {
    return await reserveGroup(dependencies, group)
  } catch (error) {
    if (group.length === 1 || isThrottle(error)) return allFailed(group, error)
    const middle = Math.ceil(group.length / 2)
    const first = await reserveOrSplit(dependencies, group.slice(0, middle))
    return merged([first, await reserveOrSplit(dependencies, group.slice(middle))])
  }
}

/** @throws ThrottledError, or the error of a throttle, when it stays contended or throttled in every attempt */
async function reserveGroup(
  { ledger, now, backoff, lowStockThreshold, holdMs }: ReserveStockDependencies,
  group: readonly ReservationRequest[],
): Promise<ReserveOutcomes> {
  const attempt = async (): Promise<Result<ReserveOutcomes, unknown>> => {
    const read = await ledger.read({ skus: skusOf(group), orderIds: group.map(({ orderId }) => orderId) })
    const existing = new Set(read.reservations.map(({ orderId }) => orderId))
    const open = group.filter(({ orderId }) => !existing.has(orderId))
    const allocation = allocate(read.stocks, open, { time: now(), lowStockThreshold, holdMs })
    const written = open.length === 0 ? ok(undefined) : await commit(ledger, allocation)
    if (!written.ok) return written
    const outcomes = new Map<string, ReserveOutcome>([
      ...[...existing].map((orderId) => [orderId, ok('existing' as const)] as const),
      ...allocation.reservations.map(({ reservation }) => [reservation.orderId, ok(reservation.status)] as const),
    ])
    return ok(outcomes)
  }
  const outcome = await retryWhileContended(backoff, attempt, (result) => !result.ok)
  if (!outcome.ok) throw outcome.failure
  return outcome.value
}

/** @returns as the failure, an error that can pass when the group is read and written again */
async function commit(ledger: StockLedger, allocation: Allocation): Promise<Result<undefined, unknown>> {
  try {
    const outcome = await ledger.commit(allocation)
    if (outcome === 'committed') return ok(undefined)
    return failed(new ThrottledError(`Other requests changed the stock of ${allocation.reservations.length} orders.`))
  } catch (error) {
    if (isThrottle(error)) return failed(error)
    throw error
  }
}

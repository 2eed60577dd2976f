import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended } from '#shared/retry.ts'
import { isThrottle, ThrottledError } from '#shared/throttle.ts'
import { allocate, groupRequests, skusOf } from '../domain/allocate.ts'
import type { Reservation, ReservationChange, ReservationRequest } from '../domain/reservation.ts'
import {
  settle,
  type Action,
  type Settlement,
  type SettlementFailure,
  type SettlementOutcome,
} from '../domain/settle.ts'
import type { ChangeContext, Stock, StockChange } from '../domain/stock.ts'
import type { StockLedger } from '../ports.ts'
import type { StockDependencies } from './adjust-stock.ts'

/**
 * A transaction takes some 10 ms, so pauses of up to 200 ms let another one end, and many attempts help more than long
 * pauses: with two writers of one stock, half of all attempts meet the other writer.
 */
export const reservationBackoff = { attempts: 12, baseMs: 25, maxMs: 200 } as const

/**
 * No group is started later than this after the first one, so that the outcomes are reported before the function's
 * timeout of 10 s: a group takes 3 s at most, with all of its attempts.
 */
const startGroupsMs = 6000

export interface ReserveStockDependencies extends StockDependencies {
  /** How long the pieces of an order are held. */
  readonly holdMs: number
}

export type ReserveOutcome = Reservation['status'] | 'existing'

/**
 * Reserves stock for a batch of orders. Repeated requests of an order count once.
 * @returns by order id, the status of a new reservation, `existing` for an order that already has one, or the error
 */
export async function reserveStock(
  dependencies: ReserveStockDependencies,
  requests: readonly ReservationRequest[],
): Promise<ReadonlyMap<string, Result<ReserveOutcome, unknown>>> {
  const distinct = [...new Map(requests.map((request) => [request.orderId, request])).values()]
  const outcomes = await changeInGroups<ReservationRequest, ReserveOutcome>(
    dependencies,
    distinct,
    (read, group, context) => {
      const existing = new Set(read.reservations.map(({ orderId }) => orderId))
      const open = group.filter(({ orderId }) => !existing.has(orderId))
      const allocation = allocate(read.stocks, open, { ...context, holdMs: dependencies.holdMs })
      const statuses = new Map(
        allocation.reservations.map(({ reservation }) => [reservation.orderId, reservation.status] as const),
      )
      return { ...allocation, outcomes: group.map(({ orderId }) => ok(statuses.get(orderId) ?? 'existing')) }
    },
  )
  return new Map(distinct.map(({ orderId }, index) => [orderId, outcomes[index]!]))
}

/**
 * Releases, ships or takes back the pieces of reservations.
 * @returns one outcome for each settlement, in the same order
 */
export const settleReservations = (
  dependencies: StockDependencies,
  action: Action,
  settlements: readonly Settlement[],
): Promise<Result<SettlementOutcome, unknown>[]> =>
  changeInGroups(dependencies, settlements, (read, group, context) => {
    const { outcomes, ...changes } = settle(read, action, group, context)
    const errorOf = ({ reason }: SettlementFailure, { orderId }: Settlement) =>
      new Error(`${action} of the reservation of ${orderId}: ${reason}`)
    return {
      ...changes,
      outcomes: outcomes.map((outcome, index) =>
        outcome.ok ? outcome : failed(errorOf(outcome.failure, group[index]!)),
      ),
    }
  })

interface Decision<Outcome> {
  /** One for each request of the group, in the same order. */
  readonly outcomes: readonly Result<Outcome, unknown>[]
  readonly reservations: readonly ReservationChange[]
  readonly stocks: readonly StockChange[]
}

type Decide<Request, Outcome> = (
  read: { readonly stocks: readonly Stock[]; readonly reservations: readonly Reservation[] },
  group: readonly Request[],
  context: ChangeContext,
) => Decision<Outcome>

/** One read and one transaction for each group of requests that fits into one. */
async function changeInGroups<Request extends ReservationRequest, Outcome>(
  dependencies: StockDependencies,
  requests: readonly Request[],
  decide: Decide<Request, Outcome>,
): Promise<Result<Outcome, unknown>[]> {
  const startedMs = dependencies.now().getTime()
  const outcomes: Result<Outcome, unknown>[] = []
  for (const group of groupRequests(requests)) {
    const isLate = dependencies.now().getTime() - startedMs > startGroupsMs
    const late = new ThrottledError('The orders before this one in the batch took too long.')
    outcomes.push(...(isLate ? group.map(() => failed(late)) : await changeOrSplit(dependencies, group, decide)))
  }
  return outcomes
}

/**
 * A group that cannot be written is split in halves, so that one order does not take the others to the dead-letter
 * queue. A group that other requests or a throttle keep from being written is not: every part of it would meet the same
 * obstacle, with more transactions. The queue delivers its orders again.
 */
async function changeOrSplit<Request extends ReservationRequest, Outcome>(
  dependencies: StockDependencies,
  group: readonly Request[],
  decide: Decide<Request, Outcome>,
): Promise<readonly Result<Outcome, unknown>[]> {
  try {
    return await changeGroup(dependencies, group, decide)
  } catch (error) {
    if (group.length === 1 || isThrottle(error)) return group.map(() => failed(error))
    const middle = Math.ceil(group.length / 2)
    const first = await changeOrSplit(dependencies, group.slice(0, middle), decide)
    return [...first, ...(await changeOrSplit(dependencies, group.slice(middle), decide))]
  }
}

/** @throws ThrottledError, or the error of a throttle, when it stays contended or throttled in every attempt */
async function changeGroup<Request extends ReservationRequest, Outcome>(
  { ledger, now, backoff, lowStockThreshold }: StockDependencies,
  group: readonly Request[],
  decide: Decide<Request, Outcome>,
): Promise<readonly Result<Outcome, unknown>[]> {
  const orderIds = [...new Set(group.map(({ orderId }) => orderId))]
  const attempt = async (): Promise<Result<Decision<Outcome>['outcomes'], unknown>> => {
    const read = await ledger.read({ skus: skusOf(group), orderIds })
    const { outcomes, ...changes } = decide(read, group, { time: now(), lowStockThreshold })
    const written = changes.reservations.length === 0 ? ok(undefined) : await commit(ledger, changes)
    return written.ok ? ok(outcomes) : written
  }
  const outcome = await retryWhileContended(backoff, attempt, (result) => !result.ok)
  if (!outcome.ok) throw outcome.failure
  return outcome.value
}

/** @returns as the failure, an error that can pass when the group is read and written again */
async function commit(
  ledger: StockLedger,
  changes: Pick<Decision<unknown>, 'stocks' | 'reservations'>,
): Promise<Result<undefined, unknown>> {
  try {
    const outcome = await ledger.commit(changes)
    if (outcome === 'committed') return ok(undefined)
    return failed(new ThrottledError(`Other requests changed the stock of ${changes.reservations.length} orders.`))
  } catch (error) {
    if (isThrottle(error)) return failed(error)
    throw error
  }
}

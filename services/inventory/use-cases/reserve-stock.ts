import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { allocate } from '../domain/allocate.ts'
import { groupOrders } from '../domain/groups.ts'
import type { OrderToReserve, Reservation } from '../domain/reservation.ts'
import type { StockLedger } from '../ports.ts'

export interface ReserveStockDependencies {
  readonly ledger: StockLedger
  readonly now: () => Date
  readonly backoff: Backoff
  readonly lowStockThreshold: number
}

/** The outcome for one order of a batch; the reservation is undefined when the order already had one. */
export type ReserveOutcome = Result<Reservation | undefined, unknown>

/**
 * Reserves stock for a batch of orders: one read and one transaction for each group that fits into one. A stale
 * group is read and allocated anew. A group that fails otherwise is tried order by order, so that one that cannot
 * be written does not take its neighbours to the dead-letter queue.
 */
export const reserveStockUseCase = (dependencies: ReserveStockDependencies) => {
  const reserve = reserveGroup(dependencies)
  const reserveAlone = (order: OrderToReserve): Promise<ReserveOutcome> =>
    reserve([order]).then(([reservation]) => ok(reservation), failed)

  return async (orders: readonly OrderToReserve[]): Promise<ReadonlyMap<string, ReserveOutcome>> => {
    const outcomes = new Map<string, ReserveOutcome>()
    for (const group of groupOrders(distinct(orders))) {
      try {
        const reservations = new Map((await reserve(group)).map((made) => [made.orderId, made]))
        for (const { orderId } of group) outcomes.set(orderId, ok(reservations.get(orderId)))
      } catch (error) {
        if (group.length === 1) outcomes.set(group[0]!.orderId, failed(error))
        else for (const order of group) outcomes.set(order.orderId, await reserveAlone(order))
      }
    }
    return outcomes
  }
}

/** One order asks once, however often its event is in the batch. */
const distinct = (orders: readonly OrderToReserve[]): OrderToReserve[] => [
  ...new Map(orders.map((order) => [order.orderId, order])).values(),
]

/** @throws Error when others kept changing the same stocks */
const reserveGroup =
  ({ ledger, now, backoff, lowStockThreshold }: ReserveStockDependencies) =>
  async (group: readonly OrderToReserve[]): Promise<readonly Reservation[]> => {
    const attempt = async (): Promise<readonly Reservation[] | 'stale'> => {
      const skus = [...new Set(group.flatMap(({ lines }) => lines.map(({ sku }) => sku)))]
      const { stocks, markedOrders } = await ledger.read({ skus, orderIds: group.map(({ orderId }) => orderId) })
      const open = group.filter(({ orderId }) => !markedOrders.has(orderId))
      if (open.length === 0) return []
      const { reservations, changes } = allocate(stocks, open, { time: now(), lowStockThreshold })
      const outcome = await ledger.commit({ changes, reservations })
      return outcome === 'committed' ? reservations : 'stale'
    }
    const outcome = await retryWhileContended(backoff, attempt, (result) => result === 'stale')
    if (outcome === 'stale') throw new Error(`The stock of ${group.length} orders kept changing meanwhile.`)
    return outcome
  }

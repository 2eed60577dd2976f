import { failed, ok, type Result } from '#shared/result.ts'
import type { OrderStatus } from '#services/orders/events.ts'
import { extendHold, type HeldReservation, type ReleaseReason } from '../domain/reservation.ts'
import type { SettlementOutcome } from '../domain/settle.ts'
import type { OverdueHolds } from '../ports.ts'
import { settleReservations, type ReserveStockDependencies } from './change-reservations.ts'

export interface ReleaseExpiredDependencies extends ReserveStockDependencies {
  readonly holds: OverdueHolds
}

/**
 * Why the pieces of an order with this status are released. Those of every other order are paid for, or on their way: it
 * keeps them until it is shipped or cancelled.
 */
const reasons: Readonly<Partial<Record<OrderStatus, ReleaseReason>>> = {
  PLACED: 'expired',
  RESERVED: 'expired',
  // Their events may not have arrived.
  CANCELLED: 'cancelled',
  PAYMENT_FAILED: 'payment-failed',
}

/** No page is started later than this, well before the function's timeout of 30 s; the next sweep takes the rest. */
const startPagesMs = 15_000

/**
 * Releases the reservations whose hold ended before a time, unless their order is paid: then the hold is extended.
 * @throws the first error of those that failed, after all others were tried
 */
export async function releaseExpired(
  dependencies: ReleaseExpiredDependencies,
  { heldBefore, causationId }: { readonly heldBefore: Date; readonly causationId: string },
): Promise<{ readonly released: number; readonly extended: number }> {
  const outcomes: Result<SettlementOutcome | 'extended', unknown>[] = []
  const startedMs = dependencies.now().getTime()
  let after: string | undefined
  do {
    const { orderIds, next } = await dependencies.holds.page(heldBefore, after)
    outcomes.push(...(await settlePage(dependencies, orderIds, { heldBefore, causationId })))
    after = next
  } while (after !== undefined && dependencies.now().getTime() - startedMs < startPagesMs)
  const failure = outcomes.find((outcome) => !outcome.ok)
  if (failure && !failure.ok) throw failure.failure
  const count = (kind: string) => outcomes.filter((outcome) => outcome.ok && outcome.value === kind).length
  return { released: count('released'), extended: count('extended') }
}

async function settlePage(
  dependencies: ReleaseExpiredDependencies,
  orderIds: readonly string[],
  { heldBefore, causationId }: { readonly heldBefore: Date; readonly causationId: string },
) {
  const { ledger, holds, now, holdMs } = dependencies
  const { reservations } = await ledger.read({ skus: [], orderIds })
  // The list can be older than the reservations.
  const due = reservations.filter(
    (reservation): reservation is HeldReservation =>
      reservation.status === 'held' && reservation.heldUntil < heldBefore.toISOString(),
  )
  const statuses = await holds.orderStatuses(due.map(({ orderId }) => orderId))
  const reasonOf = ({ orderId }: HeldReservation) => reasons[statuses.get(orderId)!]
  const released = await settleReservations(
    dependencies,
    'release',
    due.flatMap((reservation) => {
      const { orderId, lines, correlationId = orderId } = reservation
      const reason = reasonOf(reservation)
      return reason ? [{ action: 'release', orderId, lines, reason, cause: { correlationId, causationId } }] : []
    }),
  )
  const extended = due
    .filter((reservation) => reasonOf(reservation) === undefined)
    .map((reservation) => {
      const change = { reservation: extendHold(reservation, now(), holdMs), events: [] }
      const outcome = ledger.commit({ stocks: [], reservations: [change] })
      return outcome.then((each) => ok(each === 'committed' ? ('extended' as const) : ('unchanged' as const)), failed)
    })
  return [...released, ...(await Promise.all(extended))]
}

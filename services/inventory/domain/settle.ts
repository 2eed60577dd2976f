import { failed, ok, unreachable, type Result } from '#shared/result.ts'
import {
  release,
  ship,
  takeBack,
  type Line,
  type ReleaseReason,
  type Reservation,
  type ReservationChange,
  type ReservationRequest,
} from './reservation.ts'
import { movementsOf, type ChangeContext, type Movement, type Stock, type StockChange } from './stock.ts'

/** What becomes of the pieces of a reservation; `lines` are those of the order, or the returned ones. */
export type Settlement = ReservationRequest &
  (
    | { readonly action: 'release'; readonly reason: ReleaseReason }
    | { readonly action: 'ship' }
    | { readonly action: 'take-back'; readonly eventId: string }
  )
export type Action = Settlement['action']

export type SettlementOutcome = 'released' | 'shipped' | 'returned' | 'unchanged'

/** `early`: its reservation must receive another event first. `ended`: it was rejected or released, so it has no pieces. */
export type SettlementFailure = { readonly reason: 'early' | 'ended' }

export interface Settled {
  /** One for each settlement, in the same order. */
  readonly outcomes: readonly Result<SettlementOutcome, SettlementFailure>[]
  readonly reservations: readonly ReservationChange[]
  readonly stocks: readonly StockChange[]
}

/** Where the pieces of a line go. */
const piecesOf = {
  release: (quantity) => ({ reserved: -quantity, available: quantity }),
  ship: (quantity) => ({ reserved: -quantity, shipped: quantity }),
  'take-back': (quantity) => ({ shipped: -quantity, available: quantity }),
} as const satisfies Record<Action, (quantity: number) => Movement['pieces']>

const outcomeOf = { release: 'released', ship: 'shipped', 'take-back': 'returned' } as const satisfies Record<
  Action,
  SettlementOutcome
>

/**
 * Applies settlements of one action in their order, several of one order too.
 * @param read the stocks of all lines, and the reservations that exist
 */
export function settle(
  read: { readonly stocks: readonly Stock[]; readonly reservations: readonly Reservation[] },
  action: Action,
  settlements: readonly Settlement[],
  context: ChangeContext,
): Settled {
  const before = new Map(read.reservations.map((reservation) => [reservation.orderId, reservation]))
  const changes = new Map<string, ReservationChange>()
  const movements = movementsOf(read.stocks)

  const outcomes = settlements.map((settlement): Result<SettlementOutcome, SettlementFailure> => {
    const { orderId, cause } = settlement
    const current = changes.get(orderId)?.reservation ?? before.get(orderId)
    const step = stepOf(current, settlement, context.time)
    if (!step.ok) return step
    if (!step.value) return ok('unchanged')
    const { reservation, events, lines } = step.value
    for (const { sku, quantity } of lines) {
      movements.add(sku, { pieces: piecesOf[action](quantity), orderId, cause })
    }
    // Several steps of one order are one version of its reservation.
    const version = (before.get(orderId)?.version ?? 0) + 1
    changes.set(orderId, { reservation: { ...reservation, version }, events })
    return ok(outcomeOf[action])
  })
  const stocks = movements.changes({ reason: outcomeOf[action] }, context)
  return { outcomes, reservations: [...changes.values()], stocks }
}

type Step = ReservationChange & { readonly lines: readonly Line[] }

/** @returns undefined when nothing changes */
function stepOf(
  before: Reservation | undefined,
  settlement: Settlement,
  time: Date,
): Result<Step | undefined, SettlementFailure> {
  switch (settlement.action) {
    case 'release': {
      const released = release(before, settlement, time)
      return ok(released && { ...released, lines: released.reservation.lines })
    }
    case 'ship':
      if (before === undefined) return failed({ reason: 'early' })
      if (before.status === 'shipped') return ok(undefined)
      if (before.status !== 'held') return failed({ reason: 'ended' })
      return ok({ reservation: ship(before, time), events: [], lines: before.lines })
    case 'take-back': {
      if (before === undefined || before.status === 'held') return failed({ reason: 'early' })
      if (before.status !== 'shipped') return failed({ reason: 'ended' })
      const taken = takeBack(before, settlement, time)
      return ok(taken && { ...taken, events: [] })
    }
    default:
      return unreachable(settlement)
  }
}

import * as z from 'zod'
import { createEvent, type AnyEventOf, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { StockRejected, StockReleased, StockReserved } from '../events.ts'

const Line = z.object({ sku: z.string(), quantity: z.int().min(1) })
export type Line = Readonly<z.infer<typeof Line>>

const common = {
  orderId: z.string(),
  /** Empty for a tombstone. */
  lines: z.array(Line),
  version: z.int().min(1),
  /** Of the request that placed the order, for events that no event causes. */
  correlationId: z.string().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}

/** Pieces that a customer sent back, by the event that reported it. */
const Return = z.object({ eventId: z.string(), lines: z.array(Line) })

/**
 * The reservation of an order, one for each order:
 *
 *   none ─► held ─► shipped     its pieces can be returned, part by part
 *    │       └────► released
 *    ├─► rejected
 *    └─► released     a tombstone: the order was cancelled before its reservation request arrived
 *
 * A repeated event leaves any reservation unchanged.
 */
export const Reservation = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('held'), heldUntil: z.iso.datetime() }),
  z.object({ ...common, status: z.literal('shipped'), returns: z.array(Return).optional() }),
  z.object({ ...common, status: z.enum(['rejected', 'released']) }),
])
export type Reservation = z.infer<typeof Reservation>

export interface ReservationRequest {
  readonly orderId: string
  /** Distinct SKUs. */
  readonly lines: readonly Line[]
  readonly cause: Cause
}

export interface Shortage {
  readonly sku: string
  readonly requested: number
  readonly available: number
}

/** The next version of a reservation, with the events that it publishes. */
export interface ReservationChange {
  readonly reservation: Reservation
  readonly events: readonly AnyEventOf<typeof StockReserved | typeof StockRejected | typeof StockReleased>[]
}

export function hold(
  { orderId, lines, cause }: ReservationRequest,
  { time, holdMs }: { readonly time: Date; readonly holdMs: number },
): ReservationChange {
  const heldUntil = endOfHold(time, holdMs)
  const reservation = { ...created({ orderId, lines, cause }, time), status: 'held' as const, heldUntil }
  const data = { orderId, lines: reservation.lines, heldUntil }
  return { reservation, events: [createEvent(StockReserved, { ...factOf(reservation, time, cause), data })] }
}

export function reject(
  { orderId, lines, cause }: ReservationRequest,
  shortages: readonly Shortage[],
  time: Date,
): ReservationChange {
  const reservation = { ...created({ orderId, lines, cause }, time), status: 'rejected' as const }
  const data = { orderId, shortages: [...shortages] }
  return { reservation, events: [createEvent(StockRejected, { ...factOf(reservation, time, cause), data })] }
}

export type ReleaseReason = EventOf<typeof StockReleased>['data']['reason']

/** @returns undefined when nothing is held: the reservation is rejected, released or shipped */
export function release(
  before: Reservation | undefined,
  { orderId, cause, reason }: Omit<ReservationRequest, 'lines'> & { readonly reason: ReleaseReason },
  time: Date,
): ReservationChange | undefined {
  if (before === undefined) {
    return { reservation: { ...created({ orderId, lines: [], cause }, time), status: 'released' }, events: [] }
  }
  if (before.status !== 'held') return undefined
  const { heldUntil: _, ...held } = before
  const reservation = { ...held, ...next(before, time), status: 'released' as const }
  const data = { orderId, lines: reservation.lines, reason }
  return { reservation, events: [createEvent(StockReleased, { ...factOf(reservation, time, cause), data })] }
}

/** Reserved pieces leave the warehouse. */
export function ship(before: HeldReservation, time: Date): ShippedReservation {
  const { heldUntil: _, ...held } = before
  return { ...held, ...next(held, time), status: 'shipped' }
}

/**
 * Shipped pieces come back, each at most once, however many are reported.
 * @returns undefined when the event was applied before
 */
export function takeBack(
  before: ShippedReservation,
  { eventId, lines }: { readonly eventId: string; readonly lines: readonly Line[] },
  time: Date,
): { readonly reservation: ShippedReservation; readonly lines: readonly Line[] } | undefined {
  const { returns = [] } = before
  if (returns.some((earlier) => earlier.eventId === eventId)) return undefined
  const quantityOf = (of: readonly Line[], sku: string) =>
    of.reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0)
  const earlier = returns.flatMap((each) => each.lines)
  const accepted = [...new Set(lines.map(({ sku }) => sku))].flatMap((sku) => {
    const quantity = Math.min(quantityOf(lines, sku), quantityOf(before.lines, sku) - quantityOf(earlier, sku))
    return quantity > 0 ? [{ sku, quantity }] : []
  })
  const reservation = { ...before, ...next(before, time), returns: [...returns, { eventId, lines: accepted }] }
  return { reservation, lines: accepted }
}

/** Its order is paid, and waits to be shipped. */
export const extendHold = (before: HeldReservation, time: Date, holdMs: number): HeldReservation => ({
  ...before,
  ...next(before, time),
  heldUntil: endOfHold(time, holdMs),
})

export type HeldReservation = Extract<Reservation, { status: 'held' }>
export type ShippedReservation = Extract<Reservation, { status: 'shipped' }>

const endOfHold = (time: Date, holdMs: number) => new Date(time.getTime() + holdMs).toISOString()

const created = ({ orderId, lines, cause }: ReservationRequest, time: Date) => ({
  orderId,
  lines: [...lines],
  version: 1,
  correlationId: cause.correlationId,
  createdAt: time.toISOString(),
  updatedAt: time.toISOString(),
})

const next = ({ version }: { readonly version: number }, time: Date) => ({
  version: version + 1,
  updatedAt: time.toISOString(),
})

const factOf = ({ orderId, version }: Reservation, time: Date, cause: Cause) => ({
  aggregateId: orderId,
  aggregateVersion: version,
  time,
  cause,
})

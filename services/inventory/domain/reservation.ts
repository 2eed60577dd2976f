import * as z from 'zod'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { StockRejected, StockReserved } from '../events.ts'

const Line = z.object({ sku: z.string(), quantity: z.int().min(1) })
export type Line = Readonly<z.infer<typeof Line>>

const common = {
  orderId: z.string(),
  /** Empty for a tombstone. */
  lines: z.array(Line),
  version: z.int().min(1),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}

/**
 * The reservation of an order, one for each order:
 *
 *   none ─► held ─► shipped
 *    │       └────► released
 *    ├─► rejected
 *    └─► released     a tombstone: the order was cancelled before its reservation request arrived
 *
 * Every status except `held` is final, and a repeated request leaves any reservation unchanged.
 */
export const Reservation = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('held'), heldUntil: z.iso.datetime() }),
  z.object({ ...common, status: z.enum(['rejected', 'released', 'shipped']) }),
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
  readonly events: readonly (EventOf<typeof StockReserved> | EventOf<typeof StockRejected>)[]
}

export function hold(
  { orderId, lines, cause }: ReservationRequest,
  { time, holdMs }: { readonly time: Date; readonly holdMs: number },
): ReservationChange {
  const heldUntil = new Date(time.getTime() + holdMs).toISOString()
  const reservation = { ...created(orderId, lines, time), status: 'held' as const, heldUntil }
  const data = { orderId, lines: reservation.lines, heldUntil }
  return { reservation, events: [createEvent(StockReserved, { ...factOf(reservation, time, cause), data })] }
}

export function reject(
  { orderId, lines, cause }: ReservationRequest,
  shortages: readonly Shortage[],
  time: Date,
): ReservationChange {
  const reservation = { ...created(orderId, lines, time), status: 'rejected' as const }
  const data = { orderId, shortages: [...shortages] }
  return { reservation, events: [createEvent(StockRejected, { ...factOf(reservation, time, cause), data })] }
}

/** @returns undefined when nothing is held: the reservation is rejected, released or shipped */
export function release(before: Reservation | undefined, orderId: string, time: Date): Reservation | undefined {
  if (before === undefined) return { ...created(orderId, [], time), status: 'released' }
  if (before.status !== 'held') return undefined
  const { heldUntil: _, ...reservation } = before
  return { ...reservation, status: 'released', version: before.version + 1, updatedAt: time.toISOString() }
}

const created = (orderId: string, lines: readonly Line[], time: Date) => ({
  orderId,
  lines: [...lines],
  version: 1,
  createdAt: time.toISOString(),
  updatedAt: time.toISOString(),
})

const factOf = ({ orderId, version }: Reservation, time: Date, cause: Cause) => ({
  aggregateId: orderId,
  aggregateVersion: version,
  time,
  cause,
})

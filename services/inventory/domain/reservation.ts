import { causedBy, createEvent, type EventMetadata, type EventOf } from '#shared/events/envelope.ts'
import { StockRejected, StockReserved } from '../events.ts'

export interface Line {
  readonly sku: string
  readonly quantity: number
}

/** An order that asks for its lines. */
export interface OrderToReserve {
  readonly orderId: string
  /** Distinct SKUs. */
  readonly lines: readonly Line[]
  /** Of the event that asked: what becomes of the order is caused by it. */
  readonly metadata: EventMetadata
}

export interface Shortage {
  readonly sku: string
  readonly requested: number
  readonly available: number
}

/**
 * What became of an order's wish, one for each order. It is also the mark that the order was dealt with: whatever
 * its status, a repeated wish finds it and changes nothing. A cancelled order is to be marked here as released,
 * before or after its reservation.
 */
export type Reservation = {
  readonly orderId: string
  readonly lines: readonly Line[]
  readonly version: number
  readonly time: Date
} & (
  | { readonly status: 'reserved'; readonly event: EventOf<typeof StockReserved> }
  | { readonly status: 'rejected'; readonly event: EventOf<typeof StockRejected> }
)

const version = 1

export const reserved = ({ orderId, lines, metadata }: OrderToReserve, time: Date): Reservation => {
  const fact = { aggregateId: orderId, aggregateVersion: version, time, cause: causedBy(metadata) }
  const event = createEvent(StockReserved, { ...fact, data: { orderId, lines: [...lines] } })
  return { orderId, lines, version, time, status: 'reserved', event }
}

export const rejected = (
  { orderId, lines, metadata }: OrderToReserve,
  shortages: readonly Shortage[],
  time: Date,
): Reservation => {
  const fact = { aggregateId: orderId, aggregateVersion: version, time, cause: causedBy(metadata) }
  const event = createEvent(StockRejected, { ...fact, data: { orderId, shortages: [...shortages] } })
  return { orderId, lines, version, time, status: 'rejected', event }
}

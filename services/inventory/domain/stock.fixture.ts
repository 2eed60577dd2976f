import type { Line, ReservationRequest } from './reservation.ts'
import type { Stock } from './stock.ts'

/** Examples shared by the tests of inventory. */
export const noon = new Date('2026-11-20T12:00:00.000Z')

export const cause = { correlationId: 'correlation-1', causationId: 'request-1' }

/** How long the examples hold pieces. */
export const holdMs = 15 * 60_000

export const stockOf = (sku: string, available: number, reserved = 0): Stock => ({
  sku,
  available,
  reserved,
  shipped: 0,
  received: available + reserved,
  version: 1,
})

export const line = (sku: string, quantity: number): Line => ({ sku, quantity })

/** The arguments of a release of the order's pieces. */
export const cancellationOf = (orderId: string) => ({
  orderId,
  reason: 'cancelled' as const,
  cause: { correlationId: `correlation-of-${orderId}`, causationId: `OrderCancelled/${orderId}/2` },
})

export const requestOf = (orderId: string, ...lines: Line[]): ReservationRequest => ({
  orderId,
  lines,
  cause: { correlationId: `correlation-of-${orderId}`, causationId: `OrderPlaced/${orderId}/1` },
})

import type { EventMetadata } from '#shared/events/envelope.ts'
import type { Line, OrderToReserve } from './reservation.ts'
import type { Stock } from './stock.ts'

/** Examples that the tests of the inventory share. */
export const noon = new Date('2026-11-20T12:00:00.000Z')

export const cause = { correlationId: 'correlation-1', causationId: 'request-1' }

export const stockOf = (sku: string, available: number, reserved = 0): Stock => ({
  sku,
  available,
  reserved,
  shipped: 0,
  received: available + reserved,
  version: 1,
})

export const line = (sku: string, quantity: number): Line => ({ sku, quantity })

export const orderOf = (orderId: string, ...lines: Line[]): OrderToReserve => ({
  orderId,
  lines,
  metadata: metadataOf(orderId),
})

const metadataOf = (orderId: string): EventMetadata => ({
  id: `OrderPlaced/${orderId}/1`,
  version: 1,
  time: noon.toISOString(),
  correlationId: `correlation-of-${orderId}`,
  causationId: 'request-1',
})

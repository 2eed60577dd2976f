import { createEvent, type EventOf } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { OrderRejected, OrderReserved } from '#services/orders/events.ts'
import { orderEvent, type orderState } from '#test/support/order-event.ts'
import { UserRegistered } from '#services/users/events.ts'

const time = new Date('2026-05-01T10:00:00.000Z')
const cause = { correlationId: 'c-1', causationId: 'r-1' }

const order: Parameters<typeof orderState>[0] = {
  customerId: 'u-1',
  items: [
    { sku: 'MUG-1', name: 'Stoneware Mug', quantity: 2, unitPrice: euros(1850), lineTotal: euros(3700) },
    { sku: 'TENT-1', name: 'Tent <for two>', quantity: 1, unitPrice: euros(34900), lineTotal: euros(34900) },
  ],
  placedAt: time.toISOString(),
}

export const orderReserved = (fields: typeof order = {}): EventOf<typeof OrderReserved> =>
  orderEvent(
    OrderReserved,
    { ...order, status: 'RESERVED', reservedUntil: '2026-05-01T10:15:00.000Z', ...fields },
    { version: 2, time, cause },
  )

export const orderRejected = (): EventOf<typeof OrderRejected> =>
  orderEvent(
    OrderRejected,
    {
      ...order,
      status: 'REJECTED',
      reason: 'out-of-stock',
      shortages: [
        { sku: 'TENT-1', requested: 1, available: 0 },
        { sku: 'MUG-1', requested: 2, available: 1 },
      ],
    },
    { version: 2, time, cause },
  )

export const userRegistered = (userId = 'u-1'): EventOf<typeof UserRegistered> =>
  createEvent(UserRegistered, { aggregateId: userId, aggregateVersion: 1, time, cause, data: { userId } })

import { createEvent, type EventOf } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { OrderRejected, OrderReserved } from '#services/orders/events.ts'
import { UserRegistered } from '#services/users/events.ts'

const time = new Date('2026-05-01T10:00:00.000Z')
const cause = { correlationId: 'c-1', causationId: 'r-1' }

const order = {
  orderId: 'ord_1',
  customerId: 'u-1',
  orderType: 'standard' as const,
  items: [
    { sku: 'MUG-1', name: 'Stoneware Mug', quantity: 2, unitPrice: euros(1850), lineTotal: euros(3700) },
    { sku: 'TENT-1', name: 'Tent <for two>', quantity: 1, unitPrice: euros(34900), lineTotal: euros(34900) },
  ],
  total: euros(38600),
  placedAt: time.toISOString(),
}

export const orderReserved = (fields: Partial<typeof order> = {}): EventOf<typeof OrderReserved> =>
  createEvent(OrderReserved, {
    aggregateId: 'ord_1',
    aggregateVersion: 2,
    time,
    cause,
    data: { ...order, ...fields },
  })

export const orderRejected = (): EventOf<typeof OrderRejected> =>
  createEvent(OrderRejected, {
    aggregateId: 'ord_1',
    aggregateVersion: 2,
    time,
    cause,
    data: {
      ...order,
      reason: 'out-of-stock',
      shortages: [
        { sku: 'TENT-1', requested: 1, available: 0 },
        { sku: 'MUG-1', requested: 2, available: 1 },
      ],
    },
  })

export const userRegistered = (userId = 'u-1'): EventOf<typeof UserRegistered> =>
  createEvent(UserRegistered, { aggregateId: userId, aggregateVersion: 1, time, cause, data: { userId } })

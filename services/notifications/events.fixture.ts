import { createEvent, type EventOf } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { StockDepleted, StockLow } from '#services/inventory/events.ts'
import {
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPaymentFailed,
  OrderRefunded,
  OrderRejected,
  OrderReserved,
  OrderShipped,
  ReturnRequested,
} from '#services/orders/events.ts'
import { orderEvent, type orderState } from '#test/support/order-event.ts'
import { ReportReady } from '#services/reporting/events.ts'
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

type Fields = typeof order

const about = { time, cause }

export const orderPaid = (fields: Fields = {}) =>
  orderEvent(OrderPaid, { ...order, status: 'PAID', ...fields }, { version: 3, ...about })

export const orderPaymentFailed = (reason: 'declined' | 'insufficient-funds' | 'reservation-expired' = 'declined') =>
  orderEvent(OrderPaymentFailed, { ...order, status: 'PAYMENT_FAILED', reason }, { version: 3, ...about })

const shipment = { trackingNumber: 'SBX-1000', carrier: 'Sandbox' }

export const orderShipped = () =>
  orderEvent(OrderShipped, { ...order, status: 'SHIPPED', shipment }, { version: 4, ...about })

export const orderDelivered = (fields: Fields = {}) =>
  orderEvent(OrderDelivered, { ...order, status: 'DELIVERED', shipment, ...fields }, { version: 5, ...about })

export const orderCancelled = (reason: 'customer' | 'staff' | 'reservation-expired' = 'customer') =>
  orderEvent(OrderCancelled, { ...order, status: 'CANCELLED', reason }, { version: 4, ...about })

const oneMug = [{ sku: 'MUG-1', quantity: 1 }]

export const returnRequested = () =>
  orderEvent(
    ReturnRequested,
    { ...order, status: 'RETURN_REQUESTED', return: { items: oneMug, reason: 'Too small' } },
    { version: 6, ...about },
  )

export const orderRefunded = (refund: Partial<EventOf<typeof OrderRefunded>['data']['refund']> = {}) =>
  orderEvent(
    OrderRefunded,
    {
      ...order,
      status: 'DELIVERED',
      refunded: euros(1850),
      refund: { amount: euros(1850), items: oneMug, shipping: false, ...refund },
    },
    { version: 8, ...about },
  )

export const stockLow = () =>
  createEvent(StockLow, {
    aggregateId: 'MUG-1',
    aggregateVersion: 7,
    ...about,
    data: { sku: 'MUG-1', available: 3, threshold: 5 },
  })

export const stockDepleted = () =>
  createEvent(StockDepleted, { aggregateId: 'MUG-1', aggregateVersion: 8, ...about, data: { sku: 'MUG-1' } })

export const reportReady = () =>
  createEvent(ReportReady, {
    aggregateId: '2026-04-30',
    aggregateVersion: 1,
    ...about,
    data: { day: '2026-04-30', orders: 12, revenue: euros(123450), refunded: euros(1850) },
  })

export const userRegistered = (userId = 'u-1'): EventOf<typeof UserRegistered> =>
  createEvent(UserRegistered, { aggregateId: userId, aggregateVersion: 1, time, cause, data: { userId } })

/** One event for each email that there is, in the order in which a customer would get them. */
export const samples = () => [
  userRegistered(),
  orderReserved(),
  orderRejected(),
  orderPaid({ orderType: 'express', discount: euros(500), shipping: euros(990) }),
  orderPaymentFailed('insufficient-funds'),
  orderShipped(),
  orderDelivered(),
  orderCancelled(),
  returnRequested(),
  orderRefunded(),
  orderDelivered({ reason: 'return-rejected' }),
  stockLow(),
  stockDepleted(),
  reportReady(),
]

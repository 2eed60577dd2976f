import { jest } from '@jest/globals'
import { OrderRejected, OrderReserved, orderStatuses, type OrderStatus } from '../events.ts'
import {
  changeOf,
  paymentCaptured,
  paymentDeclined,
  placed,
  shipment,
  shipmentCreated,
  shipmentDelivered,
  shortages,
  stockRejected,
  stockReleased,
  stockReserved,
} from './order.fixture.ts'
import { stateOf, type Order } from './order.ts'
import {
  evolve,
  transientStatuses,
  transitionOf,
  transitions,
  triggers,
  type Trigger,
  type TriggerEvent,
} from './transitions.ts'

const time = new Date('2026-11-20T12:00:05.000Z')
const { order } = placed()

/** The status diagram of the design. */
const arrows = [
  'PLACED → RESERVED',
  'PLACED → REJECTED',
  'PLACED → CANCELLED',
  'RESERVED → PAID',
  'RESERVED → PAYMENT_FAILED',
  'RESERVED → CANCELLED',
  'PAID → SHIPPED',
  'PAID → CANCELLED',
  'SHIPPED → DELIVERED',
  'SHIPPED → RETURN_REQUESTED',
  'DELIVERED → RETURN_REQUESTED',
  'RETURN_REQUESTED → DELIVERED',
  'RETURN_REQUESTED → REFUNDED',
]

test('every transition is an arrow of the status diagram', () => {
  const moves = triggers.flatMap(({ type }) =>
    orderStatuses.flatMap((from) => {
      const transition = transitionOf(from, type)
      return typeof transition === 'string' ? [] : [`${from} → ${transition.status}`]
    }),
  )
  expect(moves.length).toBeGreaterThan(0)
  expect(moves.filter((move) => !arrows.includes(move))).toEqual([])
})

test('StockReserved makes a PLACED order RESERVED', () => {
  const trigger = stockReserved(order)
  const { evolved } = changeOf(order, trigger, time)
  expect(evolved.order).toEqual({ ...order, status: 'RESERVED', version: 2, updatedAt: time.toISOString() })
  expect(evolved.event).toMatchObject({
    type: 'OrderReserved',
    metadata: {
      id: `OrderReserved/${order.orderId}/2`,
      time: time.toISOString(),
      correlationId: trigger.metadata.correlationId,
      causationId: trigger.metadata.id,
    },
  })
  expect(OrderReserved.data.parse(evolved.event.data)).toEqual(evolved.event.data)
})

test('StockRejected makes a PLACED order REJECTED, with the reason and the shortages', () => {
  const { evolved } = changeOf(order, stockRejected(order), time)
  expect(evolved.order).toMatchObject({ status: 'REJECTED', version: 2, reason: 'out-of-stock' })
  expect(evolved.event).toMatchObject({ type: 'OrderRejected', data: { reason: 'out-of-stock', shortages } })
  expect(OrderRejected.data.parse(evolved.event.data)).toEqual(evolved.event.data)
})

const reserved = { ...order, status: 'RESERVED', version: 2 } as const
const paid = { ...order, status: 'PAID', version: 3 } as const
const shipped = { ...order, status: 'SHIPPED', version: 4, shipment } as const

test.each<[TriggerEvent, Order, object]>([
  [paymentCaptured(order), reserved, { type: 'OrderPaid', data: { status: 'PAID' } }],
  [
    paymentDeclined(order),
    reserved,
    { type: 'OrderPaymentFailed', data: { status: 'PAYMENT_FAILED', reason: 'declined' } },
  ],
  [shipmentCreated(order), paid, { type: 'OrderShipped', data: { status: 'SHIPPED', shipment } }],
  [shipmentDelivered(order), shipped, { type: 'OrderDelivered', data: { status: 'DELIVERED', shipment } }],
  ...[order, reserved, paid].map((from): [TriggerEvent, Order, object] => [
    stockReleased(order),
    from,
    { type: 'OrderCancelled', data: { status: 'CANCELLED', reason: 'reservation-expired' } },
  ]),
])('$type changes an order in $1.status', (trigger, from, published) => {
  const { evolved } = changeOf(from, trigger, time)
  expect(evolved.event).toMatchObject(published)
  expect(evolved.event.data).toMatchObject(stateOf(evolved.order))
  expect(evolved.order.version).toBe(from.version + 1)
})

/** What the table says of every status, as one letter each: applied, ignored or retried. */
test.each<[Trigger['type'], string]>([
  // PLACED RESERVED REJECTED PAID PAYMENT_FAILED CANCELLED SHIPPED DELIVERED RETURN_REQUESTED REFUNDED
  ['StockReserved', 'a i i i i i i i i i'],
  ['StockRejected', 'a i i i i i i i i i'],
  ['StockReleased', 'a a i a i i i i i i'],
  ['PaymentCaptured', 'r a i i i i i i i i'],
  ['PaymentDeclined', 'r a i i i i i i i i'],
  ['ShipmentCreated', 'r r i a i i i i i i'],
  ['ShipmentDelivered', 'r r i r i i a i i i'],
])('%s arrives in time, too late or too early: %s', (type, expected) => {
  const letters = orderStatuses.map((status) => {
    const transition = transitionOf(status, type)
    return typeof transition === 'string' ? transition[0] : 'a'
  })
  expect(letters.join(' ')).toBe(expected)
})

test.each(['cancelled', 'payment-failed'] as const)('the release of stock that is %s changes no order', (reason) => {
  expect(evolve(reserved, stockReleased(order, reason), { time })).toEqual({ kind: 'ignored' })
})

test('a trigger that arrives too early is retried', () => {
  const early = jest.replaceProperty(transitions, 'StockReserved', { PLACED: 'retried', otherwise: 'ignored' })
  expect(evolve(order, stockReserved(order), { time })).toEqual({ kind: 'retried' })
  early.restore()
})

test.each<[string, string[], OrderStatus[]]>([
  ['with all services', ['orders', 'inventory', 'payments', 'shipping'], ['PLACED', 'RESERVED', 'PAID']],
  ['without shipping', ['orders', 'inventory', 'payments'], ['PLACED', 'RESERVED']],
  ['with inventory alone', ['orders', 'inventory'], ['PLACED']],
  ['without inventory', ['orders', 'catalog'], []],
])('the transient statuses %s are those that an installed service changes', (_, installed, statuses) => {
  expect(transientStatuses(installed)).toEqual(statuses)
})

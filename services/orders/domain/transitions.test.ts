import { jest } from '@jest/globals'
import { OrderRejected, OrderReserved, orderStatuses, type OrderStatus } from '../events.ts'
import { changeOf, placed, shortages, stockRejected, stockReserved } from './order.fixture.ts'
import { evolve, transientStatuses, transitionOf, transitions, triggers } from './transitions.ts'

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

test.each(orderStatuses.filter((status) => status !== 'PLACED'))('a %s order ignores stock events', (status) => {
  for (const trigger of [stockReserved(order), stockRejected(order)]) {
    expect(evolve({ ...order, status }, trigger, { time })).toEqual({ kind: 'ignored' })
  }
})

test('a trigger that arrives too early is retried', () => {
  const early = jest.replaceProperty(transitions, 'StockReserved', { PLACED: 'retried', otherwise: 'ignored' })
  expect(evolve(order, stockReserved(order), { time })).toEqual({ kind: 'retried' })
  early.restore()
})

test.each<[string, string[], OrderStatus[]]>([
  ['with inventory', ['orders', 'inventory'], ['PLACED']],
  ['without inventory', ['orders', 'catalog'], []],
])('the transient statuses %s are those that an installed service changes', (_, installed, statuses) => {
  expect(transientStatuses(installed)).toEqual(statuses)
})

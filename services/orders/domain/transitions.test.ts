import { orderStatuses, type OrderStatus } from '../events.ts'
import {
  commands,
  finalStatuses,
  statusAfter,
  transientStatuses,
  transitions,
  waitingStatuses,
  type Applied,
  type Command,
  type Trigger,
} from './transitions.ts'

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

type Row = Partial<Record<OrderStatus | 'otherwise', Applied | string>>
const rows = Object.values({ ...transitions, ...commands }) as Row[]
const at = (row: Row, status: OrderStatus) => row[status] ?? row.otherwise!

test('the transitions are exactly the arrows of the status diagram', () => {
  const moves = rows.flatMap((row) =>
    orderStatuses.flatMap((from) => {
      const transition = at(row, from)
      if (typeof transition === 'string') return []
      const to = [transition.status, ...(transition.whilePiecesRemain ? [transition.whilePiecesRemain] : [])]
      return to.filter((status) => status !== from).map((status) => `${from} → ${status}`)
    }),
  )
  expect([...new Set(moves)].toSorted()).toEqual(arrows.toSorted())
})

const letters = (row: Row) =>
  orderStatuses.map((status) => (typeof at(row, status) === 'string' ? (at(row, status) as string)[0] : 'a')).join(' ')

/** What the table says of every status, as one letter each: applied, ignored or retried. */
test.each<[Trigger['type'], string]>([
  // PLACED RESERVED REJECTED PAID PAYMENT_FAILED CANCELLED SHIPPED DELIVERED RETURN_REQUESTED REFUNDED
  ['StockReserved', 'a i i i i i i i i i'],
  ['StockRejected', 'a i i i i i i i i i'],
  ['StockReleased', 'a a i a i i i i i i'],
  ['PaymentCaptured', 'r a i i i i i i i i'],
  ['PaymentDeclined', 'r a i i i i i i i i'],
  ['PaymentRefunded', 'i i i i i a i i a i'],
  ['ShipmentCreated', 'r r i a i i i i i i'],
  ['ShipmentDelivered', 'r r i r i i a a a i'],
])('%s arrives in time, too late or too early: %s', (type, expected) => {
  expect(letters(transitions[type])).toBe(expected)
})

/** Applied or refused. */
test.each<[Command['type'], string]>([
  ['cancel', 'a a r a r r r r r r'],
  ['requestReturn', 'r r r r r r a a r r'],
  ['refund', 'r r r a r r r r a r'],
  ['rejectReturn', 'r r r r r r r r a r'],
  ['markDelivered', 'r r r r r r a a a r'],
])('the request to %s is possible in these statuses: %s', (type, expected) => {
  expect(letters(commands[type])).toBe(expected)
})

test('an event implies the status to which it moves an order, unless it moves to several', () => {
  expect(statusAfter('OrderPaid')).toBe('PAID')
  expect(statusAfter('OrderDelivered')).toBe('DELIVERED')
  expect(statusAfter('RefundRequested')).toBeUndefined()
  expect(statusAfter('OrderRefunded')).toBeUndefined()
})

const ends: OrderStatus[] = ['REJECTED', 'PAYMENT_FAILED', 'CANCELLED', 'DELIVERED', 'REFUNDED']

test.each<[string, string[], OrderStatus[], OrderStatus[]]>([
  ['with all services', ['orders', 'inventory', 'payments', 'shipping'], ['PLACED', 'RESERVED', 'PAID'], []],
  ['without shipping', ['orders', 'inventory', 'payments'], ['PLACED', 'RESERVED'], ['PAID']],
  ['with inventory alone', ['orders', 'inventory'], ['PLACED'], ['RESERVED', 'PAID']],
  ['without inventory', ['orders', 'catalog'], [], ['PLACED', 'RESERVED', 'PAID']],
])('%s, an order is in transit, waits or is final in every status', (_, installed, transient, resting) => {
  expect(transientStatuses(installed)).toEqual(transient)
  expect(finalStatuses(installed)).toEqual([...resting, ...ends])
  const all = [...transientStatuses(installed), ...waitingStatuses, ...finalStatuses(installed)]
  expect(all.toSorted()).toEqual(orderStatuses.toSorted())
})

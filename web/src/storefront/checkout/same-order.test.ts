import type { PlaceOrderRequest } from '../../api/types.ts'
import { inputOf } from '../address/address.ts'
import { isPlacedBy, isSameOrder, type Shown } from './same-order.ts'

const mug = { sku: 'MUG-1', quantity: 2 }
const pan = { sku: 'PAN-1', quantity: 1 }
const home = { name: 'Ada Buyer', line1: '1 Main Street', city: 'Cork', postalCode: 'T12 AB34', country: 'IE' } as const
const sent: PlaceOrderRequest = { items: [mug, pan], shippingAddress: home, paymentToken: 'tok_ok' }

test.each<[string, boolean, Partial<Shown>]>([
  ['the same', true, {}],
  ['the lines in another order', true, { lines: [pan, mug] }],
  ['an address with blanks around its fields', true, { address: inputOf({ ...home, city: ' Cork ' }) }],
  ['another quantity', false, { lines: [{ ...mug, quantity: 3 }, pan] }],
  ['a line less', false, { lines: [mug] }],
  ['a line more', false, { lines: [mug, pan, { sku: 'LAMP-1', quantity: 1 }] }],
  ['another line', false, { lines: [mug, { sku: 'LAMP-1', quantity: 1 }] }],
  ['another address', false, { address: inputOf({ ...home, line1: '2 Mill Lane' }) }],
])('what the customer sees is %s: %j', (_, expected, shown) =>
  expect(isSameOrder(sent, { lines: [mug, pan], address: inputOf(home), ...shown })).toBe(expected),
)

const placedAt = '2026-11-30T12:00:00.000Z'
const at = Date.parse(placedAt)

test.each<[string, boolean, number | undefined, object]>([
  ['just before the order', true, at - 400, {}],
  ['by a clock that is half a minute fast', true, at + 30_000, {}],
  ['long after an equal order', false, at + 3_600_000, {}],
  ['at an unknown time', false, undefined, {}],
  ['with other lines', false, at - 400, { items: [mug] }],
])('a request that was sent %s can have placed it: %j', (_, expected, sentAtMs, order) =>
  expect(isPlacedBy({ sent, sentAtMs }, { items: [mug, pan], placedAt, ...order })).toBe(expected),
)

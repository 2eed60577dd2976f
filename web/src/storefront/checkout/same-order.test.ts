import type { PlaceOrderRequest } from '../../api/types.ts'
import { inputOf } from '../address/address.ts'
import { isSameOrder, type Shown } from './same-order.ts'

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

import { seededRandom } from '#test/support/random.ts'
import { groupOrders } from './groups.ts'
import type { OrderToReserve } from './reservation.ts'
import { line, orderOf } from './stock.fixture.ts'

const idsOf = (groups: OrderToReserve[][]) => groups.map((group) => group.map(({ orderId }) => orderId))
const itemsOf = (group: OrderToReserve[]) =>
  new Set(group.flatMap(({ lines }) => lines.map(({ sku }) => sku))).size + group.length
const wide = (orderId: string, from: number, count: number) =>
  orderOf(orderId, ...Array.from({ length: count }, (_, index) => line(`SKU-${from + index}`, 1)))

test('orders of the same product go together, since it is one item to all of them', () => {
  const orders = Array.from({ length: 99 }, (_, index) => orderOf(`o${index}`, line('MUG', 1)))
  expect(groupOrders(orders)).toEqual([orders])
  expect(groupOrders([...orders, orderOf('last', line('MUG', 1))]).map((group) => group.length)).toEqual([99, 1])
})

test('orders of many products are cut where a transaction is full', () => {
  const orders = [wide('a', 0, 50), wide('b', 50, 48), wide('c', 98, 1)]
  expect(idsOf(groupOrders(orders))).toEqual([['a', 'b'], ['c']])
})

test.each(Array.from({ length: 50 }, (_, seed) => seed))('every order is in one group that fits (seed %i)', (seed) => {
  const random = seededRandom(seed)
  const orders = Array.from({ length: random.int(0, 30) }, (_, index) =>
    wide(`o${index}`, random.int(0, 100), random.int(1, 50)),
  )
  const groups = groupOrders(orders)
  expect(groups.flat()).toEqual(orders)
  expect(groups.every((group) => itemsOf(group) <= 100)).toBe(true)
})

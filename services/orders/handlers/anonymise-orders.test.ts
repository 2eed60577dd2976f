import { silence } from '#test/support/captured-logs.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { UserDeleted } from '#services/users/events.ts'
import { noPauses } from '#test/support/backoff.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderChanges, orderItem, orderReader } from '../adapters/order-table.ts'
import { address, cause, circumstances, noon, obeyed, placed, shippedOrder } from '../domain/order.fixture.ts'
import type { Order } from '../domain/order.ts'
import { anonymiseOrdersHandler } from './anonymise-orders.ts'

silence()

const deletion = (orderCount?: number) =>
  createEvent(UserDeleted, {
    aggregateId: 'ada',
    aggregateVersion: 2,
    time: noon,
    cause,
    data: { userId: 'ada', orderCount },
  })

async function start() {
  const table = await createTestTable()
  const reader = orderReader(table)
  const handler = anonymiseOrdersHandler({
    orders: { ...reader, ...orderChanges(table) },
    finalStatuses: circumstances().finalStatuses,
    now: () => noon,
    backoff: noPauses(3),
  })
  const store = async (make: (order: Order) => Order = (order) => order, customerId = 'ada') => {
    const { order } = placed({ customerId })
    await table.put(orderItem(make(order)))
    return order.orderId
  }
  return {
    table,
    store,
    remove: async (orderCount?: number) => (await handler(queueEvent([deletion(orderCount)]))).batchItemFailures,
    nameOn: async (orderId: string) => (await reader.find(orderId))!.shippingAddress.name,
  }
}

const cancelled = (order: Order) => obeyed(order, { type: 'cancel' }).order

test('final orders of the customer are anonymised, and neither open ones nor those of others', async () => {
  const { store, remove, nameOn, table } = await start()
  const final = [await store(cancelled), await store(cancelled)]
  const others = [await store(shippedOrder), await store(cancelled, 'bob')]
  expect(await remove()).toEqual([])
  expect(await Promise.all(final.map(nameOn))).toEqual(['Deleted', 'Deleted'])
  expect(await Promise.all(others.map(nameOn))).toEqual([address.name, address.name])
  // Nothing is published about it.
  expect((await table.items()).filter((item) => item['customerDeleted'] && item['eventId'])).toEqual([])
})

test('all pages are handled, and a repeated event writes nothing', async () => {
  const { store, remove, nameOn, table } = await start()
  const ids: string[] = []
  for (let count = 0; count < 60; count += 1) ids.push(await store(cancelled))
  expect(await remove()).toEqual([])
  expect(new Set(await Promise.all(ids.map(nameOn)))).toEqual(new Set(['Deleted']))
  const writes = table.calls('PutItem')
  expect(await remove()).toEqual([])
  expect(table.calls('PutItem')).toBe(writes)
})

test('an order that changes meanwhile is read again, and its address does not come back', async () => {
  const { store, remove, nameOn, table } = await start()
  const orderId = await store(shippedOrder)
  table.beforeNext('PutItem', async () => {
    const { order } = placed()
    const { orderId: _, ...changed } = cancelled(order)
    await table.put(orderItem({ ...changed, orderId }))
  })
  // The write of the test itself.
  table.beforeNext('PutItem', async () => {})
  expect(await remove()).toEqual([])
  expect(await nameOn(orderId)).toBe('Deleted')
})

test('an order that the list misses at first is anonymised', async () => {
  const { store, remove, nameOn, table } = await start()
  await store(cancelled)
  let missed = ''
  table.beforeNext('Query', async () => {})
  table.beforeNext('Query', async () => void (missed = await store(cancelled)))
  expect(await remove(2)).toEqual([])
  expect(await nameOn(missed)).toBe('Deleted')
})

test('an order that the list does not show for long fails the event, which is delivered again', async () => {
  const { store, remove } = await start()
  await store(cancelled)
  expect(await remove(2)).toHaveLength(1)
})

test('a customer without orders is no error', async () => {
  const { remove } = await start()
  expect(await remove()).toEqual([])
})

import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderItem, orderReader } from '../adapters/order-table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { noon } from '../domain/order.fixture.ts'
import type { Order } from '../domain/order.ts'
import { orderStatuses, type OrderStatus } from '../events.ts'
import { placement } from '../ports.contract.ts'
import { findStuckOrdersHandler, findWaitingOrdersHandler } from './find-stuck-orders.ts'

const logs = capturedLogs()

const minutesMs = 60_000
const after = (minutes: number) => new Date(noon.getTime() + minutes * minutesMs)

/** Sweeps every five minutes, of orders that are 15 to 25 minutes old. */
async function start({ installedServices = ['orders', 'inventory'] } = {}) {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS' })
  const place = async (time = noon) => {
    const wanted = placement({ time })
    expect(await placementTable(table).place(wanted)).toEqual({ kind: 'placed' })
    return wanted.order
  }
  const setStatus = async (status: OrderStatus) => {
    const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...item, status })
  }
  const handler = findStuckOrdersHandler({
    orders: orderReader(table),
    installedServices,
    patienceMs: 15 * minutesMs,
    windowMs: 10 * minutesMs,
  })
  const sweep = (minutes: number) => handler({ scheduledAt: after(minutes).toISOString().replace('.000Z', 'Z') })
  return { table, place, setStatus, handler, sweep }
}

const measured = () => logs.lines().flatMap((line) => line['OrdersStuck'] ?? [])
const warned = () => logs.lines().flatMap((line) => (line['message'] === 'Order is stuck' ? [line['order_id']] : []))

test('a stuck order is counted and logged with its id, without personal data, and not changed', async () => {
  const { place, sweep, table } = await start()
  const order = await place()
  const before = await table.items()
  await sweep(20)
  expect(measured()).toEqual([1])
  expect(logs.lines()).toEqual([
    expect.objectContaining({ level: 'WARN', order_id: order.orderId, status: 'PLACED', placed_at: order.placedAt }),
    expect.objectContaining({ level: 'INFO', message: 'Orders checked', checked: 1, found: 1 }),
  ])
  expect(logs.text()).not.toContain(order.shippingAddress.name)
  expect(await table.items()).toEqual(before)
})

test('whenever its schedule began, every stuck order is found by two sweeps, the first when it is 15 to 20 minutes old', async () => {
  for (const offset of [0, 1, 2.5, 4.999]) {
    const { place, sweep } = await start()
    await place()
    const found: number[] = []
    for (let minutes = offset; minutes < 60; minutes += 5) {
      const before = warned().length
      await sweep(minutes)
      if (warned().length > before) found.push(minutes)
    }
    expect(found).toHaveLength(2)
    expect(found[0]).toBeGreaterThanOrEqual(15)
    expect(found[0]).toBeLessThanOrEqual(20)
  }
})

test.each(orderStatuses.filter((status) => !['PLACED', 'RESERVED', 'PAID'].includes(status)))(
  'a %s order is not stuck',
  async (status) => {
    const { place, sweep, setStatus } = await start({ installedServices: ['inventory', 'payments', 'shipping'] })
    await place()
    await setStatus(status)
    await sweep(20)
    expect([...measured(), ...warned()]).toEqual([])
  },
)

test('a PLACED order is not stuck when no installed service changes PLACED', async () => {
  const { place, sweep } = await start({ installedServices: ['orders'] })
  await place()
  await sweep(20)
  expect([...measured(), ...warned()]).toEqual([])
})

test('all orders of a window are checked, page by page, and counted together', async () => {
  const { sweep, table } = await start()
  const orders: Order[] = []
  for (let index = 0; index < 230; index += 1) {
    const { order } = placement({ time: after(index / 60) })
    await table.put(orderItem(order))
    orders.push(order)
  }
  await sweep(20)
  expect(new Set(warned())).toEqual(new Set(orders.map(({ orderId }) => orderId)))
  expect(measured()).toEqual([230])
  expect(table.calls('BatchGetItem')).toBe(3)
})

test('an event without the time at which it was due fails', async () => {
  const { handler } = await start()
  await expect(handler({})).rejects.toThrow('scheduledAt')
})

describe('an order that waits for the carrier or for staff', () => {
  const day = 24 * 60
  const later = [140, 224, 364]
  const cases: readonly [status: OrderStatus, sinceDay: number, reportedOn: readonly number[]][] = [
    ['SHIPPED', 1, [7, 14, 28, 42, 56, 84, ...later]],
    ['RETURN_REQUESTED', 1, [7, 14, 28, 42, 56, 84, ...later]],
    ['RETURN_REQUESTED', 6, [14, 28, 42, 56, 84, ...later]],
    ['RETURN_REQUESTED', 86, later],
    ['DELIVERED', 1, []],
    ['PAID', 1, []],
  ]

  test('is reported by daily sweeps on some days of a year, and the last report says so', async () => {
    const { table } = await start()
    const orderIds: string[] = []
    for (const [status, sinceDay] of cases) {
      const { order } = placement()
      orderIds.push(order.orderId)
      await table.put({ ...orderItem(order), status, updatedAt: after(sinceDay * day).toISOString() })
    }
    const handler = findWaitingOrdersHandler({ orders: orderReader(table), windowMs: day * minutesMs })
    const reported: [orderId: unknown, day: number][] = []
    const lastReports: number[] = []
    for (const count of [...Array(100).keys(), ...later.flatMap((each) => [each, each + 1]), 392]) {
      const before = logs.lines().length
      await handler({ scheduledAt: after(count * day + 60).toISOString() })
      const found = logs.lines().slice(before)
      for (const { message, order_id } of found) {
        if (String(message).startsWith('Order is waiting')) reported.push([order_id, count])
        if (message === 'Order is waiting, and is not reported again') lastReports.push(count)
      }
    }
    expect(lastReports).toEqual([364, 364, 364, 364])
    const daysOf = (orderId: string) => reported.flatMap(([id, count]) => (id === orderId ? [count] : []))
    expect(cases.map(([status, sinceDay], index) => [status, sinceDay, daysOf(orderIds[index]!)])).toEqual(cases)
  })
})

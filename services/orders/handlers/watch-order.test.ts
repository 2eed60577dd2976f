import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { placed } from '../domain/order.fixture.ts'
import { orderStatuses, type OrderStatus } from '../domain/order.ts'
import { placement } from '../ports.contract.ts'
import { watchOrderHandler } from './watch-order.ts'

const logs = capturedLogs()

async function start({ installed = ['orders', 'inventory'] } = {}) {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS' })
  const wanted = placement()
  await placementTable(table).place(wanted)
  const setStatus = async (status: OrderStatus) => {
    const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...item, status })
  }
  return { table, handler: watchOrderHandler(orderReader(table), installed), ...wanted, setStatus }
}

const measured = () => logs.lines().filter((line) => 'OrdersStuck' in line)
const warnings = () => logs.lines().filter((line) => line['message'] === 'Order is stuck')

test('a stuck order is counted and logged with its ids, without personal data, and not changed', async () => {
  const { handler, order, event, table } = await start()
  const before = await table.items()
  expect(await handler(queueEvent([event]))).toEqual({ batchItemFailures: [] })
  expect(measured()).toEqual([expect.objectContaining({ OrdersStuck: 1 })])
  expect(warnings()).toEqual([
    expect.objectContaining({
      level: 'WARN',
      order_id: order.orderId,
      status: 'PLACED',
      correlation_id: event.metadata.correlationId,
    }),
  ])
  expect(logs.text()).not.toContain(order.shippingAddress.name)
  expect(await table.items()).toEqual(before)
})

test.each(orderStatuses.filter((status) => status !== 'PLACED'))('a %s order is not stuck', async (status) => {
  const { handler, event, setStatus } = await start()
  await setStatus(status)
  expect(await handler(queueEvent([event]))).toEqual({ batchItemFailures: [] })
  expect([...measured(), ...warnings()]).toEqual([])
})

test('a PLACED order is not stuck when no installed service changes PLACED', async () => {
  const { handler, event } = await start({ installed: ['orders'] })
  expect(await handler(queueEvent([event]))).toEqual({ batchItemFailures: [] })
  expect([...measured(), ...warnings()]).toEqual([])
})

test('stuck orders of one batch are counted together, and only an unknown order fails', async () => {
  const { handler, event } = await start()
  const { event: unknown } = placed()
  expect(await handler(queueEvent([event, unknown, event]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] })
  expect(measured().flatMap((line) => line['OrdersStuck'])).toEqual([1, 1])
})

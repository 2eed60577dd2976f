import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { placed } from '../domain/order.fixture.ts'
import { orderStatuses, passingStatuses, type OrderStatus } from '../domain/status.ts'
import { placement } from '../ports.contract.ts'
import { watchOrderHandler } from './watch-order.ts'

const logs = capturedLogs()

async function shop() {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS' })
  const wanted = placement()
  await placementTable(table).place(wanted)
  const become = async (status: OrderStatus) => {
    const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...item, status })
  }
  return { table, handler: watchOrderHandler(orderReader(table)), ...wanted, become }
}

const counted = () => logs.lines().filter((line) => 'OrdersStuck' in line)
const logged = () => logs.lines().filter((line) => line['message'] === 'Order is stuck')

test('a stuck order is counted, and logged with its ids and no personal data', async () => {
  const { handler, order, event, table } = await shop()
  const before = await table.items()
  expect(await handler(queueEvent([event]))).toEqual({ batchItemFailures: [] })
  expect(counted()).toEqual([expect.objectContaining({ OrdersStuck: 1 })])
  expect(logged()).toEqual([
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

const others = orderStatuses.filter((status) => !(passingStatuses as readonly OrderStatus[]).includes(status))

test.each(others)('an order in status %s is neither counted nor logged', async (status) => {
  const { handler, event, become } = await shop()
  await become(status)
  expect(await handler(queueEvent([event]))).toEqual({ batchItemFailures: [] })
  expect([...counted(), ...logged()]).toEqual([])
})

test('counts each stuck order of a batch, and fails a missing order alone', async () => {
  const { handler, event } = await shop()
  const { event: unknown } = placed()
  expect(await handler(queueEvent([event, unknown, event]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] })
  expect(counted().flatMap((line) => line['OrdersStuck'])).toEqual([1, 1])
})

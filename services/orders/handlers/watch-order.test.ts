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

const measured = () => logs.lines().filter((line) => 'OrdersStanding' in line)
const told = () => logs.lines().filter((line) => line['message'] === 'An order stands')

test('an order that stands is measured, and told with its ids and nothing personal', async () => {
  const { handler, order, event, table } = await shop()
  const before = await table.items()
  expect(await handler(queueEvent([event]))).toEqual({ batchItemFailures: [] })
  expect(measured()).toEqual([expect.objectContaining({ OrdersStanding: 1 })])
  expect(told()).toEqual([
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

test.each(others)('an order that is %s says nothing', async (status) => {
  const { handler, event, become } = await shop()
  await become(status)
  expect(await handler(queueEvent([event]))).toEqual({ batchItemFailures: [] })
  expect([...measured(), ...told()]).toEqual([])
})

test('several of one batch are counted together, and one that is not there fails alone', async () => {
  const { handler, event } = await shop()
  const { event: unknown } = placed()
  expect(await handler(queueEvent([event, unknown, event]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] })
  expect(measured().flatMap((line) => line['OrdersStanding'])).toEqual([1, 1])
})

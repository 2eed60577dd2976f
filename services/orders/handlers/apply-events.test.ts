import { silence } from '#test/support/captured-logs.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { noPauses } from '#test/support/backoff.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderChanges, orderReader } from '../adapters/order-table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { noon, paymentCaptured, placed, stockRejected, stockReserved } from '../domain/order.fixture.ts'
import { trailOf } from '../domain/trail.ts'
import { placement } from '../ports.contract.ts'
import { applyEventsHandler } from './apply-events.ts'

silence()

async function start() {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS' })
  const wanted = placement()
  await placementTable(table).place(wanted)
  const reader = orderReader(table)
  const backoff = noPauses(4)
  const handler = applyEventsHandler({ orders: orderChanges(table), finalStatuses: [], now: () => noon, backoff })
  const { order } = wanted
  /** @returns the ids of the messages that failed, `m0` being the first */
  const apply = async (...events: Parameters<typeof queueEvent>[0][number][]) => {
    const { batchItemFailures } = await handler(queueEvent(events))
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
  }
  const cancel = async () => {
    const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...item, status: 'CANCELLED', version: 2 })
  }
  const statusNow = async () => (await reader.find(order.orderId))!.status
  const trail = async () => trailOf((await reader.find(order.orderId))!).map(({ type }) => type)
  return { table, apply, order, cancel, statusNow, trail }
}

afterEach(() => {
  jest.restoreAllMocks()
})

test('an event is applied once, even if it is delivered several times', async () => {
  const { apply, order, statusNow, trail } = await start()
  const metric = jest.spyOn(metrics, 'addMetric')
  const event = stockReserved(order)
  expect(await apply(event, event)).toEqual([])
  expect(await apply(event)).toEqual([])
  expect(await statusNow()).toBe('RESERVED')
  expect(await trail()).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
  expect(metric.mock.calls.map(([name]) => name)).toEqual(['OrdersReserved'])
})

test('an event is applied once when it is delivered twenty times concurrently', async () => {
  const { apply, order, trail } = await start()
  const metric = jest.spyOn(metrics, 'addMetric')
  await Promise.all(Array.from({ length: 20 }, () => apply(stockRejected(order))))
  expect(await trail()).toEqual(['OrderPlaced', 'StockRejected', 'OrderRejected'])
  expect(metric.mock.calls.map(([name]) => name)).toEqual(['OrdersRejected'])
})

test('an event that arrives too late is recorded and changes nothing', async () => {
  const { apply, order, cancel, statusNow, trail } = await start()
  const metric = jest.spyOn(metrics, 'addMetric')
  await cancel()
  expect(await apply(stockReserved(order))).toEqual([])
  expect(await statusNow()).toBe('CANCELLED')
  expect((await trail()).toSorted()).toEqual(['OrderPlaced', 'StockReserved'])
  expect(metric).not.toHaveBeenCalled()
})

test('of a batch only the event that arrives too early fails, and it is not recorded', async () => {
  const { apply, order, statusNow, trail } = await start()
  expect(await apply(paymentCaptured(order), stockReserved(order))).toEqual(['m0'])
  expect(await trail()).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
  expect(await apply(paymentCaptured(order))).toEqual([])
  expect(await statusNow()).toBe('PAID')
})

test('an order that changes between read and write is read again', async () => {
  const { apply, order, table, cancel, statusNow, trail } = await start()
  table.beforeNext('PutItem', cancel)
  expect(await apply(stockReserved(order))).toEqual([])
  expect(await statusNow()).toBe('CANCELLED')
  expect(await trail()).not.toContain('OrderReserved')
})

test('an order that keeps changing is read again; if it does not stop, only the affected event fails', async () => {
  const { apply, order, table, statusNow } = await start()
  const changeBeforeNextWrites = (times: number) => {
    for (let count = 0; count < times; count += 1) {
      table.beforeNext('PutItem', async () => {
        const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
        await table.put({ ...item, version: item['version'] + 1 })
      })
      // The write of the test itself.
      table.beforeNext('PutItem', async () => {})
    }
  }
  changeBeforeNextWrites(4)
  expect(await apply(stockReserved(order), stockReserved(placed().order))).toEqual(['m0', 'm1'])
  expect(await statusNow()).toBe('PLACED')
  changeBeforeNextWrites(3)
  expect(await apply(stockReserved(order))).toEqual([])
  expect(await statusNow()).toBe('RESERVED')
})

test('of a batch only the event of an unknown order fails', async () => {
  const { apply, order, statusNow } = await start()
  const other = stockReserved(placed().order)
  expect(await apply(other, stockReserved(order))).toEqual(['m0'])
  expect(await statusNow()).toBe('RESERVED')
})

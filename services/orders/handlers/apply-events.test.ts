import '#test/support/silence.ts'
import { jest } from '@jest/globals'
import { metrics } from '#shared/lambda/telemetry.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderChanges, orderReader } from '../adapters/order-table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { applyStockAnswer } from '../domain/apply-stock-answer.ts'
import { noon, placed, stockRejected, stockReserved } from '../domain/order.fixture.ts'
import { placement } from '../ports.contract.ts'
import { applyEventsHandler } from './apply-events.ts'

async function shop() {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS' })
  const wanted = placement()
  await placementTable(table).place(wanted)
  const changes = orderChanges(table)
  const backoff = { attempts: 4, baseMs: 1, maxMs: 1, random: () => 0, sleep: async () => {} }
  const handler = applyEventsHandler({ orders: changes, now: () => noon, backoff })
  const { order } = wanted
  const statusNow = async () => (await changes.load(order.orderId))!.status
  const trail = async () => (await orderReader(table).trail(order.orderId)).map(({ type }) => type)
  return { table, changes, handler, order, statusNow, trail }
}

const failuresOf = async (answer: Promise<{ batchItemFailures: { itemIdentifier: string }[] }>) =>
  (await answer).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)

afterEach(() => {
  jest.restoreAllMocks()
})

test('an answer moves its order on once, however often it comes', async () => {
  const { handler, order, statusNow, trail } = await shop()
  const metric = jest.spyOn(metrics, 'addMetric')
  const answer = stockReserved(order)
  expect(await failuresOf(handler(queueEvent([answer, answer])))).toEqual([])
  expect(await failuresOf(handler(queueEvent([answer])))).toEqual([])
  expect(await statusNow()).toBe('RESERVED')
  expect(await trail()).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
  expect(metric.mock.calls.map(([name]) => name)).toEqual(['OrdersReserved'])
})

test('twenty deliveries at once move it on once', async () => {
  const { handler, order, trail } = await shop()
  await Promise.all(Array.from({ length: 20 }, () => handler(queueEvent([stockRejected(order)]))))
  expect(await trail()).toEqual(['OrderPlaced', 'StockRejected', 'OrderRejected'])
})

test('an answer for an order that was cancelled meanwhile is recorded and changes nothing', async () => {
  const { handler, order, table, statusNow, trail } = await shop()
  const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
  await table.put({ ...item, status: 'CANCELLED', version: 2 })
  expect(await failuresOf(handler(queueEvent([stockReserved(order)])))).toEqual([])
  expect(await statusNow()).toBe('CANCELLED')
  expect((await trail()).toSorted()).toEqual(['OrderPlaced', 'StockReserved'])
})

test('an order that changes between read and write is looked at again', async () => {
  const { handler, order, table, statusNow, trail } = await shop()
  table.beforeNext('TransactWriteItems', async () => {
    const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...item, status: 'CANCELLED', version: 2 })
  })
  expect(await failuresOf(handler(queueEvent([stockReserved(order)])))).toEqual([])
  expect(await statusNow()).toBe('CANCELLED')
  expect(await trail()).not.toContain('OrderReserved')
})

test('conflicts are tried again, and fail the answer alone when they do not end', async () => {
  const { handler, order, table, statusNow, changes } = await shop()
  table.conflictNext('TransactWriteItems', 4)
  const unknown = stockReserved(placed().order)
  expect(await failuresOf(handler(queueEvent([stockReserved(order), unknown])))).toEqual(['m0', 'm1'])
  expect(await statusNow()).toBe('PLACED')
  expect(applyStockAnswer((await changes.load(order.orderId))!, stockReserved(order), noon).kind).toBe('changed')
  table.conflictNext('TransactWriteItems', 3)
  expect(await failuresOf(handler(queueEvent([stockReserved(order)])))).toEqual([])
  expect(await statusNow()).toBe('RESERVED')
})

test('an answer for an order that is not there fails alone', async () => {
  const { handler, order, statusNow } = await shop()
  const unknown = stockReserved(placed().order)
  expect(await failuresOf(handler(queueEvent([unknown, stockReserved(order)])))).toEqual(['m0'])
  expect(await statusNow()).toBe('RESERVED')
})

import { silence } from '#test/support/captured-logs.ts'
import {
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb'
import { metrics } from '#shared/lambda/telemetry.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import { linesOf, orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { hold, reject, release, type Line, type Reservation } from '../domain/reservation.ts'
import { cancellationOf, cause, holdMs, line, noon, requestOf, stockOf } from '../domain/stock.fixture.ts'
import { reserveStockHandler } from './reserve-stock.ts'

silence()

const orderPlaced = (orderId: string, ...lines: Line[]) =>
  orderEvent(OrderPlaced, { orderId, items: linesOf(lines) }, { time: noon, cause })

async function inventory(stocks: Record<string, number>, { attempts = 5, now = () => noon } = {}) {
  const table = await createTestTable()
  const ledger = stockTable(table)
  const initial = Object.entries(stocks).map(([sku, pieces]) => ({ stock: stockOf(sku, pieces), events: [] }))
  await ledger.commit({ stocks: initial, reservations: [] })
  const pausesMs: number[] = []
  const backoff = {
    attempts,
    baseMs: 8,
    maxMs: 100,
    random: () => 0.5,
    sleep: async (ms: number) => void pausesMs.push(ms),
  }
  const handler = reserveStockHandler({ ledger, now, backoff, lowStockThreshold: 2, holdMs })
  const written = table.calls('TransactWriteItems')
  return {
    table,
    ledger,
    pausesMs,
    async deliver(...events: ReturnType<typeof orderPlaced>[]) {
      const { batchItemFailures } = await handler(queueEvent(events))
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
    },
    transactions: () => table.calls('TransactWriteItems') - written,
    async stock(sku: string) {
      return (await ledger.read({ skus: [sku], orderIds: [] })).stocks[0]!
    },
    async statuses(): Promise<Record<string, string>> {
      const reservations = (await table.items()).filter(({ SK }) => SK === 'RESERVATION')
      return Object.fromEntries(reservations.map(({ orderId, status }) => [orderId, status]))
    },
  }
}

afterEach(() => {
  jest.restoreAllMocks()
})

/** A hundred orders take longer on a busy machine. */
const manyAtOnceTimeoutMs = 300_000

test('a batch is one read and one transaction', async () => {
  const { deliver, transactions, stock, statuses, table } = await inventory({ MUG: 3, TEA: 9 })
  const metric = jest.spyOn(metrics, 'addMetric')
  const placed = [orderPlaced('a', line('MUG', 2)), orderPlaced('b', line('MUG', 2)), orderPlaced('c', line('TEA', 1))]
  expect(await deliver(...placed)).toEqual([])
  expect([table.calls('BatchGetItem'), transactions()]).toEqual([1, 1])
  expect(await statuses()).toEqual({ a: 'held', b: 'rejected', c: 'held' })
  expect([(await stock('MUG')).available, (await stock('TEA')).available]).toEqual([1, 8])
  expect(metric.mock.calls.map(([name, , count]) => [name, count])).toEqual([
    ['StockReservations', 2],
    ['StockRejections', 1],
  ])
})

test('a repeated event changes nothing, in one batch or in the next', async () => {
  const { deliver, transactions, stock, table } = await inventory({ MUG: 5 })
  const placed = orderPlaced('a', line('MUG', 2))
  await deliver(placed, placed)
  expect([table.calls('BatchGetItem'), transactions()]).toEqual([1, 1])
  expect((await stock('MUG')).available).toBe(3)
  const metric = jest.spyOn(metrics, 'addMetric')
  expect(await deliver(placed)).toEqual([])
  expect(metric).not.toHaveBeenCalled()
  expect(await deliver(placed, orderPlaced('b', line('MUG', 1)))).toEqual([])
  expect((await stock('MUG')).available).toBe(2)
  expect(transactions()).toBe(2)
})

test.each<[string, Reservation]>([
  ['held', hold(requestOf('a', line('MUG', 1)), { time: noon, holdMs }).reservation],
  ['rejected', reject(requestOf('a', line('MUG', 1)), [], noon).reservation],
  ['released before the request arrived', release(undefined, cancellationOf('a'), noon)!.reservation],
  ['shipped', { ...release(undefined, cancellationOf('a'), noon)!.reservation, status: 'shipped' }],
])('an existing reservation that is %s stays unchanged', async (_, reservation) => {
  const { deliver, ledger, table, stock } = await inventory({ MUG: 5 })
  await ledger.commit({ stocks: [], reservations: [{ reservation, events: [] }] })
  const before = await table.items()
  expect(await deliver(orderPlaced('a', line('MUG', 2)))).toEqual([])
  expect(await table.items()).toEqual(before)
  expect((await stock('MUG')).available).toBe(5)
})

test('quantities of equal SKUs are added up', async () => {
  const { deliver, stock, statuses } = await inventory({ MUG: 5 })
  await deliver(orderPlaced('a', line('MUG', 3), line('MUG', 3)), orderPlaced('b', line('MUG', 2), line('MUG', 2)))
  expect(await statuses()).toEqual({ a: 'rejected', b: 'held' })
  expect((await stock('MUG')).available).toBe(1)
})

test('stock that changes between read and write is read again', async () => {
  const { deliver, table, ledger, statuses, stock, pausesMs } = await inventory({ MUG: 2 })
  table.beforeNext('TransactWriteItems', async () => {
    const taken = { ...stockOf('MUG', 0, 2), version: 2 }
    await ledger.commit({ stocks: [{ stock: taken, events: [] }], reservations: [] })
  })
  expect(await deliver(orderPlaced('a', line('MUG', 1)))).toEqual([])
  expect(await statuses()).toEqual({ a: 'rejected' })
  expect(await stock('MUG')).toMatchObject({ available: 0, reserved: 2 })
  expect(pausesMs).toEqual([4])
})

test('conflicts in every attempt fail the events, and nothing is written', async () => {
  const { deliver, table, statuses, stock } = await inventory({ MUG: 2 }, { attempts: 3 })
  table.conflictNext('TransactWriteItems', 3)
  expect(await deliver(orderPlaced('a', line('MUG', 1)))).toEqual(['m0'])
  expect([await statuses(), (await stock('MUG')).available]).toEqual([{}, 2])
  expect(await deliver(orderPlaced('a', line('MUG', 1)))).toEqual([])
  expect(await statuses()).toEqual({ a: 'held' })
})

test('only the order with more lines than fit into a transaction fails', async () => {
  const { deliver, statuses, stock } = await inventory({ MUG: 2 })
  const tooWide = orderPlaced('wide', ...Array.from({ length: 120 }, (_, index) => line(`SKU-${index}`, 1)))
  expect(await deliver(orderPlaced('a', line('MUG', 1)), tooWide, orderPlaced('b', line('MUG', 1)))).toEqual(['m1'])
  expect(await statuses()).toEqual({ a: 'held', b: 'held' })
  expect((await stock('MUG')).available).toBe(0)
})

const ten = Array.from({ length: 10 }, (_, index) => orderPlaced(`o${index}`, line('MUG', 1)))

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  })

const passing = { message: 'Try again', $metadata: {} }

describe.each<[string, Error]>([
  ['a transaction conflict', cancelled('TransactionConflict', 'None')],
  ['TransactionConflictException', new TransactionConflictException(passing)],
  ['TransactionInProgressException', new TransactionInProgressException(passing)],
  ['a throttled transaction', cancelled('None', 'ThrottlingError')],
  ['a transaction over the limit of a partition', cancelled('ProvisionedThroughputExceeded', 'None')],
  ['ProvisionedThroughputExceededException', new ProvisionedThroughputExceededException(passing)],
  ['ThrottlingException', new ThrottlingException(passing)],
  ['RequestLimitExceeded', new RequestLimitExceeded(passing)],
])('%s', (_, error) => {
  const failing = (table: Awaited<ReturnType<typeof createTestTable>>, times: number) => {
    for (let count = 0; count < times; count += 1) {
      table.beforeNext('TransactWriteItems', () => Promise.reject(error))
    }
  }

  test('that passes is retried with the whole group, after pauses', async () => {
    const { deliver, table, transactions, statuses, pausesMs } = await inventory({ MUG: 10 })
    failing(table, 3)
    expect(await deliver(...ten)).toEqual([])
    expect([transactions(), pausesMs]).toEqual([4, [4, 8, 16]])
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(['held']))
  })

  test('that stays fails the whole group without splitting it, and nothing is lost', async () => {
    const { deliver, table, transactions, statuses, stock } = await inventory({ MUG: 10 }, { attempts: 3 })
    failing(table, 3)
    expect(await deliver(...ten)).toEqual(ten.map((_event, index) => `m${index}`))
    expect([transactions(), await statuses()]).toEqual([3, {}])
    expect(await deliver(...ten)).toEqual([])
    expect(await stock('MUG')).toMatchObject({ available: 0, reserved: 10 })
  })
})

test('a throttled read fails the whole group without splitting it', async () => {
  const { deliver, ledger } = await inventory({ MUG: 10 })
  const read = jest.spyOn(ledger, 'read').mockRejectedValue(new ThrottledError('10 of 11 items were not processed.'))
  expect(await deliver(...ten)).toHaveLength(10)
  expect(read).toHaveBeenCalledTimes(1)
})

test('groups that would not end before the timeout return to the queue', async () => {
  let nowMs = noon.getTime()
  const { deliver, ledger, statuses } = await inventory({ MUG: 200 }, { now: () => new Date(nowMs) })
  const commit = ledger.commit.bind(ledger)
  ledger.commit = async (changes) => {
    nowMs += 4000
    return commit(changes)
  }
  const placed = Array.from({ length: 250 }, (_, index) => orderPlaced(`o${index}`, line('MUG', 1)))
  const failures = await deliver(...placed)
  expect(failures).toEqual(placed.slice(198).map((_event, index) => `m${198 + index}`))
  expect(Object.keys(await statuses())).toHaveLength(198)
})

test('an order that cannot be written fails alone, after a few transactions', async () => {
  const { deliver, ledger, table, transactions, statuses, stock } = await inventory({ MUG: 100 })
  const commit = ledger.commit.bind(ledger)
  ledger.commit = async (changes) => {
    if (changes.reservations.some(({ reservation }) => reservation.orderId === 'o37')) throw new Error('refused')
    return commit(changes)
  }
  const placed = Array.from({ length: 64 }, (_, index) => orderPlaced(`o${index}`, line('MUG', 1)))
  expect(await deliver(...placed)).toEqual(['m37'])
  expect(Object.keys(await statuses())).toHaveLength(63)
  expect((await stock('MUG')).available).toBe(37)
  // One for each half without the order, and not one for each order.
  expect(transactions()).toBe(6)
  expect(table.calls('BatchGetItem')).toBe(14)
})

test(
  'ten of 100 concurrent orders get the last 10 pieces, delivered twice in many batches',
  async () => {
    const { deliver, statuses, stock, table } = await inventory({ MUG: 10 }, { attempts: 100 })
    const placed = Array.from({ length: 100 }, (_, index) => orderPlaced(`o${index}`, line('MUG', 1)))
    const batches = Array.from({ length: 20 }, (_, index) => placed.slice((index % 10) * 10, (index % 10) * 10 + 10))
    const failures = await Promise.all(batches.map((batch) => deliver(...batch)))
    expect(failures.flat()).toEqual([])
    const all = Object.values(await statuses())
    expect(all.filter((status) => status === 'held')).toHaveLength(10)
    expect(all).toHaveLength(100)
    expect(await stock('MUG')).toMatchObject({ available: 0, reserved: 10, shipped: 0, received: 10 })
    const depleted = (await table.items())
      .flatMap((item) => item['events'])
      .filter(({ type }) => type === 'StockDepleted')
    expect(depleted).toHaveLength(1)
  },
  manyAtOnceTimeoutMs,
)

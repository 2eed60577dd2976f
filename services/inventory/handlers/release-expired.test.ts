import { orderKey } from '#services/orders/keys.ts'
import { orderStatuses, type OrderStatus } from '#services/orders/events.ts'
import { noPauses } from '#test/support/backoff.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable } from '#test/support/table.ts'
import { overdueHoldsTable } from '../adapters/overdue-holds-table.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { holdMs, line, noon, requestOf, stockOf } from '../domain/stock.fixture.ts'
import { reserveStock } from '../use-cases/change-reservations.ts'
import { releaseExpiredHandler } from './release-expired.ts'

const logs = capturedLogs()

const after = (ms: number) => new Date(noon.getTime() + ms)
const minuteMs = 60_000

/** Reservations of two mugs each, whose orders have these statuses. */
async function start(statuses: readonly OrderStatus[]) {
  const table = await createTestTable()
  const ledger = stockTable(table)
  let time = noon
  const dependencies = { ledger, now: () => time, backoff: noPauses(5), lowStockThreshold: 2, holdMs }
  await ledger.commit({ stocks: [{ stock: stockOf('MUG', 2 * statuses.length), events: [] }], reservations: [] })
  const orderIds = statuses.map((_, index) => `o${index}`)
  await reserveStock(
    dependencies,
    orderIds.map((orderId) => requestOf(orderId, line('MUG', 2))),
  )
  for (const [index, status] of statuses.entries()) {
    await table.put({ ...orderKey(orderIds[index]!), orderId: orderIds[index], status })
  }
  const handler = releaseExpiredHandler({ ...dependencies, holds: overdueHoldsTable(table) })
  return {
    table,
    ledger,
    sweep(ms: number) {
      time = after(ms)
      return handler({ scheduledAt: time.toISOString() })
    },
    reservation: async (orderId: string) => (await ledger.read({ skus: [], orderIds: [orderId] })).reservations[0]!,
    stock: async () => (await ledger.read({ skus: ['MUG'], orderIds: [] })).stocks[0]!,
  }
}

test.each<OrderStatus>(['PLACED', 'RESERVED'])('the pieces of an order that stays %s are released', async (status) => {
  const { sweep, reservation, stock, table } = await start([status])
  await sweep(holdMs + minuteMs)
  expect((await reservation('o0')).status).toBe('held')
  await sweep(holdMs + minuteMs + 1)
  expect(await stock()).toMatchObject({ available: 2, reserved: 0, received: 2 })
  const item = (await table.items()).find(({ SK }) => SK === 'RESERVATION')!
  expect(item['events']).toMatchObject([
    {
      type: 'StockReleased',
      metadata: { correlationId: 'correlation-of-o0', causationId: expect.stringMatching(/^release-expired\/2026-/) },
      data: { orderId: 'o0', lines: [line('MUG', 2)], reason: 'expired' },
    },
  ])
  expect(logs.lines().at(-1)).toMatchObject({ message: 'Reservations checked', released: 1, extended: 0 })
  await sweep(holdMs + 2 * minuteMs)
  expect(logs.lines().at(-1)).toMatchObject({ released: 0 })
})

const open: readonly OrderStatus[] = ['PLACED', 'RESERVED', 'CANCELLED', 'PAYMENT_FAILED']

test.each(orderStatuses.filter((status) => !open.includes(status)))(
  'the pieces of an order that is %s stay reserved, for another hold',
  async (status) => {
    const { sweep, reservation, stock } = await start([status])
    const time = holdMs + 2 * minuteMs
    await sweep(time)
    const heldUntil = after(time + holdMs).toISOString()
    expect(await reservation('o0')).toMatchObject({ status: 'held', heldUntil, version: 2 })
    await sweep(time + minuteMs)
    expect(await reservation('o0')).toMatchObject({ version: 2 })
    expect(await stock()).toMatchObject({ available: 0, reserved: 2 })
  },
)

test.each<OrderStatus>(['CANCELLED', 'PAYMENT_FAILED'])(
  'the pieces of an order that is %s are released, should its event be lost',
  async (status) => {
    const { sweep, table } = await start([status])
    await sweep(holdMs + 2 * minuteMs)
    const reason = status === 'CANCELLED' ? 'cancelled' : 'payment-failed'
    const item = (await table.items()).find(({ SK }) => SK === 'RESERVATION')!
    expect(item['events']).toMatchObject([{ type: 'StockReleased', data: { reason } }])
  },
)

test('a reservation that is shipped while the sweep reads its order stays shipped', async () => {
  const { sweep, reservation, table, ledger } = await start(['PAID', 'RESERVED'])
  const item = (await table.items()).find(({ PK }) => PK === 'RESERVATION#o0')!
  const { GSI1PK: _partition, GSI1SK: _sort, heldUntil: _, ...held } = item
  table.beforeNext('TransactWriteItems', () =>
    table.put({ ...held, PK: item.PK, SK: item.SK, status: 'shipped', version: 2 }),
  )
  await sweep(holdMs + 2 * minuteMs)
  expect((await reservation('o0')).status).toBe('shipped')
  expect((await ledger.read({ skus: ['MUG'], orderIds: [] })).stocks[0]).toMatchObject({ available: 2, reserved: 2 })
})

test('many reservations are released page by page, in groups', async () => {
  const { sweep, stock, table } = await start(Array.from({ length: 230 }, () => 'RESERVED'))
  const before = table.calls('TransactWriteItems')
  await sweep(holdMs + 2 * minuteMs)
  expect(await stock()).toMatchObject({ available: 460, reserved: 0 })
  expect(table.calls('TransactWriteItems') - before).toBeLessThan(10)
})

test('one reservation that cannot be released fails the sweep, after the others were released', async () => {
  const { sweep, stock, ledger } = await start(['RESERVED', 'RESERVED', 'RESERVED'])
  const commit = ledger.commit.bind(ledger)
  ledger.commit = async (changes) => {
    if (changes.reservations.some(({ reservation }) => reservation.orderId === 'o1')) throw new Error('refused')
    return commit(changes)
  }
  await expect(sweep(holdMs + 2 * minuteMs)).rejects.toThrow('refused')
  expect(await stock()).toMatchObject({ available: 4, reserved: 2 })
})

test('a hold that cannot be extended fails the sweep, after the others of all pages were released', async () => {
  const statuses = Array.from({ length: 120 }, (): OrderStatus => 'RESERVED')
  const { sweep, stock, ledger } = await start(['PAID', ...statuses])
  const commit = ledger.commit.bind(ledger)
  ledger.commit = async (changes) => {
    if (changes.stocks.length === 0) throw new Error('throttled')
    return commit(changes)
  }
  await expect(sweep(holdMs + 2 * minuteMs)).rejects.toThrow('throttled')
  expect(await stock()).toMatchObject({ available: 240, reserved: 2 })
})

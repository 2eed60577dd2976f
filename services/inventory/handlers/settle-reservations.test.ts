import { silence } from '#test/support/captured-logs.ts'
import {
  OrderCancelled,
  OrderPaymentFailed,
  OrderPlaced,
  OrderRefunded,
  OrderShipped,
} from '#services/orders/events.ts'
import { euros } from '#shared/money.ts'
import { noPauses } from '#test/support/backoff.ts'
import { linesOf, orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { seededRandom } from '#test/support/random.ts'
import { createTestTable } from '#test/support/table.ts'
import { movementTable } from '../adapters/movement-table.ts'
import { stockTable } from '../adapters/stock-table.ts'
import type { Line } from '../domain/reservation.ts'
import { holdMs, line, noon } from '../domain/stock.fixture.ts'
import { adjustStock } from '../use-cases/adjust-stock.ts'
import { recordMovementsHandler } from './record-movements.ts'
import { reserveStockHandler } from './reserve-stock.ts'
import { settleReservationsHandler } from './settle-reservations.ts'

silence()

const about = (orderId: string, lines: readonly Line[]) => ({ orderId, items: linesOf(lines) })
const placed = (orderId: string, ...lines: Line[]) => orderEvent(OrderPlaced, about(orderId, lines))
const cancelled = (orderId: string, ...lines: Line[]) =>
  orderEvent(OrderCancelled, { ...about(orderId, lines), status: 'CANCELLED', reason: 'customer' }, { version: 3 })
const notPaid = (orderId: string, ...lines: Line[]) =>
  orderEvent(
    OrderPaymentFailed,
    { ...about(orderId, lines), status: 'PAYMENT_FAILED', reason: 'declined' },
    { version: 3 },
  )
const shipped = (orderId: string, ...lines: Line[]) =>
  orderEvent(
    OrderShipped,
    { ...about(orderId, lines), status: 'SHIPPED', shipment: { trackingNumber: 'T', carrier: 'C' } },
    { version: 4 },
  )
const refunded = (
  orderId: string,
  lines: readonly Line[],
  {
    items = lines,
    version = 7,
    status = 'DELIVERED',
  }: { items?: readonly Line[]; version?: number; status?: 'DELIVERED' | 'CANCELLED' } = {},
) =>
  orderEvent(
    OrderRefunded,
    { ...about(orderId, lines), status, refund: { amount: euros(100), items: [...items], shipping: false } },
    { version },
  )
type OrderEvent = ReturnType<typeof placed | typeof cancelled | typeof notPaid | typeof shipped | typeof refunded>

async function inventory(stocks: Record<string, number>) {
  const table = await createTestTable()
  const ledger = stockTable(table)
  const events: any[] = []
  const commit = ledger.commit.bind(ledger)
  ledger.commit = async (changes) => {
    const outcome = await commit(changes)
    if (outcome === 'committed') {
      events.push(...changes.stocks.flatMap((change) => change.events))
      events.push(...changes.reservations.flatMap((change) => change.events))
    }
    return outcome
  }
  const dependencies = { ledger, now: () => noon, backoff: noPauses(50), lowStockThreshold: 2, holdMs }
  const cause = { correlationId: 'test', causationId: 'test' }
  for (const [sku, pieces] of Object.entries(stocks)) {
    await adjustStock(dependencies, { sku, adjustment: { set: pieces }, staffId: 'clerk', cause })
  }
  const reserve = reserveStockHandler(dependencies)
  const settle = settleReservationsHandler(dependencies)
  return {
    table,
    ledger,
    dependencies,
    /** All events that were published, oldest first. */
    events,
    published: (type: string) => events.filter((event) => event.type === type),
    /** @returns the events that failed */
    async deliver(...batch: OrderEvent[]): Promise<OrderEvent[]> {
      const failures: OrderEvent[] = []
      for (const [handler, own] of [
        [reserve, batch.filter(({ type }) => type === 'OrderPlaced')],
        [settle, batch.filter(({ type }) => type !== 'OrderPlaced')],
      ] as const) {
        if (own.length === 0) continue
        const { batchItemFailures } = await handler(queueEvent(own))
        failures.push(...batchItemFailures.map(({ itemIdentifier }) => own[Number(itemIdentifier.slice(1))]!))
      }
      return failures
    },
    stock: async (sku: string) => (await ledger.read({ skus: [sku], orderIds: [] })).stocks[0]!,
    reservation: async (orderId: string) => (await ledger.read({ skus: [], orderIds: [orderId] })).reservations[0]!,
  }
}

const mugs = [line('MUG', 2)] as const

test.each([
  ['cancelled', cancelled('a', ...mugs), 'cancelled'],
  ['not paid', notPaid('a', ...mugs), 'payment-failed'],
])('the pieces of an order that is %s are available again, once', async (_, event, reason) => {
  const { deliver, stock, published, reservation } = await inventory({ MUG: 5 })
  await deliver(placed('a', ...mugs))
  expect(await deliver(event, event)).toEqual([])
  expect(await deliver(event)).toEqual([])
  expect(await stock('MUG')).toMatchObject({ available: 5, reserved: 0, received: 5 })
  expect((await reservation('a')).status).toBe('released')
  expect(published('StockReleased')).toMatchObject([{ data: { orderId: 'a', lines: mugs, reason } }])
  expect(published('StockChanged').at(-1).data).toMatchObject({
    reason: 'released',
    orderIds: ['a'],
    change: { available: 2, reserved: -2, shipped: 0 },
  })
})

test('a cancellation that arrives before the order reserves nothing and leaves nothing reserved', async () => {
  const { deliver, stock, published, reservation } = await inventory({ MUG: 5 })
  expect(await deliver(cancelled('a', ...mugs))).toEqual([])
  expect(await deliver(placed('a', ...mugs))).toEqual([])
  expect(await stock('MUG')).toMatchObject({ available: 5, reserved: 0 })
  expect(await reservation('a')).toMatchObject({ status: 'released', lines: [] })
  expect([...published('StockReserved'), ...published('StockReleased')]).toEqual([])
})

test('shipped pieces are no longer reserved, once, and none are released afterwards', async () => {
  const { deliver, stock, published, table } = await inventory({ MUG: 5 })
  await deliver(placed('a', ...mugs))
  expect(await deliver(shipped('a', ...mugs))).toEqual([])
  expect(await deliver(shipped('a', ...mugs), cancelled('a', ...mugs))).toEqual([])
  expect(await stock('MUG')).toMatchObject({ available: 3, reserved: 0, shipped: 2, received: 5 })
  expect(published('StockChanged').at(-1).data).toMatchObject({ reason: 'shipped', orderIds: ['a'] })
  const [item] = (await table.items()).filter(({ SK }) => SK === 'RESERVATION')
  expect(item).not.toHaveProperty('GSI1PK')
})

test('what comes before its order, or before its shipment, is delivered again', async () => {
  const { deliver, stock } = await inventory({ MUG: 5 })
  const early = [shipped('a', ...mugs), refunded('a', mugs)]
  expect(await deliver(...early)).toEqual(early)
  await deliver(placed('a', ...mugs))
  expect(await deliver(refunded('a', mugs))).toEqual([refunded('a', mugs)])
  expect(await deliver(...early.toReversed())).toEqual([])
  expect(await stock('MUG')).toMatchObject({ available: 5, reserved: 0, shipped: 0 })
})

test('an order whose pieces were released cannot ship them', async () => {
  const { deliver, stock } = await inventory({ MUG: 5 })
  await deliver(placed('a', ...mugs), cancelled('a', ...mugs))
  expect(await deliver(shipped('a', ...mugs))).toEqual([shipped('a', ...mugs)])
  expect(await stock('MUG')).toMatchObject({ available: 5, shipped: 0 })
})

test('returned pieces are available again, once for each refund, and no more than were shipped', async () => {
  const { deliver, stock, published } = await inventory({ MUG: 5 })
  const lines = [line('MUG', 3)]
  await deliver(placed('a', ...lines))
  await deliver(shipped('a', ...lines))
  const first = refunded('a', lines, { items: [line('MUG', 1)], version: 7 })
  const second = refunded('a', lines, { items: [line('MUG', 1)], version: 9 })
  expect(await deliver(first, second, first)).toEqual([])
  expect(await deliver(second)).toEqual([])
  expect(await stock('MUG')).toMatchObject({ available: 4, shipped: 1, received: 5 })
  expect(published('StockChanged').at(-1).data).toMatchObject({ reason: 'returned', change: { available: 2 } })
  await deliver(refunded('a', lines, { items: [line('MUG', 3)], version: 11 }))
  expect(await stock('MUG')).toMatchObject({ available: 5, shipped: 0 })
})

test('the refund of a cancelled order returns nothing: its cancellation released the pieces', async () => {
  const { deliver, stock } = await inventory({ MUG: 5 })
  await deliver(placed('a', ...mugs))
  expect(await deliver(refunded('a', mugs, { status: 'CANCELLED' }))).toEqual([])
  expect(await stock('MUG')).toMatchObject({ available: 3, reserved: 2 })
})

test('a batch is one read and one transaction for each of its actions, whatever its number of orders', async () => {
  const { deliver, table } = await inventory({ MUG: 90, TEA: 90 })
  const orderIds = Array.from({ length: 30 }, (_, index) => `o${index}`)
  const lines = [line('MUG', 1), line('TEA', 2)]
  await deliver(...orderIds.map((orderId) => placed(orderId, ...lines)))
  const before = [table.calls('BatchGetItem'), table.calls('TransactWriteItems')] as const
  const end = (orderId: string, index: number) => (index % 2 === 0 ? cancelled : shipped)(orderId, ...lines)
  expect(await deliver(...orderIds.map(end))).toEqual([])
  expect([table.calls('BatchGetItem') - before[0], table.calls('TransactWriteItems') - before[1]]).toEqual([2, 2])
})

/** What happens to an order, as its events; each order has one of them. */
const stories = (orderId: string, lines: Line[]): OrderEvent[][] => [
  [placed(orderId, ...lines)],
  [placed(orderId, ...lines), cancelled(orderId, ...lines)],
  [placed(orderId, ...lines), notPaid(orderId, ...lines)],
  [placed(orderId, ...lines), cancelled(orderId, ...lines), refunded(orderId, lines, { status: 'CANCELLED' })],
  [placed(orderId, ...lines), shipped(orderId, ...lines)],
  [placed(orderId, ...lines), shipped(orderId, ...lines), refunded(orderId, lines)],
  [
    placed(orderId, ...lines),
    shipped(orderId, ...lines),
    refunded(orderId, lines, { items: [lines[0]!], version: 7 }),
    refunded(orderId, lines, { version: 9 }),
  ],
]

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'available + reserved + shipped = received, whatever is repeated and reordered (seed %i)',
  async (seed) => {
    const random = seededRandom(seed)
    const shop = await inventory({ MUG: 30, TEA: 30, POT: 4 })
    const told = Array.from({ length: 12 }, (_, index) => {
      const skus = ['MUG', 'TEA', 'POT'].filter(() => random.int(0, 1) === 1)
      const lines = (skus.length > 0 ? skus : ['MUG']).map((sku) => line(sku, random.int(1, 4)))
      const choice = stories(`o${index}`, lines)
      return choice[random.int(0, choice.length - 1)]!
    })
    // An order that is rejected is neither paid nor shipped, so only its first event and its cancellation exist.
    const placements = told.map(([first]) => first!)
    let queue = [
      ...placements,
      ...placements,
      ...told.flatMap((events) => events.filter(({ type }) => type === 'OrderCancelled')),
    ]
    const run = async () => {
      for (let rounds = 0; queue.length > 0; rounds += 1) {
        expect(rounds).toBeLessThan(200)
        queue = queue.toSorted(() => random.int(0, 2) - 1)
        const batch = queue.splice(0, random.int(1, 8))
        const half = random.int(0, batch.length)
        const failures = await Promise.all([shop.deliver(...batch.slice(0, half)), shop.deliver(...batch.slice(half))])
        queue.push(...failures.flat())
        for (const sku of ['MUG', 'TEA', 'POT']) {
          // Reading parses: nothing is negative, and the sum is right.
          expect((await shop.stock(sku)).received).toBe(sku === 'POT' ? 4 : 30)
        }
      }
    }
    await run()
    const statuses = new Map<string, string>()
    for (const [{ data }] of told as [OrderEvent][]) {
      statuses.set(data.orderId, (await shop.reservation(data.orderId)).status)
    }
    queue = told
      .filter(([first]) => statuses.get(first!.data.orderId) === 'held')
      .flatMap((events) => [...events, ...events.slice(1)])
    await run()

    const expected: Record<string, { reserved: number; shipped: number }> = {}
    for (const events of told) {
      const [{ data }] = events as [OrderEvent]
      const isHeld = statuses.get(data.orderId) === 'held'
      const has = (type: string) => isHeld && events.some((event) => event.type === type)
      for (const { sku, quantity } of data.items) {
        const sum = (expected[sku] ??= { reserved: 0, shipped: 0 })
        const isSettled = has('OrderCancelled') || has('OrderPaymentFailed') || has('OrderShipped')
        if (isHeld && !isSettled) sum.reserved += quantity
        if (has('OrderShipped') && !has('OrderRefunded')) sum.shipped += quantity
      }
    }
    for (const [sku, sums] of Object.entries(expected)) expect(await shop.stock(sku)).toMatchObject(sums)

    // The ledger of the changes leads to the stock, in whatever order they are recorded; no reservation is released twice.
    const ledger = movementTable(shop.table)
    const changes = shop.published('StockChanged')
    const recorded = [...changes, ...changes.slice(3)].toSorted(() => random.int(0, 2) - 1)
    expect(await recordMovementsHandler(ledger)(queueEvent(recorded))).toEqual({ batchItemFailures: [] })
    for (const sku of Object.keys(expected)) {
      const stock = await shop.stock(sku)
      const { movements } = await ledger.page({ sku, limit: 100 })
      expect(movements.map(({ version }) => version)).toEqual(movements.map((_, index) => stock.version - index))
      for (const key of ['available', 'reserved', 'shipped'] as const) {
        expect(movements.reduce((sum, movement) => sum + movement[key], 0)).toBe(stock[key])
      }
    }
    const releases = shop.published('StockReleased').map(({ data }) => data.orderId)
    expect(new Set(releases).size).toBe(releases.length)
  },
)

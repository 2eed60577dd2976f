import { seededRandom, type Random } from '#test/support/random.ts'
import { StockRejected, StockReserved } from '../events.ts'
import { allocate, type Allocation } from './allocate.ts'
import type { OrderToReserve } from './reservation.ts'
import { line, noon, orderOf, stockOf } from './stock.fixture.ts'
import { Stock } from './stock.ts'

const about = { time: noon, lowStockThreshold: 3 }
const statuses = ({ reservations }: Allocation) => reservations.map(({ status }) => status)
const stocksAfter = ({ changes }: Allocation) => changes.map(({ stock }) => stock)
const eventsOf = ({ changes }: Allocation) => changes.flatMap(({ events }) => events)

describe('given stock, when orders ask for it', () => {
  test('then those who came first get it', () => {
    const allocation = allocate(
      [stockOf('MUG', 3)],
      [orderOf('a', line('MUG', 2)), orderOf('b', line('MUG', 2)), orderOf('c', line('MUG', 1))],
      about,
    )
    expect(statuses(allocation)).toEqual(['reserved', 'rejected', 'reserved'])
    expect(stocksAfter(allocation)).toEqual([{ ...stockOf('MUG', 0, 3), version: 2 }])
  })

  test('then an order gets all of its lines or none, and hears of each line that lacks', () => {
    const asks = orderOf('a', line('MUG', 1), line('TEA', 5), line('POT', 1))
    const allocation = allocate([stockOf('MUG', 9), stockOf('TEA', 4), stockOf('POT', 0)], [asks], about)
    expect(allocation.changes).toEqual([])
    const event = allocation.reservations[0]!.event
    expect(event.data).toEqual({
      orderId: 'a',
      shortages: [
        { sku: 'TEA', requested: 5, available: 4 },
        { sku: 'POT', requested: 1, available: 0 },
      ],
    })
    expect(StockRejected.data.parse(event.data)).toEqual(event.data)
  })

  test('then what was never stocked counts as nothing', () => {
    const { reservations } = allocate([], [orderOf('a', line('NEW', 1))], about)
    expect(reservations[0]!.event.data).toMatchObject({ shortages: [{ sku: 'NEW', requested: 1, available: 0 }] })
  })

  test('then each answer is caused by the event that asked', () => {
    const asks = orderOf('a', line('MUG', 2))
    const { event } = allocate([stockOf('MUG', 9)], [asks], about).reservations[0]!
    expect(event.metadata).toMatchObject({
      id: 'StockReserved/a/1',
      correlationId: asks.metadata.correlationId,
      causationId: asks.metadata.id,
      time: noon.toISOString(),
    })
    expect(StockReserved.data.parse(event.data)).toEqual({ orderId: 'a', lines: [line('MUG', 2)] })
  })
})

const toldAfter = (available: number, ...quantities: number[]) =>
  eventsOf(
    allocate(
      [stockOf('MUG', available)],
      quantities.map((quantity, index) => orderOf(`o${index}`, line('MUG', quantity))),
      about,
    ),
  )

describe('given a low-stock threshold of 3', () => {
  test.each([
    ['staying above it', 10, [6], []],
    ['falling to it', 10, [7], [['StockLow', 'o0']]],
    ['falling below it', 4, [2], [['StockLow', 'o0']]],
    ['falling further', 3, [1], []],
    ['taking the last piece', 3, [3], [['StockDepleted', 'o0']]],
    ['taking all at once', 10, [10], [['StockDepleted', 'o0']]],
    [
      'crossing both lines in one batch',
      10,
      [1, 7, 1, 1],
      [
        ['StockLow', 'o1'],
        ['StockDepleted', 'o3'],
      ],
    ],
    ['asking for more than there is', 2, [3], []],
  ])('%s tells %s', (_, available, quantities, expected) => {
    const told = toldAfter(available, ...quantities)
    expect(told.map(({ type, metadata }) => [type, metadata.causationId.split('/')[1]])).toEqual(expected)
  })

  test('a warning names the version that it is told with', () => {
    expect(toldAfter(4, 2)[0]).toMatchObject({
      metadata: { id: 'StockLow/MUG/2' },
      data: { sku: 'MUG', available: 2, threshold: 3 },
    })
  })
})

const taken = (sku: string, by: readonly OrderToReserve[]) =>
  by.flatMap(({ lines }) => lines.filter((each) => each.sku === sku)).reduce((sum, { quantity }) => sum + quantity, 0)

describe('whatever the stock and whoever asks', () => {
  const skus = ['A', 'B', 'C', 'D']
  const someOrder = (random: Random, orderId: string): OrderToReserve => {
    const wanted = skus.filter(() => random.int(0, 1) === 1)
    return orderOf(orderId, ...(wanted.length > 0 ? wanted : ['A']).map((sku) => line(sku, random.int(1, 6))))
  }

  test.each(Array.from({ length: 300 }, (_, seed) => seed))('the books balance (seed %i)', (seed) => {
    const random = seededRandom(seed)
    const stocks = skus.flatMap((sku) =>
      random.int(0, 5) === 0 ? [] : [stockOf(sku, random.int(0, 20), random.int(0, 5))],
    )
    const orders = Array.from({ length: random.int(1, 12) }, (_, index) => someOrder(random, `o${index}`))
    const allocation = allocate(stocks, orders, about)
    expect(allocation.reservations.map(({ orderId }) => orderId)).toEqual(orders.map(({ orderId }) => orderId))

    const reserved = orders.filter((_, index) => allocation.reservations[index]!.status === 'reserved')
    for (const sku of skus) {
      const before = stocks.find((stock) => stock.sku === sku)
      const after = stocksAfter(allocation).find((stock) => stock.sku === sku)
      expect(after === undefined).toBe(taken(sku, reserved) === 0)
      if (!after) continue
      // Parsing proves that nothing is negative and that available + reserved + shipped = received.
      expect(Stock.parse(after)).toMatchObject({
        available: before!.available - taken(sku, reserved),
        reserved: before!.reserved + taken(sku, reserved),
        received: before!.received,
        version: before!.version + 1,
      })
    }

    // Nobody was sent away who could have been served when it was their turn.
    orders.forEach((order, index) => {
      if (allocation.reservations[index]!.status === 'reserved') return
      const earlier = orders.slice(0, index).filter((each) => reserved.includes(each))
      const lacks = order.lines.some(({ sku, quantity }) => {
        const before = stocks.find((stock) => stock.sku === sku)?.available ?? 0
        return before - taken(sku, earlier) < quantity
      })
      expect(lacks).toBe(true)
    })
  })
})

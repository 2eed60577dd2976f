import { seededRandom, type Random } from '#test/support/random.ts'
import { StockChanged, StockRejected, StockReserved } from '../events.ts'
import { allocate, groupRequests, skusOf, type Allocation } from './allocate.ts'
import type { ReservationRequest } from './reservation.ts'
import { holdMs, line, noon, requestOf, stockOf } from './stock.fixture.ts'
import { Stock } from './stock.ts'

const options = { time: noon, lowStockThreshold: 3, holdMs }
const statuses = ({ reservations }: Allocation) => reservations.map(({ reservation }) => reservation.status)
const stocksAfter = ({ stocks }: Allocation) => stocks.map(({ stock }) => stock)
const stockEvents = ({ stocks }: Allocation) => stocks.flatMap(({ events }) => events)
const lowStockEvents = (allocation: Allocation) => stockEvents(allocation).filter(({ type }) => type !== 'StockChanged')

describe('given stock, when orders request it', () => {
  test('then the earlier orders are reserved', () => {
    const allocation = allocate(
      [stockOf('MUG', 3)],
      [requestOf('a', line('MUG', 2)), requestOf('b', line('MUG', 2)), requestOf('c', line('MUG', 1))],
      options,
    )
    expect(statuses(allocation)).toEqual(['held', 'rejected', 'held'])
    expect(stocksAfter(allocation)).toEqual([{ ...stockOf('MUG', 0, 3), version: 2 }])
  })

  test('then an order is reserved with all of its lines or not at all, and the rejection lists each shortage', () => {
    const request = requestOf('a', line('MUG', 1), line('TEA', 5), line('POT', 1))
    const allocation = allocate([stockOf('MUG', 9), stockOf('TEA', 4), stockOf('POT', 0)], [request], options)
    expect(allocation.stocks).toEqual([])
    const event = allocation.reservations[0]!.events[0]!
    expect(event.data).toEqual({
      orderId: 'a',
      shortages: [
        { sku: 'TEA', requested: 5, available: 4 },
        { sku: 'POT', requested: 1, available: 0 },
      ],
    })
    expect(StockRejected.data.parse(event.data)).toEqual(event.data)
  })

  test('then a SKU that was never stocked has no pieces', () => {
    const { reservations } = allocate([], [requestOf('a', line('NEW', 1))], options)
    expect(reservations[0]!.events[0]!.data).toMatchObject({ shortages: [{ sku: 'NEW', requested: 1, available: 0 }] })
  })

  test('then each event has the event of the request as its cause', () => {
    const request = requestOf('a', line('MUG', 2))
    const [event] = allocate([stockOf('MUG', 9)], [request], options).reservations[0]!.events
    expect(event!.metadata).toMatchObject({
      id: 'StockReserved/a/1',
      correlationId: request.cause.correlationId,
      causationId: request.cause.causationId,
      time: noon.toISOString(),
    })
    expect(StockReserved.data.parse(event!.data)).toEqual({
      orderId: 'a',
      lines: [line('MUG', 2)],
      heldUntil: expect.any(String),
    })
  })
})

const eventsAfter = (available: number, ...quantities: number[]) =>
  lowStockEvents(
    allocate(
      [stockOf('MUG', available)],
      quantities.map((quantity, index) => requestOf(`o${index}`, line('MUG', quantity))),
      options,
    ),
  )

test('a stock that several orders change publishes one StockChanged, with all of them', () => {
  const requests = [requestOf('a', line('MUG', 2)), requestOf('b', line('MUG', 9)), requestOf('c', line('MUG', 1))]
  const [event, ...others] = stockEvents(allocate([stockOf('MUG', 9)], requests, options))
  expect(others).toEqual([])
  expect(event!.metadata).toMatchObject({ id: 'StockChanged/MUG/2', correlationId: 'correlation-of-a' })
  expect(StockChanged.data.parse(event!.data)).toEqual({
    sku: 'MUG',
    version: 2,
    available: 6,
    reserved: 3,
    shipped: 0,
    change: { available: -3, reserved: 3, shipped: 0 },
    reason: 'reserved',
    affectsAvailability: false,
    orderIds: ['a', 'c'],
  })
})

describe('given a low-stock threshold of 3', () => {
  test.each([
    ['staying above it', 10, [6], []],
    ['falling to it', 10, [7], [['StockLow', 'o0']]],
    ['falling below it', 4, [2], [['StockLow', 'o0']]],
    ['falling further', 3, [1], []],
    ['taking the last piece', 3, [3], [['StockDepleted', 'o0']]],
    ['taking all pieces in one order', 10, [10], [['StockDepleted', 'o0']]],
    [
      'reaching both the threshold and zero in one batch',
      10,
      [1, 7, 1, 1],
      [
        ['StockLow', 'o1'],
        ['StockDepleted', 'o3'],
      ],
    ],
    ['requesting more than is available', 2, [3], []],
  ])('%s', (_, available, quantities, expected) => {
    const events = eventsAfter(available, ...quantities)
    expect(events.map(({ type, metadata }) => [type, metadata.causationId.split('/')[1]])).toEqual(expected)
  })

  test('an event has the version of the stock that it is stored with', () => {
    expect(eventsAfter(4, 2)[0]).toMatchObject({
      metadata: { id: 'StockLow/MUG/2' },
      data: { sku: 'MUG', available: 2, threshold: 3 },
    })
  })
})

const taken = (sku: string, by: readonly ReservationRequest[]) =>
  by.flatMap(({ lines }) => lines.filter((each) => each.sku === sku)).reduce((sum, { quantity }) => sum + quantity, 0)

describe('given any stock and any requests', () => {
  const skus = ['A', 'B', 'C', 'D']
  const someRequest = (random: Random, orderId: string): ReservationRequest => {
    const requested = skus.filter(() => random.int(0, 1) === 1)
    return requestOf(orderId, ...(requested.length > 0 ? requested : ['A']).map((sku) => line(sku, random.int(1, 6))))
  }

  test.each(Array.from({ length: 300 }, (_, seed) => seed))(
    'available + reserved + shipped = received (seed %i)',
    (seed) => {
      const random = seededRandom(seed)
      const stocks = skus.flatMap((sku) =>
        random.int(0, 5) === 0 ? [] : [stockOf(sku, random.int(0, 20), random.int(0, 5))],
      )
      const requests = Array.from({ length: random.int(1, 12) }, (_, index) => someRequest(random, `o${index}`))
      const allocation = allocate(stocks, requests, options)
      expect(allocation.reservations.map(({ reservation }) => reservation.orderId)).toEqual(
        requests.map(({ orderId }) => orderId),
      )

      const isHeld = (index: number) => allocation.reservations[index]!.reservation.status === 'held'
      const held = requests.filter((_, index) => isHeld(index))
      for (const sku of skus) {
        const before = stocks.find((stock) => stock.sku === sku)
        const after = stocksAfter(allocation).find((stock) => stock.sku === sku)
        expect(after === undefined).toBe(taken(sku, held) === 0)
        if (!after) continue
        // Parsing proves that nothing is negative and that available + reserved + shipped = received.
        expect(Stock.parse(after)).toMatchObject({
          available: before!.available - taken(sku, held),
          reserved: before!.reserved + taken(sku, held),
          received: before!.received,
          version: before!.version + 1,
        })
      }

      // No request was rejected for which all pieces were available at its turn.
      requests.forEach((request, index) => {
        if (isHeld(index)) return
        const earlier = requests.slice(0, index).filter((each) => held.includes(each))
        const isShort = request.lines.some(({ sku, quantity }) => {
          const before = stocks.find((stock) => stock.sku === sku)?.available ?? 0
          return before - taken(sku, earlier) < quantity
        })
        expect(isShort).toBe(true)
      })
    },
  )
})

const idsOf = (groups: ReservationRequest[][]) => groups.map((group) => group.map(({ orderId }) => orderId))
const wide = (orderId: string, from: number, count: number) =>
  requestOf(orderId, ...Array.from({ length: count }, (_, index) => line(`SKU-${from + index}`, 1)))

test('orders of the same product share its stock item in a group', () => {
  const requests = Array.from({ length: 99 }, (_, index) => requestOf(`o${index}`, line('MUG', 1)))
  expect(groupRequests(requests)).toEqual([requests])
  expect(groupRequests([...requests, requestOf('last', line('MUG', 1))]).map((group) => group.length)).toEqual([99, 1])
})

test('orders of many products are split where a transaction is full', () => {
  const requests = [wide('a', 0, 50), wide('b', 50, 48), wide('c', 98, 1)]
  expect(idsOf(groupRequests(requests))).toEqual([['a', 'b'], ['c']])
})

test.each(Array.from({ length: 50 }, (_, seed) => seed))(
  'every request is in exactly one group that fits (seed %i)',
  (seed) => {
    const random = seededRandom(seed)
    const requests = Array.from({ length: random.int(0, 30) }, (_, index) =>
      wide(`o${index}`, random.int(0, 100), random.int(1, 50)),
    )
    const groups = groupRequests(requests)
    expect(groups.flat()).toEqual(requests)
    expect(groups.every((group) => skusOf(group).length + group.length <= 100)).toBe(true)
  },
)

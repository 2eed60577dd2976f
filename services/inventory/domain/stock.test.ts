import { seededRandom } from '#test/support/random.ts'
import { StockChanged } from '../events.ts'
import { cause, noon, stockOf } from './stock.fixture.ts'
import { adjust, maxAvailable, movementsOf, noStock, Stock, type Adjustment, type StockChange } from './stock.ts'

const context = { time: noon, cause, lowStockThreshold: 3, staffId: 'clerk', reason: 'Stocktaking' }

function adjusted(stock: Stock, adjustment: Adjustment): StockChange {
  const result = adjust(stock, adjustment, context)
  if (!result.ok || !result.value) throw new Error(`Not adjusted: ${JSON.stringify(result)}`)
  return result.value
}

test('given no stock, when pieces are set, then they are received and StockReplenished is published', () => {
  const { stock, events } = adjusted(noStock('MUG'), { set: 10 })
  expect(stock).toEqual({ sku: 'MUG', available: 10, reserved: 0, shipped: 0, received: 10, version: 1 })
  expect(events).toMatchObject([
    {
      type: 'StockReplenished',
      metadata: { id: 'StockReplenished/MUG/1', ...cause },
      data: { added: 10, available: 10 },
    },
    { type: 'StockChanged' },
  ])
})

test('given a stock, when it is adjusted, then StockChanged has the stock, the change, and who made it and why', () => {
  const { stock, events } = adjusted(stockOf('MUG', 5, 4), { add: -2 })
  const [changed] = events.filter(({ type }) => type === 'StockChanged')
  expect(changed!.metadata).toMatchObject({ id: `StockChanged/MUG/${stock.version}`, ...cause })
  expect(StockChanged.data.parse(changed!.data)).toEqual({
    sku: 'MUG',
    version: stock.version,
    available: 3,
    reserved: 4,
    shipped: 0,
    change: { available: -2, reserved: 0, shipped: 0 },
    reason: 'adjusted',
    affectsAvailability: true,
    orderIds: [],
    actor: 'clerk',
    note: 'Stocktaking',
  })
})

test('given a stock, when its threshold changes, then it is low by its own threshold, and StockLow is published once', () => {
  const { stock, events, isLow } = adjusted(stockOf('MUG', 5), { add: 0, lowStockThreshold: 5 })
  expect([stock.lowStockThreshold, isLow]).toEqual([5, true])
  expect(events).toMatchObject([
    { type: 'StockLow', data: { available: 5, threshold: 5 } },
    { type: 'StockChanged', data: { lowStockThreshold: 5, change: { available: 0 } } },
  ])
  expect(adjusted(stock, { add: -1 }).events.map(({ type }) => type)).toEqual(['StockChanged'])
  expect(adjust(stock, { add: 0, lowStockThreshold: 5 }, context)).toEqual({ ok: true, value: undefined })
})

test.each([
  ['stays in stock', 10, 2, false],
  ['reaches the threshold', 5, 2, true],
  ['stays low', 3, 2, false],
  ['is depleted', 2, 2, true],
])(
  'StockChanged says whether a stock that %s affects the availability',
  (_, available, pieces, affectsAvailability) => {
    const stocks = movementsOf([stockOf('MUG', available)])
    stocks.add('MUG', { pieces: { available: -pieces, reserved: pieces }, orderId: 'a', cause })
    const [{ events }] = stocks.changes({ reason: 'reserved' }, context) as [StockChange]
    expect(events.at(-1)).toMatchObject({ type: 'StockChanged', data: { affectsAvailability } })
  },
)

test('given no stock, when zero is set, then the SKU is stocked and not depleted by it', () => {
  const { stock, events } = adjusted(noStock('MUG'), { set: 0 })
  expect(stock).toEqual({ ...noStock('MUG'), version: 1 })
  expect(events.map(({ type }) => type)).toEqual(['StockChanged'])
})

test('given reserved pieces, when available ones are set, then received follows and the reserved ones stay', () => {
  expect(adjusted(stockOf('MUG', 5, 4), { set: 2 }).stock).toMatchObject({ available: 2, reserved: 4, received: 6 })
  expect(adjusted(stockOf('MUG', 5, 4), { add: 3 }).stock).toMatchObject({ available: 8, reserved: 4, received: 12 })
})

test.each<[string, string[], number, Adjustment]>([
  ['growing below the threshold', ['StockReplenished', 'StockChanged'], 1, { add: 1 }],
  ['growing above the threshold', ['StockReplenished', 'StockChanged'], 1, { set: 50 }],
  ['shrinking above the threshold', ['StockChanged'], 9, { add: -2 }],
  ['shrinking to the threshold', ['StockLow', 'StockChanged'], 9, { set: 3 }],
  ['shrinking below the threshold', ['StockChanged'], 3, { set: 2 }],
  ['shrinking to zero', ['StockDepleted', 'StockChanged'], 9, { add: -9 }],
])('%s publishes %j', (_, expected, available, adjustment) => {
  expect(adjusted(stockOf('MUG', available), adjustment).events.map(({ type }) => type)).toEqual(expected)
})

test.each<[string, Adjustment, string]>([
  ['more than available are removed', { add: -6 }, 'below-zero'],
  ['more are added than a stock can have', { add: maxAvailable }, 'too-many'],
])('given five pieces, when %s, then nothing changes', (_, adjustment, reason) => {
  expect(adjust(stockOf('MUG', 5), adjustment, context)).toEqual({ ok: false, failure: { reason, available: 5 } })
})

test.each<Adjustment>([{ add: 0 }, { set: 5 }])(
  'given five pieces, when %j is requested, then nothing changes',
  (same) => {
    expect(adjust(stockOf('MUG', 5), same, context)).toEqual({ ok: true, value: undefined })
  },
)

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'available + reserved + shipped = received after any adjustments (seed %i)',
  (seed) => {
    const random = seededRandom(seed)
    let stock = stockOf('MUG', random.int(0, 20), random.int(0, 20))
    const { reserved } = stock
    for (let step = 0; step < 20; step += 1) {
      const adjustment = random.int(0, 1) === 0 ? { set: random.int(-5, 30) } : { add: random.int(-20, 20) }
      const result = adjust(stock, adjustment, context)
      if (result.ok && result.value) stock = Stock.parse(result.value.stock)
      expect(stock.reserved).toBe(reserved)
    }
  },
)

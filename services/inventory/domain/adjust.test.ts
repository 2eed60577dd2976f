import { seededRandom } from '#test/support/random.ts'
import { adjust, maxAvailable, type Adjustment } from './adjust.ts'
import { cause, noon, stockOf } from './stock.fixture.ts'
import { noStock, Stock } from './stock.ts'

const about = { time: noon, cause, lowStockThreshold: 3 }

function adjusted(stock: Stock, adjustment: Adjustment) {
  const result = adjust(stock, adjustment, about)
  if (!result.ok) throw new Error(`Refused: ${result.failure.reason}`)
  return result.value
}

test('given no stock, when pieces are set, then they are received, and replenishing is told', () => {
  const { stock, events } = adjusted(noStock('MUG'), { set: 10 })
  expect(stock).toEqual({ sku: 'MUG', available: 10, reserved: 0, shipped: 0, received: 10, version: 1 })
  expect(events).toMatchObject([
    {
      type: 'StockReplenished',
      metadata: { id: 'StockReplenished/MUG/1', ...cause },
      data: { added: 10, available: 10 },
    },
  ])
})

test('given no stock, when zero is set, then it is stocked with nothing and nothing is told', () => {
  expect(adjusted(noStock('MUG'), { set: 0 })).toEqual({ stock: { ...noStock('MUG'), version: 1 }, events: [] })
})

test('given reserved pieces, when available ones are set, then received follows and the reserved ones stay', () => {
  expect(adjusted(stockOf('MUG', 5, 4), { set: 2 }).stock).toMatchObject({ available: 2, reserved: 4, received: 6 })
  expect(adjusted(stockOf('MUG', 5, 4), { add: 3 }).stock).toMatchObject({ available: 8, reserved: 4, received: 12 })
})

test.each<[string, number, Adjustment, string[]]>([
  ['growing', 1, { add: 1 }, ['StockReplenished']],
  ['growing above the threshold', 1, { set: 50 }, ['StockReplenished']],
  ['shrinking above the threshold', 9, { add: -2 }, []],
  ['shrinking to the threshold', 9, { set: 3 }, ['StockLow']],
  ['shrinking below the threshold again', 3, { set: 2 }, []],
  ['shrinking to nothing', 9, { add: -9 }, ['StockDepleted']],
])('%s tells what it means', (_, available, adjustment, expected) => {
  expect(adjusted(stockOf('MUG', available), adjustment).events.map(({ type }) => type)).toEqual(expected)
})

test.each<[string, Adjustment, string]>([
  ['more than there are are taken away', { add: -6 }, 'below-zero'],
  ['more are added than a stock can have', { add: maxAvailable }, 'too-many'],
  ['nothing is added', { add: 0 }, 'nothing-changed'],
  ['what is there is set', { set: 5 }, 'nothing-changed'],
])('given five pieces, when %s, then nothing changes', (_, adjustment, reason) => {
  expect(adjust(stockOf('MUG', 5), adjustment, about)).toMatchObject({ ok: false, failure: { reason } })
})

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'the books balance after any corrections (seed %i)',
  (seed) => {
    const random = seededRandom(seed)
    let stock = stockOf('MUG', random.int(0, 20), random.int(0, 20))
    const { reserved } = stock
    for (let step = 0; step < 20; step += 1) {
      const adjustment = random.int(0, 1) === 0 ? { set: random.int(-5, 30) } : { add: random.int(-20, 20) }
      const result = adjust(stock, adjustment, about)
      if (result.ok) stock = Stock.parse(result.value.stock)
      expect(stock.reserved).toBe(reserved)
    }
  },
)

import { applyStockHandler } from '#services/catalog/handlers/apply-stock.ts'
import { productTable } from '#services/catalog/adapters/product-table.ts'
import { availabilityAfter } from '#services/catalog/domain/availability.ts'
import { createdEvent, product } from '#services/catalog/ports.contract.ts'
import { adjust, movementsOf, noStock, type Stock, type StockChange } from '#services/inventory/domain/stock.ts'
import { StockChanged } from '#services/inventory/events.ts'
import type { EventOf } from '#shared/events/envelope.ts'
import { silence } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { seededRandom, type Random } from '#test/support/random.ts'
import { createTestTable } from '#test/support/table.ts'

silence()

type Changed = EventOf<typeof StockChanged>

const lowStockThreshold = 3
const context = { time: new Date('2026-05-01T10:00:00Z'), lowStockThreshold }
const cause = { correlationId: 'c-1', causationId: 'r-1' }

/** One change of a stock, by staff or by orders, some of which reserve pieces while others give theirs back. */
function changed(stock: Stock, random: Random): StockChange | undefined {
  if (stock.version === 0 || random.int(0, 9) === 0) {
    const adjustment = { set: random.int(4, 12), lowStockThreshold: random.pick([undefined, 1, 5]) }
    const adjusted = adjust(stock, adjustment, { ...context, cause, staffId: 'clerk' })
    return adjusted.ok ? adjusted.value : undefined
  }
  const movements = movementsOf([stock])
  for (let orders = random.int(1, 3); orders > 0; orders -= 1) {
    const { available, reserved } = movements.stockOf(stock.sku)
    const pieces = random.int(-Math.min(3, reserved), Math.min(3, available))
    movements.add(stock.sku, { pieces: { available: -pieces, reserved: pieces }, orderId: `o-${orders}`, cause })
  }
  return movements.changes({ reason: 'reserved' }, context)[0]
}

/** What inventory publishes about a SKU while its stock changes. */
function historyOf(sku: string, random: Random): Changed[] {
  const events: Changed[] = []
  let stock = noStock(sku)
  for (let step = 0; step < 30; step += 1) {
    const change = changed(stock, random)
    if (!change) continue
    stock = change.stock
    events.push(change.events.find(({ type }) => type === StockChanged.type) as Changed)
  }
  return events
}

const availabilityOf = ({ data }: Changed) => availabilityAfter([data], lowStockThreshold)[0]!.availability

/** As the pattern of the catalog's rule does, which passes events without the member too. */
const passes = ({ data }: Changed) => data.affectsAvailability !== false

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'the events that pass the rule lead to the availability of the newest stock, in any order (seed %d)',
  async (seed) => {
    const random = seededRandom(seed)
    const history = historyOf('MUG-1', random)
    const passing = history.filter(passes)
    expect(passing.length).toBeLessThan(history.length)
    const shown = history.map((_, index) => availabilityOf(history.slice(0, index + 1).findLast(passes)!))
    expect(shown).toEqual(history.map(availabilityOf))

    const products = productTable(await createTestTable())
    await products.create(product('MUG-1'), createdEvent(product('MUG-1')))
    const handle = applyStockHandler({ products, lowStockThreshold })
    const shuffled = [...passing, ...passing.filter(() => random.int(0, 1) === 0)]
      .map((event) => ({ event, rank: random.int(0, 1_000_000) }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ event }) => event)
    while (shuffled.length > 0) await handle(queueEvent(shuffled.splice(0, random.int(1, 4))))

    expect((await products.find('mug-1'))!.availability).toBe(availabilityOf(history.at(-1)!))
  },
)

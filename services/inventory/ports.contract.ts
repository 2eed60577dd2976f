import { allocate } from './domain/allocate.ts'
import type { OrderToReserve } from './domain/reservation.ts'
import { line, noon, orderOf, stockOf } from './domain/stock.fixture.ts'
import type { StockLedger } from './ports.ts'

const about = { time: noon, lowStockThreshold: 3 }

/** Reads, allocates and commits, as the use case does in one try. */
const reserve = async (ledger: StockLedger, orders: OrderToReserve[]) => {
  const skus = [...new Set(orders.flatMap(({ lines }) => lines.map(({ sku }) => sku)))]
  const { stocks } = await ledger.read({ skus, orderIds: [] })
  return ledger.commit(allocate(stocks, orders, about))
}

const stocksOf = async (ledger: StockLedger, ...skus: string[]) => (await ledger.read({ skus, orderIds: [] })).stocks

/** What every adapter of the stock ledger must do. The ledger is fresh and empty for each test. */
export function stockLedgerContract(create: () => Promise<StockLedger>) {
  const stocked = async (...stocks: ReturnType<typeof stockOf>[]) => {
    const ledger = await create()
    const changes = stocks.map((stock) => ({ stock, events: [] }))
    expect(await ledger.commit({ changes, reservations: [] })).toBe('committed')
    return ledger
  }

  test('an empty ledger has no stocks and no marks', async () => {
    const ledger = await create()
    expect(await ledger.read({ skus: ['MUG'], orderIds: ['a'] })).toEqual({ stocks: [], markedOrders: new Set() })
  })

  test('a batch changes all its stocks and marks all its orders, the rejected ones too', async () => {
    const ledger = await stocked(stockOf('MUG', 3), stockOf('TEA', 1))
    const orders = [orderOf('a', line('MUG', 2), line('TEA', 1)), orderOf('b', line('TEA', 1))]
    expect(await reserve(ledger, orders)).toBe('committed')
    const { stocks, markedOrders } = await ledger.read({ skus: ['MUG', 'TEA'], orderIds: ['a', 'b', 'c'] })
    expect(stocks.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))).toEqual([
      { ...stockOf('MUG', 1, 2), version: 2 },
      { ...stockOf('TEA', 0, 1), version: 2 },
    ])
    expect(markedOrders).toEqual(new Set(['a', 'b']))
  })

  test('a stock that changed since it was read makes the whole batch stale', async () => {
    const ledger = await stocked(stockOf('MUG', 3), stockOf('TEA', 3))
    const old = allocate(await stocksOf(ledger, 'MUG', 'TEA'), [orderOf('a', line('MUG', 1), line('TEA', 1))], about)
    await reserve(ledger, [orderOf('b', line('TEA', 1))])
    expect(await ledger.commit(old)).toBe('stale')
    expect(await stocksOf(ledger, 'MUG')).toEqual([stockOf('MUG', 3)])
    expect((await ledger.read({ skus: [], orderIds: ['a'] })).markedOrders.size).toBe(0)
  })

  test('an order is marked once: a second mark makes the whole batch stale', async () => {
    const ledger = await stocked(stockOf('MUG', 3))
    await reserve(ledger, [orderOf('a', line('MUG', 1))])
    expect(await reserve(ledger, [orderOf('b', line('MUG', 1)), orderOf('a', line('MUG', 1))])).toBe('stale')
    expect(await stocksOf(ledger, 'MUG')).toEqual([{ ...stockOf('MUG', 2, 1), version: 2 }])
  })

  test('a first stock of a SKU is made once', async () => {
    const ledger = await stocked(stockOf('MUG', 3))
    expect(await ledger.commit({ changes: [{ stock: stockOf('MUG', 9), events: [] }], reservations: [] })).toBe('stale')
    expect(await stocksOf(ledger, 'MUG')).toEqual([stockOf('MUG', 3)])
  })

  test('a hundred items are read and written at once', async () => {
    const skus = Array.from({ length: 50 }, (_, index) => `SKU-${index}`)
    const ledger = await stocked(...skus.map((sku) => stockOf(sku, 50)))
    const orders = Array.from({ length: 50 }, (_, index) => orderOf(`o${index}`, ...skus.map((sku) => line(sku, 1))))
    expect(await reserve(ledger, orders)).toBe('committed')
    const { stocks, markedOrders } = await ledger.read({ skus, orderIds: orders.map(({ orderId }) => orderId) })
    expect(stocks.map(({ available }) => available)).toEqual(skus.map(() => 0))
    expect(markedOrders.size).toBe(50)
  })
}

import { allocate, skusOf } from './domain/allocate.ts'
import { hold, reject, release, type ReservationRequest } from './domain/reservation.ts'
import { cancellationOf, holdMs, line, noon, requestOf, stockOf } from './domain/stock.fixture.ts'
import type { StockLedger } from './ports.ts'

const options = { time: noon, lowStockThreshold: 3, holdMs }

/** Reads, allocates and commits, like one attempt of the use case. */
const reserve = async (ledger: StockLedger, requests: ReservationRequest[]) => {
  const { stocks } = await ledger.read({ skus: skusOf(requests), orderIds: [] })
  return ledger.commit(allocate(stocks, requests, options))
}

const stocksOf = async (ledger: StockLedger, ...skus: string[]) => (await ledger.read({ skus, orderIds: [] })).stocks
const reservationsOf = async (ledger: StockLedger, ...orderIds: string[]) =>
  (await ledger.read({ skus: [], orderIds })).reservations

/** The contract of every adapter of the stock ledger. `create` returns an empty ledger. */
export function stockLedgerContract(create: () => Promise<StockLedger>) {
  const stocked = async (...stocks: ReturnType<typeof stockOf>[]) => {
    const ledger = await create()
    const changes = stocks.map((stock) => ({ stock, events: [] }))
    expect(await ledger.commit({ stocks: changes, reservations: [] })).toBe('committed')
    return ledger
  }

  test('an empty ledger has no stocks and no reservations', async () => {
    const ledger = await create()
    expect(await ledger.read({ skus: ['MUG'], orderIds: ['a'] })).toEqual({ stocks: [], reservations: [] })
  })

  test('a batch changes all its stocks and stores a reservation for each order, including rejected orders', async () => {
    const ledger = await stocked(stockOf('MUG', 3), stockOf('TEA', 1))
    const requests = [requestOf('a', line('MUG', 2), line('TEA', 1)), requestOf('b', line('TEA', 1))]
    expect(await reserve(ledger, requests)).toBe('committed')
    const { stocks, reservations } = await ledger.read({ skus: ['MUG', 'TEA'], orderIds: ['a', 'b', 'c'] })
    expect(stocks.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))).toEqual([
      { ...stockOf('MUG', 1, 2), version: 2 },
      { ...stockOf('TEA', 0, 1), version: 2 },
    ])
    expect(reservations.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1))).toEqual([
      hold(requests[0]!, { time: noon, holdMs }).reservation,
      reject(requests[1]!, [], noon).reservation,
    ])
  })

  test('a stock that changed since it was read makes the whole batch stale', async () => {
    const ledger = await stocked(stockOf('MUG', 3), stockOf('TEA', 3))
    const old = allocate(
      await stocksOf(ledger, 'MUG', 'TEA'),
      [requestOf('a', line('MUG', 1), line('TEA', 1))],
      options,
    )
    await reserve(ledger, [requestOf('b', line('TEA', 1))])
    expect(await ledger.commit(old)).toBe('stale')
    expect(await stocksOf(ledger, 'MUG')).toEqual([stockOf('MUG', 3)])
    expect(await reservationsOf(ledger, 'a')).toEqual([])
  })

  test('a second reservation of an order makes the whole batch stale', async () => {
    const ledger = await stocked(stockOf('MUG', 3))
    await reserve(ledger, [requestOf('a', line('MUG', 1))])
    expect(await reserve(ledger, [requestOf('b', line('MUG', 1)), requestOf('a', line('MUG', 1))])).toBe('stale')
    expect(await stocksOf(ledger, 'MUG')).toEqual([{ ...stockOf('MUG', 2, 1), version: 2 }])
  })

  test('only one of two writers that read the same version changes a reservation', async () => {
    const ledger = await stocked(stockOf('MUG', 3))
    await reserve(ledger, [requestOf('a', line('MUG', 1))])
    const [held] = await reservationsOf(ledger, 'a')
    const released = release(held, cancellationOf('a'), noon)!
    expect(await ledger.commit({ stocks: [], reservations: [released] })).toBe('committed')
    expect(await ledger.commit({ stocks: [], reservations: [released] })).toBe('stale')
    expect(await reservationsOf(ledger, 'a')).toEqual([released.reservation])
  })

  test('a first stock of a SKU is stored once', async () => {
    const ledger = await stocked(stockOf('MUG', 3))
    expect(await ledger.commit({ stocks: [{ stock: stockOf('MUG', 9), events: [] }], reservations: [] })).toBe('stale')
    expect(await stocksOf(ledger, 'MUG')).toEqual([stockOf('MUG', 3)])
  })

  test('a hundred items are read and written in one call', async () => {
    const skus = Array.from({ length: 50 }, (_, index) => `SKU-${index}`)
    const ledger = await stocked(...skus.map((sku) => stockOf(sku, 50)))
    const requests = Array.from({ length: 50 }, (_, index) =>
      requestOf(`o${index}`, ...skus.map((sku) => line(sku, 1))),
    )
    expect(await reserve(ledger, requests)).toBe('committed')
    const { stocks, reservations } = await ledger.read({ skus, orderIds: requests.map(({ orderId }) => orderId) })
    expect(stocks.map(({ available }) => available)).toEqual(skus.map(() => 0))
    expect(reservations).toHaveLength(50)
  })
}

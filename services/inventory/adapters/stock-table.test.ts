import { createTestTable } from '#test/support/table.ts'
import { allocate } from '../domain/allocate.ts'
import { release } from '../domain/reservation.ts'
import { cancellationOf, holdMs, line, noon, requestOf, stockOf } from '../domain/stock.fixture.ts'
import { stockLedgerContract } from '../ports.contract.ts'
import { stockTable } from './stock-table.ts'

const options = { time: noon, lowStockThreshold: 3, holdMs }

describe('the stock ledger in the table', () => {
  stockLedgerContract(async () => stockTable(await createTestTable()))

  test('an item stores the events of its last change and no earlier ones', async () => {
    const table = await createTestTable()
    const ledger = stockTable(table)
    await ledger.commit({ stocks: [{ stock: stockOf('MUG', 4), events: [] }], reservations: [] })
    const reserve = async (orderId: string) => {
      const { stocks } = await ledger.read({ skus: ['MUG'], orderIds: [] })
      await ledger.commit(allocate(stocks, [requestOf(orderId, line('MUG', 1))], options))
    }
    const eventIds = async () =>
      (await table.items()).flatMap((item) => (item['events'] ?? []).map((event: any) => event.metadata.id)).toSorted()
    await reserve('a')
    expect(await eventIds()).toEqual(['StockChanged/MUG/2', 'StockLow/MUG/2', 'StockReserved/a/1'])
    await reserve('b')
    expect(await eventIds()).toEqual(['StockChanged/MUG/3', 'StockReserved/a/1', 'StockReserved/b/1'])
  })

  test('a held reservation is listed by the end of its hold, until it is released', async () => {
    const table = await createTestTable()
    const ledger = stockTable(table)
    await ledger.commit(allocate([], [requestOf('b', line('TEA', 1))], options))
    await ledger.commit({ stocks: [{ stock: stockOf('MUG', 4), events: [] }], reservations: [] })
    const { stocks } = await ledger.read({ skus: ['MUG'], orderIds: [] })
    const allocation = allocate(stocks, [requestOf('a', line('MUG', 1))], options)
    await ledger.commit(allocation)
    const reservationOf = async (orderId: string) =>
      (await table.items()).find(({ PK }) => PK === `RESERVATION#${orderId}`)
    expect(await reservationOf('b')).toMatchObject({ SK: 'RESERVATION', status: 'rejected', version: 1 })
    expect(await reservationOf('b')).not.toHaveProperty('GSI1PK')
    expect(await reservationOf('a')).toMatchObject({
      SK: 'RESERVATION',
      status: 'held',
      lines: [line('MUG', 1)],
      heldUntil: '2026-11-20T12:15:00.000Z',
      GSI1PK: expect.stringMatching(/^RESERVATIONS#[0-7]$/),
      GSI1SK: '2026-11-20T12:15:00.000Z#a',
    })
    // The table deletes items by `expiresAt`; a reservation must not be deleted.
    expect(await reservationOf('a')).not.toHaveProperty('expiresAt')

    const released = release(allocation.reservations[0]!.reservation, cancellationOf('a'), noon)!
    await ledger.commit({ stocks: [], reservations: [released] })
    expect(await reservationOf('a')).toMatchObject({ status: 'released', version: 2 })
    expect(await reservationOf('a')).not.toHaveProperty('GSI1PK')
  })

  test('held reservations are spread over the eight partitions of their index', async () => {
    const table = await createTestTable()
    const requests = Array.from({ length: 64 }, (_, index) => requestOf(`o${index}`, line('MUG', 1)))
    const { reservations } = allocate([stockOf('MUG', 64)], requests, options)
    await stockTable(table).commit({ stocks: [], reservations })
    expect(new Set((await table.items()).map(({ GSI1PK }) => GSI1PK)).size).toBe(8)
  })

  test('reads are consistent, since a rejection has no condition that would fail on an old version', async () => {
    const table = await createTestTable()
    await stockTable(table).read({ skus: ['MUG'], orderIds: ['a'] })
    expect(table.requests('BatchGetItem')).toMatchObject([{ RequestItems: { [table.name]: { ConsistentRead: true } } }])
  })

  test('a transaction conflict is stale, not out of stock', async () => {
    const table = await createTestTable()
    const ledger = stockTable(table)
    table.conflictNext('TransactWriteItems', 1)
    const changes = { stocks: [{ stock: stockOf('MUG', 4), events: [] }], reservations: [] }
    expect(await ledger.commit(changes)).toBe('stale')
    expect(await table.items()).toEqual([])
    expect(await ledger.commit(changes)).toBe('committed')
  })

  test('a stock whose numbers do not add up is an error when it is read', async () => {
    const table = await createTestTable()
    await table.put({ PK: 'STOCK#MUG', SK: 'STOCK', ...stockOf('MUG', 4), received: 5 })
    await expect(stockTable(table).read({ skus: ['MUG'], orderIds: [] })).rejects.toThrow('received')
  })
})

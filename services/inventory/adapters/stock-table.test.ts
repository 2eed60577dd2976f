import { createTestTable } from '#test/support/table.ts'
import { allocate } from '../domain/allocate.ts'
import { line, noon, orderOf, stockOf } from '../domain/stock.fixture.ts'
import { stockLedgerContract } from '../ports.contract.ts'
import { stockTable } from './stock-table.ts'

const about = { time: noon, lowStockThreshold: 3 }

describe('the stock ledger in the table', () => {
  stockLedgerContract(async () => stockTable(await createTestTable()))

  test('events wait on the items whose change they tell, and only those of this change', async () => {
    const table = await createTestTable()
    const ledger = stockTable(table)
    await ledger.commit({ changes: [{ stock: stockOf('MUG', 4), events: [] }], reservations: [] })
    const reserve = async (orderId: string) => {
      const { stocks } = await ledger.read({ skus: ['MUG'], orderIds: [] })
      await ledger.commit(allocate(stocks, [orderOf(orderId, line('MUG', 1))], about))
    }
    const eventIds = async () =>
      (await table.items()).flatMap((item) => item['events'].map((event: any) => event.metadata.id)).toSorted()
    await reserve('a')
    expect(await eventIds()).toEqual(['StockLow/MUG/2', 'StockReserved/a/1'])
    await reserve('b')
    expect(await eventIds()).toEqual(['StockReserved/a/1', 'StockReserved/b/1'])
  })

  test('keys and marks are as other readers of the table expect them', async () => {
    const table = await createTestTable()
    await stockTable(table).commit(allocate([stockOf('MUG', 1)], [orderOf('a', line('TEA', 1))], about))
    expect(await table.items()).toMatchObject([
      { PK: 'RESERVATION#a', SK: 'RESERVATION', status: 'rejected', orderId: 'a', version: 1, lines: [line('TEA', 1)] },
    ])
  })

  test('stocks are read as they stand, since a rejection has no condition that would find an old number out', async () => {
    const table = await createTestTable()
    await stockTable(table).read({ skus: ['MUG'], orderIds: ['a'] })
    expect(table.requests('BatchGetItem')).toMatchObject([{ RequestItems: { [table.name]: { ConsistentRead: true } } }])
  })

  test('a conflict is stale and no statement about the stock', async () => {
    const table = await createTestTable()
    const ledger = stockTable(table)
    table.conflictNext('TransactWriteItems', 1)
    const work = { changes: [{ stock: stockOf('MUG', 4), events: [] }], reservations: [] }
    expect(await ledger.commit(work)).toBe('stale')
    expect(await table.items()).toEqual([])
    expect(await ledger.commit(work)).toBe('committed')
  })

  test('a stock whose books do not balance is found out when it is read', async () => {
    const table = await createTestTable()
    await table.put({ PK: 'STOCK#MUG', SK: 'STOCK', ...stockOf('MUG', 4), received: 5 })
    await expect(stockTable(table).read({ skus: ['MUG'], orderIds: [] })).rejects.toThrow('received')
  })
})

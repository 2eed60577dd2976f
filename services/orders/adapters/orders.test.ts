import { newId } from '#shared/ids.ts'
import { createTestTable } from '#test/support/table.ts'
import { applyStockAnswer } from '../domain/apply-stock-answer.ts'
import { noon, stockReserved } from '../domain/order.fixture.ts'
import {
  orderChangesContract,
  orderReaderContract,
  placement,
  placementsContract,
  priceListContract,
} from '../ports.contract.ts'
import { orderChanges, orderReader } from './order-table.ts'
import { placementTable } from './placement-table.ts'
import { priceTable } from './price-table.ts'

async function world() {
  const table = await createTestTable()
  return {
    table,
    placements: placementTable(table),
    changes: orderChanges(table),
    reader: orderReader(table),
    register: (userId: string) => table.put({ PK: `USER#${userId}`, SK: 'COUNTERS', userId, orderCount: 4 }),
  }
}

describe('prices in the table', () => {
  priceListContract(async () => {
    const table = await createTestTable()
    return {
      prices: priceTable(table),
      stockProduct: ({ sku, amount, status }) =>
        table.put({
          PK: `PRODUCT#${sku}`,
          SK: 'PRODUCT',
          sku,
          name: `The ${sku}`,
          status,
          price: { amount, currency: 'EUR' },
        }),
    }
  })
})

describe('placements in the table', () => {
  placementsContract(world)

  test('one transaction writes everything that a new order needs, and nothing else', async () => {
    const { table, placements, register } = await world()
    await register('ada')
    const { order, event, ...wanted } = placement({ key: 'k' })
    await placements.place({ order, event, ...wanted })
    expect(table.calls('TransactWriteItems')).toBe(1)

    const { orderId } = order
    const inSevenDays = noon.getTime() / 1000 + 7 * 24 * 60 * 60
    const items = new Map((await table.items()).map((item) => [`${item.PK} ${item.SK}`, item]))
    expect([...items.keys()].toSorted()).toEqual(
      [
        `IDEMPOTENCY#placeOrder#ada#k IDEMPOTENCY`,
        `ORDER#${orderId} EVENT#OrderPlaced/${orderId}/1`,
        `ORDER#${orderId} ORDER`,
        `PAYMENT#${orderId} TOKEN`,
        'USER#ada COUNTERS',
      ].toSorted(),
    )
    expect(items.get('USER#ada COUNTERS')).toMatchObject({ orderCount: 5, lastOrderAt: order.placedAt })
    expect(items.get(`PAYMENT#${orderId} TOKEN`)).toMatchObject({
      token: 'tok_ok',
      amount: 2500,
      currency: 'EUR',
      customerId: 'ada',
      expiresAt: inSevenDays,
    })
    expect(items.get('IDEMPOTENCY#placeOrder#ada#k IDEMPOTENCY')).toMatchObject({ expiresAt: inSevenDays })
    expect(items.get(`ORDER#${orderId} EVENT#OrderPlaced/${orderId}/1`)).toMatchObject({ events: [event] })
    const withToken = [...items.values()].filter((item) => JSON.stringify(item).includes('tok_ok'))
    expect(withToken.map(({ PK }) => PK)).toEqual([`PAYMENT#${orderId}`])
  })

  test('a conflict is no statement about the key', async () => {
    const { table, placements, register } = await world()
    await register('ada')
    table.conflictNext('TransactWriteItems', 1)
    expect(await placements.place(placement())).toEqual({ kind: 'contended' })
    expect(await table.items()).toHaveLength(1)
  })

  test('an order is never overwritten', async () => {
    const { placements, register } = await world()
    await register('ada')
    const wanted = placement()
    await placements.place(wanted)
    await expect(placements.place({ ...wanted, request: { ...wanted.request, key: 'another' } })).rejects.toThrow(
      'is taken',
    )
  })
})

describe('changes of orders in the table', () => {
  orderChangesContract(world)

  test('a change publishes its own event and never the answer that it took in', async () => {
    const { table, placements, changes, register } = await world()
    await register('ada')
    const { order, ...rest } = placement()
    await placements.place({ order, ...rest })
    const answer = stockReserved(order)
    await changes.record({ from: order, answer, decision: applyStockAnswer(order, answer, noon), time: noon })
    const events = (await table.items()).flatMap((item) => item['events'] ?? [])
    expect(events.map((event: { type: string }) => event.type).toSorted()).toEqual(['OrderPlaced', 'OrderReserved'])
  })

  test('a conflict makes the decision stale', async () => {
    const { table, placements, changes, register } = await world()
    await register('ada')
    const { order, ...rest } = placement()
    await placements.place({ order, ...rest })
    const answer = stockReserved(order)
    table.conflictNext('TransactWriteItems', 1)
    const change = { from: order, answer, decision: applyStockAnswer(order, answer, noon), time: noon }
    expect(await changes.record(change)).toBe('stale')
    expect(await changes.record(change)).toBe('recorded')
  })
})

describe('orders to read in the table', () => {
  orderReaderContract(world)

  test('a page goes on in the month of the order before, and asks no later one', async () => {
    const { table, reader } = await world()
    await reader.recent(noon, { size: 5, after: newId('ord', new Date('2026-06-15T00:00:00Z')) })
    const months = new Set(
      table.requests('Query').map((query) => JSON.stringify(query).match(/ORDERS#(\d{4}-\d\d)/)![1]),
    )
    expect([...months]).toEqual(['2026-06', '2026-05', '2026-04', '2026-03', '2026-02', '2026-01', '2025-12'])
  })

  test('a month is spread over the shards of its index', async () => {
    const { table, placements, register } = await world()
    await register('ada')
    for (let count = 0; count < 64; count += 1) await placements.place(placement())
    const partitions = new Set((await table.items()).flatMap((item) => item['GSI2PK'] ?? []))
    expect(partitions.size).toBe(8)
    expect([...partitions].every((partition) => /^ORDERS#2026-11#[0-7]$/.test(partition))).toBe(true)
  })
})

import { newId } from '#shared/ids.ts'
import { createTestTable } from '#test/support/table.ts'
import { changeOf, noon, stockReserved } from '../domain/order.fixture.ts'
import { orderChangesContract, orderReaderContract, placement, placementsContract } from '../ports.contract.ts'
import { orderChanges, orderReader } from './order-table.ts'
import { placementTable } from './placement-table.ts'

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

describe('placements in the table', () => {
  placementsContract(world)

  test('one transaction writes exactly the items of a new order', async () => {
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
      amount: order.total.amount,
      currency: 'EUR',
      customerId: 'ada',
      expiresAt: inSevenDays,
    })
    expect(items.get('IDEMPOTENCY#placeOrder#ada#k IDEMPOTENCY')).toMatchObject({ expiresAt: inSevenDays })
    expect(items.get(`ORDER#${orderId} EVENT#OrderPlaced/${orderId}/1`)).toMatchObject({ events: [event] })
    const withToken = [...items.values()].filter((item) => JSON.stringify(item).includes('tok_ok'))
    expect(withToken.map(({ PK }) => PK)).toEqual([`PAYMENT#${orderId}`])
  })

  test('a conflict is reported as contended, not as a used key', async () => {
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
    const again = { ...wanted, request: { ...wanted.request, key: 'another' }, rate: placement().rate }
    await expect(placements.place(again)).rejects.toThrow('is already used')
  })
})

describe('order changes of the table', () => {
  orderChangesContract(world)

  const withOrder = async () => {
    const { register, ...rest } = await world()
    await register('ada')
    const { order, ...placed } = placement()
    await rest.placements.place({ order, ...placed })
    return { ...rest, order }
  }

  test('a change writes the order and one trail item, which publishes its own event and not the received one', async () => {
    const { table, changes, order } = await withOrder()
    const itemsBefore = (await table.items()).length
    const trigger = stockReserved(order)
    const change = changeOf(order, trigger)
    await changes.record(change)
    const items = await table.items()
    expect(items).toHaveLength(itemsBefore + 1)
    const { event } = change.evolved
    expect(items.find(({ SK }) => SK === `EVENT#${trigger.metadata.id}`)).toMatchObject({
      received: trigger,
      events: [event],
      eventId: event.metadata.id,
    })
  })

  test('an ignored event is stored without an event to publish', async () => {
    const { table, changes, order } = await withOrder()
    const trigger = stockReserved(order)
    await changes.record({ from: order, trigger, evolved: { kind: 'ignored' }, time: noon })
    const item = (await table.items()).find(({ SK }) => SK === `EVENT#${trigger.metadata.id}`)!
    expect(Object.keys(item)).not.toContain('eventId')
  })

  test('a conflict makes the change stale', async () => {
    const { table, changes, order } = await withOrder()
    const change = changeOf(order, stockReserved(order))
    table.conflictNext('TransactWriteItems', 1)
    expect(await changes.record(change)).toBe('stale')
    expect(await changes.record(change)).toBe('recorded')
  })

  test.each([
    ['version', { version: 2 }],
    ['status', { status: 'CANCELLED' }],
  ])('a change of an order of which only the %s has changed is stale', async (_, changed) => {
    const { table, changes, order } = await withOrder()
    const stored = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...stored, ...changed })
    expect(await changes.record(changeOf(order, stockReserved(order)))).toBe('stale')
  })

  test('a change preserves the fields that a newer version has stored', async () => {
    const { table, changes, order } = await withOrder()
    const stored = async () => (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...(await stored()), giftNote: { text: 'Enjoy' } })
    const from = (await changes.find(order.orderId))!
    await changes.record(changeOf(from, stockReserved(order)))
    expect(await stored()).toMatchObject({ status: 'RESERVED', giftNote: { text: 'Enjoy' } })
  })
})

describe('order reader of the table', () => {
  orderReaderContract(world)

  test('items are read consistently, even in lists: only an index can be out of date', async () => {
    const { table, reader, placements, register } = await world()
    await register('ada')
    const { order, ...placed } = placement()
    await placements.place({ order, ...placed })
    await reader.find(order.orderId)
    await reader.ofCustomer('ada', { size: 1 })
    await reader.trail(order.orderId)
    expect(table.requests('GetItem')).toMatchObject([{ ConsistentRead: true }])
    expect(table.requests('BatchGetItem')).toMatchObject([{ RequestItems: { [table.name]: { ConsistentRead: true } } }])
    expect(table.requests('Query').at(-1)).toMatchObject({ ConsistentRead: true })
  })

  test('a malformed order is an error when it is read', async () => {
    const { table, reader } = await world()
    const orderId = newId('ord', noon)
    await table.put({ PK: `ORDER#${orderId}`, SK: 'ORDER', orderId, status: 'PLACED' })
    await expect(reader.find(orderId)).rejects.toThrow('customerId')
  })

  test('a trail in which an earlier version stored the events of a change in two items is in order', async () => {
    const { table, changes, reader, placements, register } = await world()
    await register('ada')
    const { order, ...placed } = placement()
    await placements.place({ order, ...placed })
    const trigger = stockReserved(order)
    await changes.record(changeOf(order, trigger))
    const trail = await reader.trail(order.orderId)
    const { events, eventId, ...received } = (await table.items()).find(
      ({ SK }) => SK === `EVENT#${trigger.metadata.id}`,
    )!
    await table.put(received)
    await table.put({ ...received, SK: `EVENT#${eventId}`, received: undefined, orderVersion: 2, events, eventId })
    expect(await reader.trail(order.orderId)).toEqual(trail)
  })

  test('a trail larger than one page of the table is read to its end', async () => {
    const { table, reader } = await world()
    const received = stockReserved({ orderId: 'ord_1' })
    for (const orderVersion of [1, 2, 3]) {
      const keys = { PK: 'ORDER#ord_1', SK: `EVENT#${orderVersion}` }
      const large = { ...received, data: { text: 'x'.repeat(390 * 1024) } }
      await table.put({ ...keys, orderVersion, recordedAt: noon.toISOString(), received: large })
    }
    expect(await reader.trail('ord_1')).toHaveLength(3)
    expect(table.calls('Query')).toBe(2)
  })

  test('a page continues in the month of the previous order and queries no later month', async () => {
    const { table, reader } = await world()
    await reader.recent(noon, { size: 5, after: newId('ord', new Date('2026-06-15T00:00:00Z')) })
    const months = new Set(
      table.requests('Query').map((query) => JSON.stringify(query).match(/ORDERS#(\d{4}-\d\d)/)![1]),
    )
    expect([[...months][0], months.size]).toEqual(['2026-06', 13])
  })

  test('orders of a month are spread over the eight shards of its index', async () => {
    const { table, placements, register } = await world()
    await register('ada')
    for (let count = 0; count < 64; count += 1) await placements.place(placement())
    const partitions = new Set((await table.items()).flatMap((item) => item['GSI2PK'] ?? []))
    expect(partitions.size).toBe(8)
    expect([...partitions].every((partition) => /^ORDERS#2026-11#[0-7]$/.test(partition))).toBe(true)
  })
})

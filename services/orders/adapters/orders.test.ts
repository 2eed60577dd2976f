import { randomUUID } from 'node:crypto'
import { newId } from '#shared/ids.ts'
import { newEvents } from '#services/event-relay/domain/new-events.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import {
  changeOf,
  ignoredBy,
  noon,
  paymentCaptured,
  quote,
  shipmentCreated,
  shipmentDelivered,
  stockRejected,
  stockReserved,
} from '../domain/order.fixture.ts'
import type { Order } from '../domain/order.ts'
import type { TriggerEvent } from '../domain/transitions.ts'
import { orderChangesContract, orderReaderContract, placement, placementsContract } from '../ports.contract.ts'
import type { OrderWrite } from '../ports.ts'
import { orderReader, requestedChanges } from './order-table.ts'
import { placementTable } from './placement-table.ts'

async function world() {
  const table = await createTestTable()
  return {
    table,
    placements: placementTable(table),
    changes: requestedChanges(table),
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
        `ORDER#${orderId} ORDER`,
        `PAYMENT#${orderId} PAYMENT`,
        'USER#ada COUNTERS',
      ].toSorted(),
    )
    expect(items.get('USER#ada COUNTERS')).toMatchObject({ orderCount: 5, lastOrderAt: order.placedAt })
    expect(items.get(`PAYMENT#${orderId} PAYMENT`)).toMatchObject({
      token: 'tok_ok',
      amount: order.total.amount,
      currency: 'EUR',
      customerId: 'ada',
      expiresAt: inSevenDays,
    })
    expect(items.get('IDEMPOTENCY#placeOrder#ada#k IDEMPOTENCY')).toMatchObject({ expiresAt: inSevenDays })
    expect(items.get(`ORDER#${orderId} ORDER`)).toMatchObject({ events: [event], eventId: event.metadata.id })
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

  const stored = async (table: TestTable) => (await table.items()).find(({ SK }) => SK === 'ORDER')!

  test('a change is one plain write of one item, whose outbox has the new event only', async () => {
    const { table, changes, order } = await withOrder()
    const itemsBefore = (await table.items()).length
    const putsBefore = table.calls('PutItem')
    const transactionsBefore = table.calls('TransactWriteItems')
    const change = changeOf(order, stockReserved(order))
    await changes.save(change)
    expect(await table.items()).toHaveLength(itemsBefore)
    expect([table.calls('PutItem'), table.calls('TransactWriteItems')]).toEqual([putsBefore + 1, transactionsBefore])
    expect(await stored(table)).toMatchObject({ events: [change.event], eventId: change.event.metadata.id })
  })

  test('of the writes of an order, the relay publishes each event once', async () => {
    const { table, changes, order } = await withOrder()
    const images = [await stored(table)]
    const write = async (change: OrderWrite) => {
      await changes.save(change)
      images.push(await stored(table))
      return (await changes.find(order.orderId))!
    }
    const reserved = await write(changeOf(order, stockReserved(order)))
    const ignored = await write(ignoredBy(reserved, stockRejected(order)))
    await write(changeOf(ignored, paymentCaptured(order)))
    // The relay is not invoked without an event id.
    const relayed = images.map((image, index) =>
      image['eventId'] === undefined ? [] : newEvents(images[index - 1]?.['events'], image['events']),
    )
    expect(relayed.map((events) => events.map(({ type }) => type))).toEqual([
      ['OrderPlaced'],
      ['OrderReserved'],
      [],
      ['OrderPaid'],
    ])
  })

  test.each([
    ['version', { version: 2 }],
    ['status', { status: 'CANCELLED' }],
    ['trail', { trail: [] }],
  ])('a change of an order of which only the %s has changed is stale', async (_, changed) => {
    const { table, changes, order } = await withOrder()
    await table.put({ ...(await stored(table)), ...changed })
    expect(await changes.save(changeOf(order, stockReserved(order)))).toBe('stale')
  })

  test('a change preserves the fields that a newer version has stored', async () => {
    const { table, changes, order } = await withOrder()
    await table.put({ ...(await stored(table)), giftNote: { text: 'Enjoy' } })
    const from = (await changes.find(order.orderId))!
    await changes.save(changeOf(from, stockReserved(order)))
    expect(await stored(table)).toMatchObject({ status: 'RESERVED', giftNote: { text: 'Enjoy' } })
  })

  test('the item of an order of two lines that was delivered has at most 3 KB', async () => {
    const { table, changes, order } = await withOrder()
    const { orderId } = order
    const correlationId = randomUUID()
    const lines = quote([
      { sku: 'MUG-STONE-350', amount: 1990, quantity: 2 },
      { sku: 'TEA-GREEN-100', amount: 1250, quantity: 1 },
    ])
    const [first] = order.trail
    let from: Order = { ...order, ...lines, trail: [{ ...first!, correlationId, causationId: randomUUID() }] }
    await table.put({ ...(await stored(table)), ...from })
    const received = (trigger: TriggerEvent, cause: string): TriggerEvent => ({
      ...trigger,
      metadata: { ...trigger.metadata, correlationId, causationId: `${cause}/${orderId}/2` },
    })
    for (const trigger of [
      received(stockReserved(order), 'OrderPlaced'),
      received(paymentCaptured(order), 'OrderReserved'),
      received(shipmentCreated(order), 'OrderPaid'),
      received(shipmentDelivered(order), 'ShipmentCreated'),
    ]) {
      const change = changeOf(from, trigger)
      await changes.save(change)
      from = change.order
    }
    expect(itemBytes(await stored(table))).toBeLessThanOrEqual(3 * 1024)
  })
})

/**
 * The size of an item in DynamoDB: names and strings in UTF-8, a number about half its digits and one byte more, three bytes
 * for a list or map and one for each of its members ("DynamoDB item sizes and formats", Developer Guide).
 */
function itemBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1
  if (typeof value !== 'object' || value === null) return 1
  const members: number[] = Array.isArray(value)
    ? value.map(itemBytes)
    : Object.entries(value).map(([name, member]) => Buffer.byteLength(name) + itemBytes(member))
  return members.reduce((bytes, member) => bytes + member + 1, 3)
}

describe('order reader of the table', () => {
  orderReaderContract(world)

  test('items are read consistently, even in lists: only an index can be out of date', async () => {
    const { table, reader, placements, register } = await world()
    await register('ada')
    const { order, ...placed } = placement()
    await placements.place({ order, ...placed })
    await reader.find(order.orderId)
    await reader.ofCustomer('ada', { size: 1 })
    expect(table.requests('GetItem')).toMatchObject([{ ConsistentRead: true }])
    expect(table.requests('BatchGetItem')).toMatchObject([{ RequestItems: { [table.name]: { ConsistentRead: true } } }])
  })

  test('a malformed order is an error when it is read', async () => {
    const { table, reader } = await world()
    const orderId = newId('ord', noon)
    await table.put({ PK: `ORDER#${orderId}`, SK: 'ORDER', orderId, status: 'PLACED' })
    await expect(reader.find(orderId)).rejects.toThrow('customerId')
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

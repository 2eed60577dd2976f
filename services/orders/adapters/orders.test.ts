import { randomUUID } from 'node:crypto'
import { marshall } from '@aws-sdk/util-dynamodb'
import { itemSize, type Item } from '@cartwheel/local/testing'
import { discountKey } from '#services/pricing/keys.ts'
import { fingerprint } from '#shared/idempotency.ts'
import { newId } from '#shared/ids.ts'
import { euros } from '#shared/money.ts'
import { publishedBy } from '#test/support/published-events.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import {
  address,
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
import { createOrder } from '../domain/order.ts'
import { orderIdOf } from '../domain/order-of-key.ts'
import type { TriggerEvent } from '../domain/transitions.ts'
import { orderChangesContract, orderReaderContract, placement, placementsContract } from '../ports.contract.ts'
import { listKey } from '../keys.ts'
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

  test('prices, discount and the customer are read in one request', async () => {
    const { table, placements, register } = await world()
    await register('ada')
    const price = euros(1250)
    await table.put({ PK: 'PRODUCT#MUG', SK: 'PRODUCT', sku: 'MUG', name: 'A mug', price, status: 'active' })
    await table.put({ ...discountKey('WELCOME'), code: 'WELCOME', percentage: 10, uses: 0, version: 1 })
    const wanted = { customerId: 'ada', skus: ['MUG', 'NEVER'], discountCode: 'welcome', consistent: false }
    expect(await placements.read(wanted)).toEqual({
      prices: {
        offers: new Map([['MUG', { sku: 'MUG', name: 'A mug', price, availability: 'in-stock' }]]),
        discount: { code: 'WELCOME', percentage: 10, uses: 0, version: 1 },
      },
      customer: { kind: 'customer' },
    })
    expect(table.calls('BatchGetItem')).toBe(1)
  })

  test('one transaction writes exactly the items of a new order', async () => {
    const { table, placements, register } = await world()
    await register('ada')
    const { order, event, ...wanted } = placement()
    await placements.place({ order, event, ...wanted })
    expect(table.calls('TransactWriteItems')).toBe(1)

    const { orderId } = order
    const inSevenDays = noon.getTime() / 1000 + 7 * 24 * 60 * 60
    const items = new Map((await table.items()).map((item) => [`${item.PK} ${item.SK}`, item]))
    expect([...items.keys()].toSorted()).toEqual(
      [`ORDER#${orderId} ORDER`, `PAYMENT#${orderId} PAYMENT`, 'USER#ada COUNTERS'].toSorted(),
    )
    expect(items.get('USER#ada COUNTERS')).toMatchObject({ orderCount: 5, lastOrderAt: order.placedAt })
    expect(items.get(`PAYMENT#${orderId} PAYMENT`)).toMatchObject({
      token: 'tok_ok',
      amount: order.total.amount,
      currency: 'EUR',
      customerId: 'ada',
      expiresAt: inSevenDays,
    })
    expect(publishedBy(items.get(`ORDER#${orderId} ORDER`)!)).toEqual([event])
    expect(items.get(`ORDER#${orderId} ORDER`)).toMatchObject({ eventId: event.metadata.id })
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

  test('an order whose id begins with its time, as all did before, has this id as its place in lists', () => {
    const orderId = newId('ord', noon)
    expect(listKey({ orderId, placedAt: noon.toISOString() })).toBe(orderId)
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
    expect(publishedBy(await stored(table))).toEqual([change.event])
    expect(await stored(table)).toMatchObject({ eventId: change.event.metadata.id })
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
      image['eventId'] === undefined ? [] : publishedBy(image, images[index - 1]),
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

  test('an order of two lines takes at most 2 KB until it is paid, and 3 KB when it is delivered', async () => {
    const { table, placements, changes, register } = await world()
    const customerId = randomUUID()
    await register(customerId)
    const correlationId = randomUUID()
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    const { order, event } = createOrder({
      orderId: orderIdOf({ userId: customerId, key: randomUUID() }, 0),
      fingerprint: fingerprint({}).slice(0, 16),
      customerId,
      orderType: 'standard',
      quote: quote([
        { sku: 'MUG-STONE-350', amount: 1990, quantity: 2 },
        { sku: 'TEA-GREEN-100', amount: 1250, quantity: 1 },
      ]),
      shippingAddress: { ...address, phone: '+353214960000', line2: 'Apartment 12' },
      time: noon,
      cause: { correlationId, causationId: randomUUID(), traceparent },
    })
    await placements.place({ ...placement({ customerId }), order, event })
    const written = [itemOf(await stored(table))]
    let from = order
    const ofOrder = { lines: order.items, paymentId: newId('pay', noon), shipmentId: newId('shp', noon) }
    for (const make of [stockReserved, paymentCaptured, shipmentCreated, shipmentDelivered]) {
      const { metadata, data, ...trigger } = make(order)
      const causationId = `${from.trail.at(-1)!.event}/${order.orderId}/${from.version}`
      const received = {
        ...trigger,
        data: { ...data, ...ofOrder },
        metadata: { ...metadata, correlationId, causationId, traceparent },
      }
      const change = changeOf(from, received as TriggerEvent)
      await changes.save(change)
      from = change.order
      written.push(itemOf(await stored(table)))
    }
    expect(written.map((item) => Math.ceil(itemSize(item) / 1024))).toEqual([2, 2, 2, 3, 3])
  })
})

const itemOf = (attributes: Record<string, unknown>): Item => marshall(attributes) as Item

describe('order reader of the table', () => {
  orderReaderContract(world)

  test('items are read consistently, even in lists: only an index can be out of date', async () => {
    const { table, reader, placements, register } = await world()
    await register('ada')
    const { order, ...placed } = placement()
    await placements.place({ order, ...placed })
    await reader.find(order.orderId)
    await reader.ofCustomer('ada', { size: 1 })
    const consistent = { RequestItems: { [table.name]: { ConsistentRead: true } } }
    expect(table.requests('BatchGetItem')).toMatchObject([consistent, consistent])
  })

  test('a malformed order is an error when it is read', async () => {
    const { table, reader } = await world()
    const orderId = newId('ord', noon)
    await table.put({ PK: `ORDER#${orderId}`, SK: 'ORDER', orderId, status: 'PLACED' })
    await expect(reader.find(orderId)).rejects.toThrow('customerId')
  })

  test('a page continues in the month of the previous order and queries no later month', async () => {
    const { table, reader } = await world()
    await reader.recent(noon, {
      size: 5,
      after: listKey({ orderId: newId('ord', noon), placedAt: '2026-06-15T00:00:00Z' }),
    })
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

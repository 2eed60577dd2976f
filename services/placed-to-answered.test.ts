import { silence } from '#test/support/captured-logs.ts'
import type { SQSBatchResponse } from 'aws-lambda'
import { metrics } from '#shared/lambda/telemetry.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { stockTable } from '#services/inventory/adapters/stock-table.ts'
import { adjustStockHandler } from '#services/inventory/handlers/stock.ts'
import { reserveStockHandler } from '#services/inventory/handlers/reserve-stock.ts'
import { orderChanges, orderReader } from '#services/orders/adapters/order-table.ts'
import { placementTable } from '#services/orders/adapters/placement-table.ts'
import { codeRateTable } from '#services/pricing/code-rate-table.ts'
import { priceTable } from '#services/pricing/price-table.ts'
import { applyEventsHandler } from '#services/orders/handlers/apply-events.ts'
import { placeOrderHandler } from '#services/orders/handlers/place-order.ts'
import { getOrderHandler, listOrderEventsHandler } from '#services/orders/handlers/read-orders.ts'
import { profileTable } from '#services/users/adapters/profile-table.ts'
import { register as registration } from '#services/users/domain/profile.ts'
import { profileKey } from '#services/users/keys.ts'
import { publishedBy } from '#test/support/published-events.ts'
import { noPauses } from '#test/support/backoff.ts'
import { callApi } from '#test/support/api-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable, type Item } from '#test/support/table.ts'

silence()

const now = () => new Date()

// Each environment of a function handles one request at a time; here, one object counts for 100 concurrent requests and warns.
beforeEach(() => void jest.spyOn(metrics, 'addDimension').mockReturnValue(metrics))
afterEach(() => jest.restoreAllMocks())

/** The handlers of orders and inventory on one table; the test delivers the events. */
async function startShop({ stock }: { stock: Record<string, number> }) {
  const table = await createTestTable()
  const backoff = noPauses(50)
  const ledger = { ledger: stockTable(table), now, backoff, lowStockThreshold: 3, holdMs: 15 * 60_000 }
  const shop = {
    table,
    placeOrder: placeOrderHandler({
      prices: priceTable(table),
      codeRates: codeRateTable(table),
      placements: placementTable(table),
      customers: { register: async () => false },
      now,
      ordersPerMinute: 10_000,
      backoff,
    }),
    reserveStock: reserveStockHandler(ledger),
    applyEvents: applyEventsHandler({ orders: orderChanges(table), finalStatuses: [], now, backoff }),
    getOrder: getOrderHandler(orderReader(table)),
    listOrderEvents: listOrderEventsHandler(orderReader(table)),
  }
  const adjustStock = adjustStockHandler({ ...ledger, hasProduct: async () => true })
  for (const [sku, pieces] of Object.entries(stock)) {
    const price = { amount: 1250, currency: 'EUR' }
    await table.put({ PK: `PRODUCT#${sku}`, SK: 'PRODUCT', sku, name: `The ${sku}`, price, status: 'active' })
    await callApi(adjustStock, { parameters: { sku }, body: { set: pieces }, staff: 'clerk' })
  }
  return shop
}

const address = { name: 'Ada', line1: 'Main Street 1', city: 'Cork', postalCode: 'T12', country: 'IE' }
const order = (sku: string, quantity: number) => ({
  items: [{ sku, quantity }],
  shippingAddress: address,
  paymentToken: 'tok_ok',
})

async function register({ table }: { table: Table }, userId: string) {
  const cause = { correlationId: 'sign-up', causationId: 'sign-up' }
  await profileTable(table).create(registration({ userId, email: `${userId}@example.com` }, now(), cause))
}

const published = (items: Item[], type: string) =>
  items.flatMap((item) => publishedBy(item)).filter((event) => event.type === type)

/** Delivers batches as a queue does. */
async function deliver(
  consume: (event: ReturnType<typeof queueEvent>) => Promise<SQSBatchResponse>,
  events: any[],
  batchSize = 10,
) {
  for (let start = 0; start < events.length; start += batchSize) {
    const answer = await consume(queueEvent(events.slice(start, start + batchSize)))
    expect(answer.batchItemFailures).toEqual([])
  }
}

async function settle(shop: Awaited<ReturnType<typeof startShop>>) {
  await deliver(shop.reserveStock, published(await shop.table.items(), 'OrderPlaced'))
  const items = await shop.table.items()
  await deliver(shop.applyEvents, [...published(items, 'StockReserved'), ...published(items, 'StockRejected')])
}

/** A hundred customers can take minutes on a busy machine. */
const concurrentTimeoutMs = 300_000

test('an order with stock becomes RESERVED', async () => {
  const shop = await startShop({ stock: { 'MUG-1': 5 } })
  await register(shop, 'ada')
  const placed = await callApi(shop.placeOrder, {
    customer: 'ada',
    headers: { 'idempotency-key': 'k1', 'x-correlation-id': 'trace-me' },
    body: order('MUG-1', 2),
  })
  expect(placed.status).toBe(201)
  await settle(shop)

  const parameters = { orderId: placed.body.orderId }
  const read = await callApi(shop.getOrder, { customer: 'ada', parameters })
  expect(read.body).toMatchObject({ status: 'RESERVED', version: 2, total: placed.body.total })
  const trail = await callApi(shop.listOrderEvents, { customer: 'ada', parameters })
  expect(trail.body.items.map((event: any) => event.type)).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])

  const events = (await shop.table.items()).flatMap((item) => publishedBy(item))
  const ofOrder = events.filter(({ data }) => data['orderId'] === placed.body.orderId)
  expect(ofOrder.map(({ type }) => type).toSorted()).toEqual(['OrderReserved', 'StockReserved'])
  expect(ofOrder.every(({ metadata }) => metadata.correlationId === 'trace-me')).toBe(true)
})

test('placing an order and changing the profile at the same time do not conflict', async () => {
  const shop = await startShop({ stock: { 'MUG-1': 1 } })
  await register(shop, 'ada')
  const [profile] = (await shop.table.items()).filter(({ SK }) => SK === 'PROFILE')
  const placed = await callApi(shop.placeOrder, {
    customer: 'ada',
    headers: { 'idempotency-key': 'k1' },
    body: order('MUG-1', 1),
  })
  expect(placed.status).toBe(201)
  // A profile write that read before the order was placed, and replaces its whole item.
  await shop.table.put({ ...profile!, name: 'Ada Lovelace' })
  expect(await profileTable(shop.table).find('ada')).toMatchObject({ name: 'Ada Lovelace', orderCount: 1 })

  // Two transactions conflict only when they share an item.
  const { TransactItems } = shop.table.requests('TransactWriteItems').at(-1)
  expect(JSON.stringify(TransactItems)).toContain('USER#ada')
  const written = TransactItems.map(({ Put, Update }: any) => Update?.Key ?? Put.Item)
  expect(written).not.toContainEqual(expect.objectContaining(profileKey('ada')))
})

test('an order without enough stock becomes REJECTED, with the shortages', async () => {
  const shop = await startShop({ stock: { 'MUG-1': 1 } })
  await register(shop, 'ada')
  const placed = await callApi(shop.placeOrder, {
    customer: 'ada',
    headers: { 'idempotency-key': 'k1' },
    body: order('MUG-1', 2),
  })
  await settle(shop)
  const read = await callApi(shop.getOrder, { customer: 'ada', parameters: { orderId: placed.body.orderId } })
  expect(read.body).toMatchObject({ status: 'REJECTED', reason: 'out-of-stock' })
  const [rejected] = published(await shop.table.items(), 'OrderRejected')
  expect(rejected!.data['shortages']).toEqual([{ sku: 'MUG-1', requested: 2, available: 1 }])
})

test(
  'exactly 10 of 100 customers get the last 10 pieces when events are repeated and reordered',
  async () => {
    const shop = await startShop({ stock: { 'MUG-1': 10 } })
    const customers = Array.from({ length: 100 }, (_, index) => `customer-${index}`)
    await Promise.all(customers.map((customer) => register(shop, customer)))
    const answers = await Promise.all(
      customers.map((customer) =>
        callApi(shop.placeOrder, { customer, headers: { 'idempotency-key': 'k' }, body: order('MUG-1', 1) }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(customers.map(() => 201))

    const placed = published(await shop.table.items(), 'OrderPlaced').toReversed()
    const halves = [placed.slice(0, 55), placed.slice(45)]
    await Promise.all([...halves, ...halves].map((events) => deliver(shop.reserveStock, events)))
    const items = await shop.table.items()
    const stockEvents = [...published(items, 'StockRejected'), ...published(items, 'StockReserved')]
    expect(stockEvents).toHaveLength(100)
    await Promise.all([stockEvents, stockEvents.toReversed()].map((events) => deliver(shop.applyEvents, events)))

    const after = await shop.table.items()
    const statuses = after.filter((item) => item.SK === 'ORDER').map((item) => item['status'])
    expect(statuses.filter((status) => status === 'RESERVED')).toHaveLength(10)
    expect(statuses.filter((status) => status === 'REJECTED')).toHaveLength(90)
    expect(after.find((item) => item.SK === 'STOCK')).toMatchObject({ available: 0, reserved: 10, received: 10 })
    expect(published(after, 'OrderReserved')).toHaveLength(10)
    expect(published(after, 'OrderRejected')).toHaveLength(90)
  },
  concurrentTimeoutMs,
)

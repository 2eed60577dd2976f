import { randomUUID } from 'node:crypto'
import { eventually, hasReached } from '#scripts/lib/api-client.ts'
import { orderBody, type Customer } from '#test/support/shop.ts'
import { isInstalled, testWith } from './installed.ts'
import { sent, settledNotice } from './notices.ts'
import {
  api,
  cancel,
  decided,
  newCustomer,
  idempotencyHeaders,
  placeOrder,
  requestReturn,
  setStock,
  sharedCustomer,
  skuOf,
  staffToken,
  stockOf,
  trailOf,
} from './shop.ts'

let customer: Customer
let sku: string
let scarceSku: string

beforeAll(async () => {
  customer = await sharedCustomer()
  sku = await skuOf(0)
  scarceSku = await skuOf(1)
  if (!isInstalled('inventory')) return
  await setStock(sku, 100)
  await setStock(scarceSku, 1)
})

/** An index of the table may show an item later than the table. */
const listed = (path: string, token: string, isComplete: (orderIds: string[]) => boolean): Promise<string[]> =>
  eventually(`the orders at ${path}`, async () => {
    const { body } = await api('GET', path, { token })
    const orderIds = body.items?.map((order: { orderId: string }) => order.orderId)
    return orderIds && isComplete(orderIds) && orderIds
  })

testWith('inventory')('an order changes from PLACED to RESERVED, and every effect occurs once', async () => {
  const correlationId = `e2e-${randomUUID()}`
  const before = await stockOf(sku)
  const placed = await placeOrder(customer.token, [{ sku, quantity: 2 }], { 'x-correlation-id': correlationId })
  expect(placed.status).toBe(201)
  expect(placed.headers.get('x-correlation-id')).toBe(correlationId)
  expect(placed.headers.get('location')).toContain(`/orders/${placed.body.orderId}`)
  expect(placed.body).toMatchObject({ status: 'PLACED', message: 'Order received', items: [{ sku, quantity: 2 }] })

  const order = await decided(customer.token, placed.body.orderId)
  expect(order).toMatchObject({ orderType: 'standard', total: placed.body.total })
  expect(hasReached(order.status, 'RESERVED')).toBe(true)
  expect(order.subtotal.amount).toBe(order.items[0]!.unitPrice.amount * 2)
  expect(order.total.amount).toBe(order.subtotal.amount + order.shipping.amount)
  const after = await stockOf(sku)
  expect(after.available).toBe(before.available - 2)
  expect(after.reserved + after.shipped).toBe(before.reserved + before.shipped + 2)

  const trail = await trailOf(customer.token, order.orderId)
  expect(trail.slice(0, 3).map(({ type }) => type)).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
  expect(new Set(trail.map(({ id }) => id)).size).toBe(trail.length)
})

testWith('inventory')(
  'an order above the stock becomes REJECTED, reserves nothing and reports the shortage',
  async () => {
    const before = await stockOf(sku)
    const placed = await placeOrder(customer.token, [
      { sku, quantity: 1 },
      { sku: scarceSku, quantity: 2 },
    ])
    const order = await decided(customer.token, placed.body.orderId)
    expect(order).toMatchObject({ status: 'REJECTED', reason: 'out-of-stock' })
    expect(await stockOf(sku)).toEqual(before)

    const rejected = (await trailOf(customer.token, order.orderId)).find(({ type }) => type === 'StockRejected')
    expect(rejected!.data['shortages']).toEqual([{ sku: scarceSku, requested: 2, available: 1 }])
  },
)

testWith('inventory', 'notifications').each([
  [isInstalled('payments') ? 'OrderPaid' : 'OrderReserved', 1],
  ['OrderRejected', 2],
])('the customer gets an email about %s', async (type, quantity) => {
  await setStock(scarceSku, 1)
  const { body: placed } = await placeOrder(customer.token, [{ sku: scarceSku, quantity }])
  const event = await eventually(`${type} of ${placed.orderId}`, async () =>
    (await trailOf(customer.token, placed.orderId)).find((each) => each.type === type),
  )
  expect(await settledNotice(event.id)).toMatchObject({ status: sent })
})

test('the sign-up created a profile, and its counters are updated by orders', async () => {
  const buyer = await newCustomer()
  const first = await placeOrder(buyer.token, [{ sku, quantity: 1 }])
  const second = await placeOrder(buyer.token, [{ sku, quantity: 1 }])
  const { body: me } = await api('GET', '/me', { token: buyer.token })
  expect(me).toMatchObject({ email: buyer.email, name: 'Test Buyer', orderCount: 2, lastOrderAt: second.body.placedAt })
  expect(await listed('/orders', buyer.token, ({ length }) => length === 2)).toEqual([
    second.body.orderId,
    first.body.orderId,
  ])
})

testWith('notifications')('a new customer gets a welcome', async () => {
  const { body: me } = await api('GET', '/me', { token: customer.token })
  expect(await settledNotice(`UserRegistered/${me.userId}/1`)).toMatchObject({ status: sent })
})

/** The parts of a response by which a client could distinguish two responses. */
const comparable = (problem: Record<string, unknown>) => ({
  ...problem,
  instance: undefined,
  requestId: undefined,
  correlationId: undefined,
})

test('staff read any order; another customer gets the same 404 as for an absent one', async () => {
  const other = await sharedCustomer('other')
  const { body: placed } = await placeOrder(customer.token, [{ sku, quantity: 1 }])
  const staff = await staffToken()
  expect((await api('GET', `/admin/orders/${placed.orderId}`, { token: staff })).body.orderId).toBe(placed.orderId)
  await listed('/admin/orders?limit=100', staff, (orderIds) => orderIds.includes(placed.orderId))

  const absentId = placed.orderId.slice(0, -4) + 'ZZZZ'
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/events'],
    ['POST', '/cancel'],
  ] as const) {
    const call = { token: other.token, headers: idempotencyHeaders() }
    const foreign = await api(method, `/orders/${placed.orderId}${path}`, call)
    const absent = await api(method, `/orders/${absentId}${path}`, call)
    expect(foreign.status).toBe(404)
    expect(comparable(foreign.body)).toEqual(comparable(absent.body))
  }
})

test('a customer cancels an order, and staff find it by status and email address', async () => {
  const buyer = await newCustomer()
  const { body: placed } = await placeOrder(buyer.token, [{ sku, quantity: 1 }])
  const key = idempotencyHeaders()
  const cancelled = await cancel(buyer.token, placed.orderId, key)
  expect(cancelled.status).toBe(200)
  expect(cancelled.body).toMatchObject({ orderId: placed.orderId, status: 'CANCELLED', reason: 'customer' })
  const again = await cancel(buyer.token, placed.orderId, key)
  expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([200, 'true', cancelled.body])
  expect((await cancel(buyer.token, placed.orderId)).body.code).toBe('order-not-cancellable')
  const back = await requestReturn(buyer.token, placed.orderId, [{ sku, quantity: 1 }])
  expect(back.body.code).toBe('order-not-returnable')

  const found = await listed(
    `/admin/orders?status=CANCELLED&email=${encodeURIComponent(buyer.email)}`,
    await staffToken(),
    ({ length }) => length === 1,
  )
  expect(found).toEqual([placed.orderId])
})

describe('idempotency', () => {
  test('the same key and body return the first response; another body is rejected', async () => {
    const key = randomUUID()
    const call = { token: customer.token, headers: { 'idempotency-key': key }, body: orderBody([{ sku, quantity: 1 }]) }
    const first = await api('POST', '/orders', call)
    const again = await api('POST', '/orders', call)
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(again.status).toBe(201)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.body).toEqual(first.body)

    const other = await api('POST', '/orders', { ...call, body: orderBody([{ sku, quantity: 2 }]) })
    expect(other.status).toBe(422)
    expect(other.body.code).toBe('idempotency-key-reused')
  })

  test('one key sent 20 times concurrently places one order', async () => {
    const buyer = await newCustomer()
    const call = {
      token: buyer.token,
      headers: { 'idempotency-key': randomUUID() },
      body: orderBody([{ sku, quantity: 1 }]),
    }
    const responses = await Promise.all(Array.from({ length: 20 }, () => api('POST', '/orders', call)))
    for (const response of responses) {
      expect([201, 409]).toContain(response.status)
      if (response.status === 409) expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    }
    const orderIds = new Set(
      responses.filter((response) => response.status === 201).map((response) => response.body.orderId),
    )
    expect(orderIds.size).toBe(1)
    expect(await listed('/orders', buyer.token, ({ length }) => length > 0)).toEqual([...orderIds])
    expect((await api('GET', '/me', { token: buyer.token })).body.orderCount).toBe(1)
  })
})

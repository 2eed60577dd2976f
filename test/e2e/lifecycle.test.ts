import { randomUUID } from 'node:crypto'
import { eventually } from '#scripts/lib/api-client.ts'
import { address, type Customer } from '#test/support/shop.ts'
import { isInstalled, testWith } from './installed.ts'
import { sent, settledNotice } from './notices.ts'
import { api, finished, newCustomer, setStock, skuOf, staffToken, stockOf } from './shop.ts'

/** The last status of an order that goes well, with the installed services. */
const goal = !isInstalled('payments') ? 'RESERVED' : isInstalled('shipping') ? 'DELIVERED' : 'PAID'

let buyer: Customer
let sku: string
let other: string

beforeAll(async () => {
  buyer = await newCustomer()
  sku = await skuOf(3)
  other = await skuOf(5)
  if (!isInstalled('inventory')) return
  await setStock(sku, 100)
  await setStock(other, 100)
})

const keyed = (body?: unknown) => ({
  token: buyer.token,
  headers: { 'idempotency-key': randomUUID() },
  ...(body === undefined ? {} : { body }),
})

async function place(fields: Record<string, unknown> = {}): Promise<any> {
  const items = [{ sku, quantity: 2 }]
  const answer = await api(
    'POST',
    '/orders',
    keyed({ items, shippingAddress: address, paymentToken: 'tok_ok', ...fields }),
  )
  expect(answer.status).toBe(201)
  return answer.body
}

const orderOf = async (orderId: string) => (await api('GET', `/orders/${orderId}`, { token: buyer.token })).body
const trailOf = async (orderId: string): Promise<{ id: string; type: string }[]> =>
  (await api('GET', `/orders/${orderId}/events?limit=100`, { token: buyer.token })).body.items
const typesOf = async (orderId: string) => (await trailOf(orderId)).map(({ type }) => type)

const reaches = (orderId: string, isThere: (order: any) => boolean, what: string) =>
  eventually(`order ${orderId} to be ${what}`, async () => {
    const order = await orderOf(orderId)
    return isThere(order) && order
  })
const becomes = (orderId: string, status: string) => reaches(orderId, (order) => order.status === status, status)

/** Every piece that the test took is where it was, as soon as every event has arrived. */
const returnsTo = (before: object, of = sku) =>
  eventually(`the stock of ${of} to be as before`, async () => {
    const { available, reserved, shipped } = await stockOf(of)
    return JSON.stringify({ available, reserved, shipped }) === JSON.stringify(before)
  })
const piecesOf = async (of = sku) => {
  const { available, reserved, shipped } = await stockOf(of)
  return { available, reserved, shipped }
}

testWith('inventory')(`an order goes well until it is ${goal}`, async () => {
  const before = await piecesOf(other)
  const placed = await place({ items: [{ sku: other, quantity: 3 }] })
  const order = await finished(buyer.token, placed.orderId)
  expect(order).toMatchObject({ status: goal, total: placed.total, refunded: { amount: 0 } })
  if (goal === 'DELIVERED') {
    expect(order.shipment).toEqual({ trackingNumber: expect.any(String), carrier: expect.any(String) })
    await returnsTo({ ...before, available: before.available - 3, shipped: before.shipped + 3 }, other)
  }
  const own = (await typesOf(order.orderId)).filter((type) => type.startsWith('Order'))
  const way = ['OrderPlaced', 'OrderReserved', 'OrderPaid', 'OrderShipped', 'OrderDelivered']
  expect(own).toEqual(way.slice(0, way.length - { RESERVED: 3, PAID: 2, DELIVERED: 0 }[goal]))
})

testWith('inventory', 'payments').each([
  ['tok_declined', 'declined'],
  ['tok_insufficient_funds', 'insufficient-funds'],
])('an order with %s ends as PAYMENT_FAILED, and its stock is free again', async (paymentToken, reason) => {
  const before = await piecesOf(other)
  const { orderId } = await place({ items: [{ sku: other, quantity: 1 }], paymentToken })
  expect(await becomes(orderId, 'PAYMENT_FAILED')).toMatchObject({ reason })
  await returnsTo(before, other)
})

testWith('inventory', 'payments').each(['tok_timeout_then_ok', 'tok_timeout_after_charge'])(
  'an order whose payment times out with %s is charged once',
  async (paymentToken) => {
    const { orderId } = await place({ paymentToken })
    await reaches(orderId, ({ status }) => ['PAID', 'SHIPPED', 'DELIVERED'].includes(status), 'paid')
    expect((await typesOf(orderId)).filter((type) => type === 'PaymentCaptured')).toHaveLength(1)
  },
)

describe('cancelling', () => {
  testWith('inventory', 'payments')('a paid order gives back its money and its stock', async () => {
    const before = await piecesOf(other)
    const { orderId, total } = await place({ items: [{ sku: other, quantity: 2 }] })
    await becomes(orderId, 'PAID')
    const call = keyed()
    const cancelled = await api('POST', `/orders/${orderId}/cancel`, call)
    expect(cancelled).toMatchObject({ status: 200, body: { orderId, status: 'CANCELLED', reason: 'customer' } })
    const again = await api('POST', `/orders/${orderId}/cancel`, call)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.body).toEqual(cancelled.body)
    const refunded = await reaches(orderId, (order) => order.refunded.amount > 0, 'refunded')
    expect(refunded).toMatchObject({ status: 'CANCELLED', refunded: total })
    await returnsTo(before, other)
    expect((await typesOf(orderId)).filter((type) => type === 'PaymentRefunded')).toHaveLength(1)
  })

  testWith('inventory')('an order right after it was placed leaves nothing reserved and nothing charged', async () => {
    const before = await piecesOf(other)
    const { orderId } = await place({ items: [{ sku: other, quantity: 2 }] })
    const { status, body } = await api('POST', `/orders/${orderId}/cancel`, keyed())
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'CANCELLED' })
    await returnsTo(before, other)
    await reaches(
      orderId,
      (order) => order.status === 'CANCELLED' && [0, order.total.amount].includes(order.refunded.amount),
      'settled',
    )
  })

  testWith(
    'inventory',
    'payments',
    'shipping',
  )('a shipped order is refused with the reason', async () => {
    const { orderId } = await place()
    await reaches(orderId, ({ status }) => ['SHIPPED', 'DELIVERED'].includes(status), 'shipped')
    const { status, body } = await api('POST', `/orders/${orderId}/cancel`, keyed())
    expect(status).toBe(409)
    expect(body.detail).toMatch(/SHIPPED|DELIVERED|shipped|delivered/)
    expect((await finished(buyer.token, orderId)).status).toBe('DELIVERED')
  })

  test('another customer’s order is as absent as one that never was', async () => {
    const stranger = await newCustomer()
    const { orderId } = await place()
    const headers = { 'idempotency-key': randomUUID() }
    expect((await api('POST', `/orders/${orderId}/cancel`, { token: stranger.token, headers })).status).toBe(404)
  })
})

describe('returning', () => {
  const test = testWith('inventory', 'payments', 'shipping')

  test('a part, then the rest: the refunds add up to the total, and the pieces are in stock again', async () => {
    const before = await piecesOf(other)
    const { orderId, total } = await place({ items: [{ sku: other, quantity: 3 }] })
    await becomes(orderId, 'DELIVERED')
    const staff = await staffToken()
    const send = (quantity: number) =>
      api('POST', `/orders/${orderId}/returns`, keyed({ items: [{ sku: other, quantity }], reason: 'Too many' }))
    const refund = () =>
      api('POST', `/admin/orders/${orderId}/refund`, { token: staff, headers: { 'idempotency-key': randomUUID() } })

    expect(await send(1)).toMatchObject({ status: 201, body: { status: 'RETURN_REQUESTED' } })
    expect((await send(1)).status).toBe(409)
    expect((await refund()).status).toBe(202)
    const partly = await becomes(orderId, 'DELIVERED')
    expect(partly.refunded.amount).toBeGreaterThan(0)
    expect(partly.refunded.amount).toBeLessThan(total.amount)

    expect((await send(3)).status).toBeGreaterThanOrEqual(400)
    expect((await send(2)).status).toBe(201)
    expect((await refund()).status).toBe(202)
    expect(await becomes(orderId, 'REFUNDED')).toMatchObject({ refunded: total })
    await returnsTo(before, other)
  })

  test('what staff reject leaves the order delivered, and nothing refunded', async () => {
    const { orderId } = await place()
    await becomes(orderId, 'DELIVERED')
    const items = [{ sku, quantity: 1 }]
    expect((await api('POST', `/orders/${orderId}/returns`, keyed({ items, reason: 'Changed my mind' }))).status).toBe(
      201,
    )
    const staff = await staffToken()
    const rejected = await api('POST', `/admin/orders/${orderId}/return-rejection`, {
      token: staff,
      headers: { 'idempotency-key': randomUUID() },
      body: { reason: 'It was used' },
    })
    expect(rejected.status).toBeLessThan(300)
    expect(await becomes(orderId, 'DELIVERED')).toMatchObject({ refunded: { amount: 0 } })
  })

  test('a shipped order, usually before it is delivered: the delivery is recorded, and staff decide', async () => {
    const before = await piecesOf(other)
    const { orderId, total } = await place({ items: [{ sku: other, quantity: 1 }], orderType: 'express' })
    await reaches(orderId, ({ status }) => ['SHIPPED', 'DELIVERED'].includes(status), 'shipped')
    const items = [{ sku: other, quantity: 1 }]
    const answer = await api('POST', `/orders/${orderId}/returns`, keyed({ items, reason: 'No longer needed' }))
    expect(answer).toMatchObject({ status: 201, body: { status: 'RETURN_REQUESTED' } })
    await reaches(orderId, (order) => order.deliveredAt !== undefined, 'delivered')
    expect((await orderOf(orderId)).status).toBe('RETURN_REQUESTED')
    const headers = { 'idempotency-key': randomUUID() }
    expect((await api('POST', `/admin/orders/${orderId}/refund`, { token: await staffToken(), headers })).status).toBe(
      202,
    )
    expect(await becomes(orderId, 'REFUNDED')).toMatchObject({ refunded: total })
    await returnsTo(before, other)
  })

  test('what was not ordered, or not shipped yet, is refused', async () => {
    const { orderId } = await place()
    const early = await api(
      'POST',
      `/orders/${orderId}/returns`,
      keyed({ items: [{ sku, quantity: 1 }], reason: 'No' }),
    )
    expect(early.status).toBe(409)
    await becomes(orderId, 'DELIVERED')
    for (const items of [[{ sku: other, quantity: 1 }], [{ sku, quantity: 3 }], []]) {
      const { status } = await api('POST', `/orders/${orderId}/returns`, keyed({ items, reason: 'No' }))
      expect([409, 422]).toContain(status)
    }
  })
})

describe('totals', () => {
  test('a quote is what is charged, and another expected total is refused with the current quote', async () => {
    const items = [{ sku, quantity: 2 }]
    const { body: quote } = await api('POST', '/quotes', { body: { items, country: address.country } })
    expect(quote.total.amount).toBe(quote.subtotal.amount - quote.discount.amount + quote.shipping.amount)
    const wrong = { ...quote.total, amount: quote.total.amount - 1 }
    const body = { items, shippingAddress: address, paymentToken: 'tok_ok' }
    const refused = await api('POST', '/orders', keyed({ ...body, expectedTotal: wrong }))
    expect(refused).toMatchObject({ status: 409, body: { code: 'total-changed', quote: { total: quote.total } } })
    const { subtotal, discount, shipping, tax, total } = quote
    expect(await place({ items, expectedTotal: total })).toMatchObject({ subtotal, discount, shipping, tax, total })
  })

  testWith('inventory', 'payments')('a use of a limited code comes back when the order is cancelled', async () => {
    const discountCode = `E2E-${randomUUID().slice(0, 8).toUpperCase()}`
    const staff = await staffToken()
    const discount = { percentage: 15, maximumUses: 1 }
    expect((await api('PUT', `/admin/discounts/${discountCode}`, { token: staff, body: discount })).status).toBe(200)
    const first = await place({ discountCode })
    expect(first.discount.amount).toBe(Math.floor((first.subtotal.amount * 15) / 100))
    const order = { items: [{ sku, quantity: 1 }], shippingAddress: address, paymentToken: 'tok_ok', discountCode }
    const second = await api('POST', '/orders', keyed(order))
    expect(second).toMatchObject({ status: 422, body: { code: 'discount-not-applicable' } })
    expect((await api('POST', `/orders/${first.orderId}/cancel`, keyed())).status).toBe(200)
    await eventually('the use to come back', async () => (await api('POST', '/orders', keyed(order))).status === 201)
  })
})

testWith('cart')('what is ordered leaves the cart, the rest stays', async () => {
  const shopper = await newCustomer()
  const call = (method: string, body?: unknown) =>
    api(method, '/cart', { token: shopper.token, ...(body === undefined ? {} : { body }) })
  expect((await call('GET')).body.items).toEqual([])
  const items = [
    { sku, quantity: 3 },
    { sku: other, quantity: 1 },
  ]
  expect((await call('PUT', { items })).body.items).toMatchObject(items)
  const ordered = { items: [{ sku, quantity: 2 }], shippingAddress: address, paymentToken: 'tok_ok' }
  const headers = { 'idempotency-key': randomUUID() }
  expect((await api('POST', '/orders', { token: shopper.token, headers, body: ordered })).status).toBe(201)
  await eventually('the ordered pieces to leave the cart', async () => {
    const { body } = await call('GET')
    return body.items.find((item: any) => item.sku === sku)?.quantity === 1 && body.items.length === 2
  })
})

testWith(
  'inventory',
  'payments',
  'notifications',
)('each change that a customer sees is an email', async () => {
  const { orderId } = await place({ paymentToken: 'tok_declined' })
  await becomes(orderId, 'PAYMENT_FAILED')
  const failed = (await trailOf(orderId)).find(({ type }) => type === 'OrderPaymentFailed')!
  expect(await settledNotice(failed.id)).toMatchObject({ status: sent })
})

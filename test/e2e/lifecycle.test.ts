import { eventually } from '#scripts/lib/api-client.ts'
import type { Customer } from '#test/support/shop.ts'
import { isInstalled, testWith } from './installed.ts'
import {
  api,
  becomes,
  cancel,
  finished,
  newCustomer,
  idempotencyHeaders,
  orderOf,
  placed,
  reaches,
  refund,
  requestReturn,
  setStock,
  skuOf,
  staffToken,
  stockOf,
  trailOf,
} from './shop.ts'

/** The last status of an order that goes well, with the installed services. */
const goal = !isInstalled('payments') ? 'RESERVED' : isInstalled('shipping') ? 'DELIVERED' : 'PAID'

let buyer: Customer
let token: string
let sku: string
/** For orders of tests that do not compare the stock: their last change of it may come during the next test. */
let other: string

beforeAll(async () => {
  buyer = await newCustomer()
  token = buyer.token
  sku = await skuOf(5)
  other = await skuOf(7)
  if (!isInstalled('inventory')) return
  await setStock(sku, 100)
  await setStock(other, 100)
})

const place = (quantity: number, fields: object = {}) => placed(token, [{ sku, quantity }], fields)
const placeOther = (quantity: number) => placed(token, [{ sku: other, quantity }])
const shipped = (orderId: string) => becomes(token, orderId, 'SHIPPED', 'DELIVERED')

const pieces = async () => {
  const { available, reserved, shipped: sent } = await stockOf(sku)
  return { available, reserved, shipped: sent }
}

/** Every piece that the test took is where it was, as soon as every event has arrived. */
const returnsTo = (before: object) =>
  eventually(
    `the stock of ${sku} to be as before`,
    async () => JSON.stringify(await pieces()) === JSON.stringify(before),
  )

testWith('inventory')(`an order goes well until it is ${goal}`, async () => {
  const before = await pieces()
  const { orderId, total } = await place(3)
  const order = await finished(token, orderId)
  expect(order).toMatchObject({ status: goal, total, refunded: { amount: 0 } })
  if (goal === 'DELIVERED') {
    expect(order.shipment).toEqual({ trackingNumber: expect.any(String), carrier: expect.any(String) })
    await returnsTo({ ...before, available: before.available - 3, shipped: before.shipped + 3 })
  }
  const types = (await trailOf(token, orderId)).map(({ type }) => type)
  const way = ['OrderPlaced', 'OrderReserved', 'OrderPaid', 'OrderShipped', 'OrderDelivered']
  expect(types.filter((type) => type.startsWith('Order'))).toEqual(
    way.slice(0, way.length - { RESERVED: 3, PAID: 2, DELIVERED: 0 }[goal]),
  )
})

describe('cancelling', () => {
  testWith('inventory', 'payments')('a paid order gives back its money and its stock', async () => {
    const before = await pieces()
    const { orderId, total } = await place(2)
    await becomes(token, orderId, 'PAID')
    expect(await cancel(token, orderId)).toMatchObject({
      status: 200,
      body: { orderId, status: 'CANCELLED', reason: 'customer' },
    })
    const refunded = await reaches(token, orderId, 'refunded', (order) => order.refunded.amount > 0)
    expect(refunded).toMatchObject({ status: 'CANCELLED', refunded: total })
    await returnsTo(before)
    const refunds = (await trailOf(token, orderId)).filter(({ type }) => type === 'PaymentRefunded')
    expect(refunds).toMatchObject([{ data: { amount: total, refunded: total } }])
  })

  testWith('inventory')('an order right after it was placed leaves nothing reserved and nothing charged', async () => {
    const before = await pieces()
    const { orderId } = await place(2)
    expect(await cancel(token, orderId)).toMatchObject({ status: 200, body: { status: 'CANCELLED' } })
    await returnsTo(before)
    await reaches(
      token,
      orderId,
      'settled',
      (order) => order.status === 'CANCELLED' && [0, order.total.amount].includes(order.refunded.amount),
    )
  })

  testWith(
    'inventory',
    'payments',
    'shipping',
  )('a shipped order is refused with the reason', async () => {
    const { orderId } = await placeOther(2)
    await shipped(orderId)
    const { status, body } = await cancel(token, orderId)
    expect(status).toBe(409)
    expect(body.detail).toMatch(/SHIPPED|DELIVERED|shipped|delivered/)
    expect((await finished(token, orderId)).status).toBe('DELIVERED')
  })
})

describe('returning', () => {
  const test = testWith('inventory', 'payments', 'shipping')
  const sendBack = (orderId: string, quantity: number, of = sku) =>
    requestReturn(token, orderId, [{ sku: of, quantity }])

  test('a part, then the rest: the refunds add up to the total, and the pieces are in stock again', async () => {
    const before = await pieces()
    const { orderId, total } = await place(3)
    await becomes(token, orderId, 'DELIVERED')

    expect(await sendBack(orderId, 1)).toMatchObject({ status: 201, body: { status: 'RETURN_REQUESTED' } })
    expect((await sendBack(orderId, 1)).status).toBe(409)
    expect((await refund(orderId)).status).toBe(202)
    const partly = await becomes(token, orderId, 'DELIVERED')
    expect(partly.refunded.amount).toBeGreaterThan(0)
    expect(partly.refunded.amount).toBeLessThan(total.amount)

    expect((await sendBack(orderId, 3)).status).toBeGreaterThanOrEqual(400)
    expect((await sendBack(orderId, 2)).status).toBe(201)
    expect((await refund(orderId)).status).toBe(202)
    expect(await becomes(token, orderId, 'REFUNDED')).toMatchObject({ refunded: total })
    await returnsTo(before)
  })

  test('what staff reject leaves the order delivered, and nothing refunded', async () => {
    const { orderId } = await placeOther(2)
    await becomes(token, orderId, 'DELIVERED')
    expect((await sendBack(orderId, 1, other)).status).toBe(201)
    const rejected = await api('POST', `/admin/orders/${orderId}/return-rejection`, {
      token: await staffToken(),
      headers: idempotencyHeaders(),
      body: { reason: 'It was used' },
    })
    expect(rejected.status).toBeLessThan(300)
    expect(await becomes(token, orderId, 'DELIVERED')).toMatchObject({ refunded: { amount: 0 } })
  })

  test('a shipped order, usually before it is delivered: the delivery is recorded, and staff decide', async () => {
    const before = await pieces()
    const { orderId, total } = await place(1, { orderType: 'express' })
    await shipped(orderId)
    expect(await sendBack(orderId, 1)).toMatchObject({ status: 201, body: { status: 'RETURN_REQUESTED' } })
    await reaches(token, orderId, 'delivered', (order) => order.deliveredAt !== undefined)
    expect((await orderOf(token, orderId)).status).toBe('RETURN_REQUESTED')
    expect((await refund(orderId)).status).toBe(202)
    expect(await becomes(token, orderId, 'REFUNDED')).toMatchObject({ refunded: total })
    await returnsTo(before)
  })

  test('what was not ordered, or not shipped yet, is refused', async () => {
    const { orderId } = await placeOther(2)
    expect((await sendBack(orderId, 1, other)).status).toBe(409)
    await becomes(token, orderId, 'DELIVERED')
    for (const items of [[{ sku, quantity: 1 }], [{ sku: other, quantity: 3 }], []]) {
      const { status } = await requestReturn(token, orderId, items)
      expect([409, 422]).toContain(status)
    }
  })
})

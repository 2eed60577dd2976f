import { randomUUID } from 'node:crypto'
import { eventually } from '#scripts/lib/api-client.ts'
import { orderBody } from '#test/support/shop.ts'
import { isInstalled, testWith } from './installed.ts'
import {
  allItems,
  api,
  becomes,
  cancel,
  decided,
  newCustomer,
  idempotencyHeaders,
  setStock,
  sharedCustomer,
  skuOf,
  staffToken,
} from './shop.ts'

/** Repeats the request while other orders of the customer or with the discount are being placed, or while it is throttled. */
async function placeOrder(token: string, body: object) {
  const headers = idempotencyHeaders()
  return eventually('the order to be placed or rejected', async () => {
    const response = await api('POST', '/orders', { token, headers, body })
    return response.status !== 503 && response.body.code !== 'order-contended' && response
  })
}

let sku: string
beforeAll(async () => {
  sku = await skuOf(10)
  if (isInstalled('inventory')) await setStock(sku, 1000)
})

async function newDiscount(terms: object): Promise<string> {
  const code = `E2E-${randomUUID().slice(0, 8)}`
  const response = await api('PUT', `/admin/discounts/${code}`, { token: await staffToken(), body: terms })
  expect([response.status, response.body.code]).toEqual([200, code])
  return code
}

async function usesOf(code: string): Promise<number | undefined> {
  const discounts = await allItems('/admin/discounts?limit=100', await staffToken())
  return discounts.find((discount) => discount.code === code)?.uses
}

test('an order costs what its quote said, and a changed total gets a response with the current quote', async () => {
  const { token } = await sharedCustomer()
  const items = [{ sku, quantity: 2 }]
  const { status, body: quote } = await api('POST', '/quotes', { body: { items, country: 'IE', orderType: 'express' } })
  expect(status).toBe(200)
  expect(quote.total.amount).toBe(quote.subtotal.amount - quote.discount.amount + quote.shipping.amount)
  expect(quote.tax.rate).toBe(0.23)
  expect(['in-stock', 'low', 'out-of-stock']).toContain(quote.items[0]!.availability)

  const order = { ...orderBody(items), orderType: 'express' }
  const wrong = await placeOrder(token, { ...order, expectedTotal: { ...quote.total, amount: quote.total.amount - 1 } })
  expect([wrong.status, wrong.body.code, wrong.body.quote?.total]).toEqual([409, 'total-changed', quote.total])
  const { body: placed } = await placeOrder(token, { ...order, expectedTotal: quote.total })
  for (const field of ['subtotal', 'discount', 'shipping', 'tax', 'total'] as const)
    expect(placed[field]).toEqual(quote[field])
})

test('a limited discount is given to no more orders than it allows', async () => {
  const { token } = await sharedCustomer()
  const discountCode = await newDiscount({ percentage: 10, maximumUses: 2 })
  const body = { ...orderBody([{ sku, quantity: 1 }]), discountCode }
  const responses = await Promise.all(Array.from({ length: 6 }, () => placeOrder(token, body)))
  const accepted = responses.filter(({ status }) => status === 201)
  expect(accepted).toHaveLength(2)
  for (const { body: order } of accepted) expect(order.discount.amount).toBe(Math.floor(order.subtotal.amount / 10))
  for (const { status, body: problem } of responses.filter(({ status: each }) => each !== 201)) {
    expect([status, problem.code]).toEqual([422, 'discount-not-applicable'])
  }
  await eventually('the uses of the discount', async () => (await usesOf(discountCode)) === 2)
})

/** Places an order with a code that has one use, which is given back by what happens to the order. */
async function expectGivenBack(
  ends: (place: (body: object) => ReturnType<typeof api>, token: string) => Promise<void>,
) {
  const { token } = await sharedCustomer()
  const discountCode = await newDiscount({ amount: { amount: 500, currency: 'EUR' }, maximumUses: 1 })
  await ends(async (body) => {
    const response = await placeOrder(token, { ...body, discountCode })
    expect([response.status, response.body.code]).toEqual([201, undefined])
    return response
  }, token)
  await eventually('the use that is given back', async () => (await usesOf(discountCode)) === 0)
}

testWith('inventory')('a rejected order gives the use of its discount back', async () => {
  const scarce = await skuOf(12)
  await setStock(scarce, 1)
  await expectGivenBack(async (place, token) => {
    const { body } = await place(orderBody([{ sku: scarce, quantity: 2 }]))
    expect((await decided(token, body.orderId)).status).toBe('REJECTED')
  })
})

testWith('inventory', 'payments')('an order that is not paid gives the use of its discount back', async () => {
  await expectGivenBack(async (place, token) => {
    const { body } = await place({ ...orderBody([{ sku, quantity: 1 }]), paymentToken: 'tok_declined' })
    await becomes(token, body.orderId, 'PAYMENT_FAILED')
  })
})

test('a cancelled order gives the use of its discount back', async () => {
  await expectGivenBack(async (place, token) => {
    const { body } = await place(orderBody([{ sku, quantity: 1 }]))
    const cancelled = await cancel(token, body.orderId)
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'CANCELLED'])
  })
})

testWith('cart')('ordered pieces leave the cart', async () => {
  const { token } = await newCustomer()
  const empty = await api('GET', '/cart', { token })
  expect([empty.status, empty.body.items]).toEqual([200, []])
  const [ordered, kept] = [sku, await skuOf(11)]
  const items = [
    { sku: ordered, quantity: 3 },
    { sku: kept, quantity: 1 },
  ]
  const { status, body: cart } = await api('PUT', '/cart', { token, body: { items } })
  expect(status).toBe(200)
  const totals = cart.items.map(({ lineTotal }) => lineTotal.amount)
  expect(cart.subtotal.amount).toBe(totals[0]! + totals[1]!)
  await placeOrder(token, orderBody([{ sku: ordered, quantity: 2 }]))
  await eventually('the cart without the ordered pieces', async () => {
    const { body } = await api('GET', '/cart', { token })
    const left = body.items.map((item) => [item.sku, item.quantity])
    return String(left) === String([ordered, 1, kept, 1])
  })
})

import { hasReached } from '#scripts/lib/api-client.ts'
import { randomUUID } from 'node:crypto'
import { testWith } from './installed.ts'
import { decided, newCustomer, placeOrder, setStock, skuOf, stockOf } from './shop.ts'

const buyers = process.env['TEST_FULL'] ? 400 : 100

testWith('inventory')(`${buyers} buyers of the last 10 pieces: exactly 10 get one`, async () => {
  const sku = await skuOf(2)
  const before = await stockOf(sku)
  await setStock(sku, 10)
  // Four customers with 25 orders each: contention on one stock and on each customer's counters, within the 30 orders a
  // minute that a stage may allow each customer.
  const customers = await Promise.all(Array.from({ length: 4 }, newCustomer))
  const placed = await Promise.all(
    Array.from({ length: buyers }, async (_, index) => {
      const { token } = customers[index % customers.length]!
      // One key for all attempts, so that an attempt whose response was lost does not place a second order.
      const headers = { 'idempotency-key': randomUUID() }
      const { status, body } = await retryWhenBusy(() => placeOrder(token, [{ sku, quantity: 1 }], headers))
      expect(status).toBe(201)
      return { token, orderId: body.orderId as string }
    }),
  )
  const orders = await Promise.all(placed.map(({ token, orderId }) => decided(token, orderId, 240_000)))
  expect(orders.filter(({ status }) => hasReached(status, 'RESERVED'))).toHaveLength(10)
  expect(orders.filter((order) => order.status === 'REJECTED')).toHaveLength(buyers - 10)
  const after = await stockOf(sku)
  expect(after.available).toBe(0)
  expect(after.reserved + after.shipped).toBe(before.reserved + before.shipped + 10)
})

/**
 * How a client should handle a 409 or 503 with Retry-After, and the 503 of API Gateway without it, when no execution
 * environment of a function is free.
 */
async function retryWhenBusy<T extends { status: number; headers: Headers }>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    const response = await call()
    const retryAfterSeconds = response.headers.get('retry-after') ?? (response.status === 503 ? 1 : null)
    if (retryAfterSeconds === null) return response
    await new Promise((resolve) => setTimeout(resolve, Number(retryAfterSeconds) * 1000))
  }
}

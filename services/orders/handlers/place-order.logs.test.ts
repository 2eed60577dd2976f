import { noPauses } from '#test/support/backoff.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createTestTable } from '#test/support/table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { codeRateTable } from '#services/pricing/code-rate-table.ts'
import { address, noon } from '../domain/order.fixture.ts'
import { placeOrderHandler } from './place-order.ts'

const logs = capturedLogs()

async function placeOne() {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS', email: 'ada@example.com', orderCount: 0 })
  const price = { amount: 1250, currency: 'EUR' }
  await table.put({ PK: 'PRODUCT#MUG-1', SK: 'PRODUCT', sku: 'MUG-1', name: 'A mug', price, status: 'active' })
  const handler = placeOrderHandler({
    codeRates: codeRateTable(table),
    placements: placementTable(table),
    customers: { register: async () => false },
    now: () => noon,
    ordersPerMinute: 600,
    backoff: noPauses(1),
  })
  const body = { items: [{ sku: 'MUG-1', quantity: 3 }], shippingAddress: address, paymentToken: 'tok_secret' }
  const headers = { 'idempotency-key': 'my-key', 'x-correlation-id': 'trace-me' }
  return callApi(handler, { customer: 'ada', path: '/orders', headers, body })
}

test('a request is logged in one line with its correlation id, and its metrics have the order type as dimension', async () => {
  expect((await placeOne()).status).toBe(201)
  const [line] = logs.lines().filter((each) => each['operation'] === 'placeOrder')
  expect(line).toMatchObject({ correlation_id: 'trace-me', status: 201 })
  const [measured] = logs.lines().filter((each) => '_aws' in each)
  expect(measured).toMatchObject({ OrderType: 'standard', OrderRevenue: 3750 + 450, ItemsSold: 3 })
})

test('neither personal data nor the payment token is logged', async () => {
  expect((await placeOne()).status).toBe(201)
  expect(logs.text()).toContain('trace-me')
  // A time such as 2026-11-28T12:23 contains a postal code.
  const text = logs.text().replaceAll(/"timestamp":"[^"]+"/g, '')
  for (const secret of ['tok_secret', address.name, address.line1, address.postalCode, 'example.com']) {
    expect(text).not.toContain(secret)
  }
})

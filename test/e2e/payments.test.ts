import { randomUUID } from 'node:crypto'
import { signatureOf } from '#shared/http/webhook.ts'
import { eventually } from '#scripts/lib/api-client.ts'
import { orderBody, type Customer } from '#test/support/shop.ts'
import { isInstalled, testWith } from './installed.ts'
import { api, orderOf, setStock, sharedCustomer, skuOf, stockOf } from './shop.ts'

let customer: Customer
let sku: string

beforeAll(async () => {
  customer = await sharedCustomer()
  sku = await skuOf(11)
  if (isInstalled('inventory')) await setStock(sku, 100)
})

async function place(paymentToken: string): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() }
  const body = { ...orderBody([{ sku, quantity: 1 }]), paymentToken }
  const placed = await api('POST', '/orders', { token: customer.token, headers, body })
  expect(placed.status).toBe(201)
  return placed.body.orderId
}

const orderIn = (orderId: string, ...statuses: string[]) =>
  eventually(`order ${orderId} to be ${statuses.join(' or ')}`, async () => {
    const order = await orderOf(customer.token, orderId)
    return statuses.includes(order.status) && order
  })

const eventsOf = async (orderId: string): Promise<any[]> =>
  (await api('GET', `/orders/${orderId}/events`, { token: customer.token })).body.items

const paid = ['PAID', 'SHIPPED', 'DELIVERED']

testWith('inventory', 'payments').each([['tok_ok'], ['tok_timeout_then_ok'], ['tok_timeout_after_charge']])(
  'an order with %s is charged its total, once',
  async (token) => {
    const orderId = await place(token)
    const { total } = await orderIn(orderId, ...paid)
    const captured = (await eventsOf(orderId)).filter(({ type }) => type === 'PaymentCaptured')
    expect(captured).toMatchObject([{ data: { orderId, amount: total } }])
    expect(JSON.stringify(await eventsOf(orderId))).not.toContain('tok_')
  },
)

testWith('inventory', 'payments').each([
  ['tok_declined', 'declined'],
  ['tok_insufficient_funds', 'insufficient-funds'],
  ['tok_of_someone', 'declined'],
])('an order with %s fails with %s, and gives its stock back', async (token, reason) => {
  const before = await stockOf(sku)
  const order = await orderIn(await place(token), 'PAYMENT_FAILED')
  expect(order).toMatchObject({ reason, refunded: { amount: 0 } })
  await eventually('the stock to be released', async () => (await stockOf(sku)).available === before.available)
})

testWith('inventory', 'payments')('an order that was paid and is cancelled is refunded its total', async () => {
  // The order may be sent before the request arrives.
  const orderId = await eventually('an order to be cancelled while it is paid', async () => {
    const id = await place('tok_ok')
    await orderIn(id, ...paid)
    const headers = { 'idempotency-key': randomUUID() }
    const { status } = await api('POST', `/orders/${id}/cancel`, { token: customer.token, headers })
    return status === 200 && id
  })
  const { total } = await orderOf(customer.token, orderId)
  await eventually('the refund', async () => {
    const { refunded } = await orderOf(customer.token, orderId)
    return refunded.amount === total.amount
  })
  const refunds = (await eventsOf(orderId)).filter(({ type }) => type === 'PaymentRefunded')
  expect(refunds).toMatchObject([{ data: { amount: total, refunded: total } }])
})

testWith('payments').each([
  ['no signature', undefined],
  ['another key', signatureOf('{}', { secret: 'a guess', time: new Date() })],
])('a report of the provider with %s is rejected before it is read', async (_, signature) => {
  const headers: Record<string, string> = signature === undefined ? {} : { 'sandbox-signature': signature }
  for (const body of ['{}', 'not JSON']) {
    const answer = await api('POST', '/webhooks/payments', { headers, body })
    expect([answer.status, answer.body.code]).toEqual([401, 'signature-invalid'])
  }
})

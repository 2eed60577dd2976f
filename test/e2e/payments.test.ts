import { signatureOf } from '#shared/http/webhook.ts'
import { eventually } from '#scripts/lib/api-client.ts'
import type { Customer } from '#test/support/shop.ts'
import { isInstalled, testWith } from './installed.ts'
import { api, becomes, placed, setStock, sharedCustomer, skuOf, stockOf, trailOf } from './shop.ts'

let customer: Customer
let sku: string

beforeAll(async () => {
  customer = await sharedCustomer()
  sku = await skuOf(11)
  if (isInstalled('inventory')) await setStock(sku, 100)
})

const place = async (paymentToken: string): Promise<string> =>
  (await placed(customer.token, [{ sku, quantity: 1 }], { paymentToken })).orderId

testWith('inventory', 'payments').each([['tok_ok'], ['tok_timeout_then_ok'], ['tok_timeout_after_charge']])(
  'an order with %s is charged its total, once',
  async (token) => {
    const orderId = await place(token)
    const { total } = await becomes(customer.token, orderId, 'PAID', 'SHIPPED', 'DELIVERED')
    const trail = await trailOf(customer.token, orderId)
    const captured = trail.filter(({ type }) => type === 'PaymentCaptured')
    expect(captured).toMatchObject([{ data: { orderId, amount: total } }])
    expect(JSON.stringify(trail)).not.toContain('tok_')
  },
)

testWith('inventory', 'payments').each([
  ['tok_declined', 'declined'],
  ['tok_insufficient_funds', 'insufficient-funds'],
  ['tok_of_someone', 'declined'],
])('an order with %s fails with %s, and gives its stock back', async (token, reason) => {
  const before = await stockOf(sku)
  const order = await becomes(customer.token, await place(token), 'PAYMENT_FAILED')
  expect(order).toMatchObject({ reason, refunded: { amount: 0 } })
  await eventually('the stock to be released', async () => (await stockOf(sku)).available === before.available)
})

testWith('payments').each([
  ['no signature', undefined],
  ['another key', signatureOf('{}', { secret: 'a guess', time: new Date() })],
])('a report of the provider with %s is rejected before it is read', async (_, signature) => {
  const headers: Record<string, string> = signature === undefined ? {} : { 'sandbox-signature': signature }
  for (const body of ['{}', 'not JSON']) {
    const response = await api('POST', '/webhooks/payments', { headers, body })
    expect([response.status, response.body.code]).toEqual([401, 'signature-invalid'])
  }
})

import { isInstalled, testWith } from './installed.ts'
import { api, decided, finished, newCustomer, placed, setStock, sharedCustomer, skuOf, staffToken } from './shop.ts'

let sku: string
beforeAll(async () => {
  sku = await skuOf(12)
  if (isInstalled('inventory')) await setStock(sku, 100)
})

testWith('inventory', 'payments', 'shipping').each(['standard', 'express'])(
  'a paid %s order is sent and delivered, and has a label and an invoice',
  async (orderType) => {
    const { token } = await sharedCustomer()
    const { orderId } = await placed(token, [{ sku, quantity: 2 }], { orderType })
    const order = await finished(token, orderId)
    expect(order).toMatchObject({
      status: 'DELIVERED',
      shipment: { trackingNumber: expect.stringMatching(/./), carrier: 'Sandbox' },
    })
    const staff = await staffToken()
    for (const [path, caller] of [
      [`/admin/orders/${orderId}/label`, staff],
      [`/admin/orders/${orderId}/invoice`, staff],
      [`/orders/${orderId}/invoice`, token],
    ] as const) {
      const response = await api('GET', path, { token: caller })
      expect(response.status).toBe(200)
      const file = await fetch(response.body.url)
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf'])
      expect((await fetch(response.body.url.split('?')[0]!)).status).toBe(403)
    }
    const { token: another } = await newCustomer()
    expect((await api('GET', `/orders/${orderId}/invoice`, { token: another })).status).toBe(404)
  },
)

testWith(
  'inventory',
  'payments',
  'shipping',
)('a rejected order has neither label nor invoice', async () => {
  const { token } = await sharedCustomer()
  await setStock(sku, 1)
  const { orderId } = await placed(token, [{ sku, quantity: 2 }])
  expect((await decided(token, orderId)).status).toBe('REJECTED')
  const staff = await staffToken()
  const label = await api('GET', `/admin/orders/${orderId}/label`, { token: staff })
  expect([label.status, label.body.code]).toEqual([409, 'no-shipment'])
  const invoice = await api('GET', `/orders/${orderId}/invoice`, { token })
  expect([invoice.status, invoice.body.code]).toEqual([409, 'no-invoice'])
})

testWith('shipping')('a report of the carrier without its signature is rejected', async () => {
  const body = { id: 'rep_1', type: 'parcel.delivered', data: { reference: 'ord_01KAHZ3V8G5WQ2N7R4X6T9B0CD' } }
  const response = await api('POST', '/webhooks/carrier', { body })
  expect([response.status, response.body.code]).toEqual([401, 'signature-invalid'])
})

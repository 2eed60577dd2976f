import { randomUUID } from 'node:crypto'
import { eventually } from '#scripts/lib/api-client.ts'
import { orderBody } from '#test/support/shop.ts'
import { isInstalled, testWith } from './installed.ts'
import { api, decided, orderOf, setStock, sharedCustomer, skuOf, staffToken, stockOf } from './shop.ts'

let sku: string
beforeAll(async () => {
  sku = await skuOf(13)
  if (isInstalled('inventory')) await setStock(sku, 100)
})

async function placeOrder(token: string, quantity: number, fields: object = {}): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() }
  const { status, body } = await api('POST', '/orders', {
    token,
    headers,
    body: { ...orderBody([{ sku, quantity }]), ...fields },
  })
  expect(status).toBe(201)
  return body.orderId
}

const becomes = (token: string, orderId: string, status: string) =>
  eventually(`order ${orderId} to be ${status}`, async () => (await orderOf(token, orderId)).status === status)

interface Movement {
  readonly available: number
  readonly reserved: number
  readonly shipped: number
  readonly type: string
  readonly actor?: string
  readonly orderIds: readonly string[]
}

async function ledger(): Promise<Movement[]> {
  const movements: Movement[] = []
  for (let cursor = ''; ;) {
    const path = `/admin/inventory/${sku}/movements?limit=100${cursor}`
    const { body } = await api('GET', path, { token: await staffToken() })
    movements.push(...body.items)
    if (!body.nextCursor) return movements
    cursor = `&cursor=${body.nextCursor}`
  }
}

/** Waits until the ledger and the stock are those, relative to the stock before. */
const moved = (
  before: Awaited<ReturnType<typeof stockOf>>,
  change: Record<'available' | 'reserved' | 'shipped', number>,
) =>
  eventually(`the stock to change by ${JSON.stringify(change)}`, async () => {
    const [stock, movements] = [await stockOf(sku), await ledger()]
    return (['available', 'reserved', 'shipped'] as const).every(
      (key) =>
        stock[key] === before[key] + change[key] &&
        movements.reduce((sum, movement) => sum + movement[key], 0) === stock[key],
    )
  })

testWith('inventory')('the pieces of a cancelled order are available again, and the ledger agrees', async () => {
  const { token } = await sharedCustomer()
  const before = await stockOf(sku)
  const orderId = await placeOrder(token, 3)
  // Otherwise the stock could still be as before, and change for a moment during the next test.
  await decided(token, orderId)
  const headers = { 'idempotency-key': randomUUID() }
  await eventually('the order to be cancelled', async () => {
    const answer = await api('POST', `/orders/${orderId}/cancel`, { token, headers })
    return answer.status === 200
  })
  await moved(before, { available: 0, reserved: 0, shipped: 0 })
})

testWith('inventory', 'payments')('the pieces of an order that is not paid are available again', async () => {
  const { token } = await sharedCustomer()
  const before = await stockOf(sku)
  const orderId = await placeOrder(token, 2, { paymentToken: 'tok_declined' })
  await becomes(token, orderId, 'PAYMENT_FAILED')
  await moved(before, { available: 0, reserved: 0, shipped: 0 })
  // The ledger is written for several movements at a time, after the stock.
  const types = await eventually('both movements of the order', async () => {
    const ofOrder = (await ledger()).filter(({ orderIds }) => orderIds.includes(orderId))
    return ofOrder.length >= 2 && ofOrder.map(({ type }) => type)
  })
  expect(types).toEqual(['released', 'reserved'])
})

testWith(
  'inventory',
  'payments',
  'shipping',
)('pieces are shipped with their order, and come back with its return', async () => {
  const { token } = await sharedCustomer()
  const before = await stockOf(sku)
  const orderId = await placeOrder(token, 3)
  await becomes(token, orderId, 'DELIVERED')
  await moved(before, { available: -3, reserved: 0, shipped: 3 })

  const returned = { items: [{ sku, quantity: 1 }], reason: 'One too many' }
  const key = () => ({ 'idempotency-key': randomUUID() })
  const requested = await api('POST', `/orders/${orderId}/returns`, { token, headers: key(), body: returned })
  expect(requested.status).toBe(201)
  const staff = await staffToken()
  expect((await api('POST', `/admin/orders/${orderId}/refund`, { token: staff, headers: key() })).status).toBe(202)
  await moved(before, { available: -2, reserved: 0, shipped: 2 })
})

testWith('inventory')(
  'staff see who adjusted a stock, which stocks are low, and stock no SKU without a product',
  async () => {
    const token = await staffToken()
    const path = `/admin/inventory/${sku}`
    const isLow = async () => {
      const skus: string[] = []
      for (let cursor = ''; ;) {
        const { body } = await api('GET', `/admin/inventory?low=true&limit=100${cursor}`, { token })
        skus.push(...body.items.map((stock) => stock.sku))
        if (!body.nextCursor) return skus.includes(sku)
        cursor = `&cursor=${body.nextCursor}`
      }
    }
    const { available } = await stockOf(sku)
    const raised = await api('PUT', path, {
      token,
      body: { add: 1, reason: 'Found one', lowStockThreshold: available + 1 },
    })
    expect(raised.body).toMatchObject({ available: available + 1, lowStockThreshold: available + 1 })
    await eventually('the stock to be listed as low', isLow)
    const movement = await eventually('the adjustment to be in the ledger', async () =>
      (await ledger()).find(({ type, available: pieces }) => type === 'adjusted' && pieces === 1),
    )
    expect(movement).toMatchObject({ reason: 'Found one', actor: expect.any(String) })
    await api('PUT', path, { token, body: { add: -1, lowStockThreshold: 0 } })
    await eventually('the stock to be listed as low no longer', async () => !(await isLow()))

    const unknown = await api('PUT', '/admin/inventory/NO-SUCH-PRODUCT', { token, body: { set: 1 } })
    expect([unknown.status, unknown.body.code]).toEqual([404, 'no-product'])
  },
)

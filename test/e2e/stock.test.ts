import { eventually } from '#scripts/lib/api-client.ts'
import { isInstalled, testWith } from './installed.ts'
import {
  allItems,
  api,
  becomes,
  placed,
  refund,
  requestReturn,
  setStock,
  sharedCustomer,
  skuOf,
  staffToken,
  stockOf,
} from './shop.ts'

let sku: string
beforeAll(async () => {
  sku = await skuOf(13)
  if (isInstalled('inventory')) await setStock(sku, 100)
})

interface Movement {
  readonly available: number
  readonly reserved: number
  readonly shipped: number
  readonly type: string
  readonly actor?: string
  readonly orderIds: readonly string[]
}

const ledger = async (): Promise<Movement[]> =>
  allItems(`/admin/inventory/${sku}/movements?limit=100`, await staffToken())

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

testWith('inventory', 'payments')('the pieces of an order that is not paid are available again', async () => {
  const { token } = await sharedCustomer()
  const before = await stockOf(sku)
  const { orderId } = await placed(token, [{ sku, quantity: 2 }], { paymentToken: 'tok_declined' })
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
  const { orderId } = await placed(token, [{ sku, quantity: 3 }])
  await becomes(token, orderId, 'DELIVERED')
  await moved(before, { available: -3, reserved: 0, shipped: 3 })

  expect((await requestReturn(token, orderId, [{ sku, quantity: 1 }])).status).toBe(201)
  expect((await refund(orderId)).status).toBe(202)
  await moved(before, { available: -2, reserved: 0, shipped: 2 })
})

testWith('inventory')(
  'staff see who adjusted a stock, which stocks are low, and stock no SKU without a product',
  async () => {
    const token = await staffToken()
    const path = `/admin/inventory/${sku}`
    const isLow = async () =>
      (await allItems('/admin/inventory?low=true&limit=100', token)).some((stock) => stock.sku === sku)
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

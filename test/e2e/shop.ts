import { randomUUID } from 'node:crypto'
import { eventually } from '#scripts/lib/api-client.ts'
import { deploymentUnderTest } from '#test/support/deployment-under-test.ts'
import { shopOf, type Line } from '#test/support/shop.ts'
import { isInstalled } from './installed.ts'

/** The deployment under test, set by scripts/commands/test-e2e.ts. */
export const {
  deployment,
  api,
  staffToken,
  orderOf,
  newCustomer,
  sharedCustomer,
  placeOrder,
  setStock,
  stockOf,
  skuOf,
  decided,
} = shopOf(deploymentUnderTest())

/** The statuses that no installed service changes. */
const finalStatuses = [
  'REJECTED',
  'PAYMENT_FAILED',
  'CANCELLED',
  'DELIVERED',
  'REFUNDED',
  ...(isInstalled('inventory') ? [] : ['PLACED']),
  ...(isInstalled('payments') ? [] : ['RESERVED']),
  ...(isInstalled('shipping') ? [] : ['PAID']),
]

/** Waits until the order is as `isThere` wants it; `what` describes that in the error of a timeout. */
export const reaches = (token: string, orderId: string, what: string, isThere: (order: any) => boolean): Promise<any> =>
  eventually(`order ${orderId} to be ${what}`, async () => {
    const order = await orderOf(token, orderId)
    return isThere(order) && order
  })

/** Waits until the order has one of the statuses. */
export const becomes = (token: string, orderId: string, ...statuses: readonly string[]): Promise<any> =>
  reaches(token, orderId, statuses.join(' or '), ({ status }) => statuses.includes(status))

/** Waits until the order has a status that no installed service changes. */
export const finished = (token: string, orderId: string): Promise<any> => becomes(token, orderId, ...finalStatuses)

/** Places an order that is accepted. */
export async function placed(token: string, items: readonly Line[], fields: object = {}): Promise<any> {
  const { status, body } = await placeOrder(token, items, {}, fields)
  expect(status).toBe(201)
  return body
}

/** Headers with a new idempotency key: a request that is repeated with them has one effect. */
export const idempotencyHeaders = () => ({ 'idempotency-key': randomUUID() })

export const cancel = (token: string, orderId: string, headers = idempotencyHeaders()) =>
  api('POST', `/orders/${orderId}/cancel`, { token, headers })

export const requestReturn = (token: string, orderId: string, items: readonly Line[]) =>
  api('POST', `/orders/${orderId}/returns`, {
    token,
    headers: idempotencyHeaders(),
    body: { items, reason: 'Not needed' },
  })

/** As staff decide on a return. */
export const refund = async (orderId: string) =>
  api('POST', `/admin/orders/${orderId}/refund`, { token: await staffToken(), headers: idempotencyHeaders() })

/** The items of all pages of a list, whose path has a query. */
export async function allItems(path: string, token?: string): Promise<any[]> {
  const items: unknown[] = []
  for (let cursor = ''; ;) {
    const { status, body } = await api('GET', `${path}${cursor}`, { token })
    expect(status).toBe(200)
    items.push(...body.items)
    if (!body.nextCursor) return items
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
  }
}

export interface TrailEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly time: string
  readonly data: Record<string, any>
}

/** The published events of an order. */
export const trailOf = async (token: string, orderId: string): Promise<TrailEvent[]> =>
  (await api('GET', `/orders/${orderId}/events?limit=100`, { token })).body.items

/** A new product, the most expensive one, so that the order of the others by price stays. */
export const sampleProduct = () => ({
  sku: `E2E-${randomUUID().slice(0, 8).toUpperCase()}`,
  name: 'Sample',
  description: 'Added by a test.',
  category: 'home',
  price: { amount: 10_000_000, currency: 'EUR' },
})

export async function archive(productId: string): Promise<void> {
  const call = { token: await staffToken(), headers: { 'if-match': '*' }, body: { status: 'archived' } }
  const { status, body } = await api('PATCH', `/admin/products/${productId}`, call)
  expect([status, body.status]).toEqual([200, 'archived'])
}

/**
 * For a test of what only an administrator may do, on this machine: in the local system, or another emulator that the
 * SDK's standard variable names. It is skipped, and reported by name, in a deployment on AWS.
 */
export const testLocally: typeof test = (deployment.awsEndpoint ?? process.env['AWS_ENDPOINT_URL']) ? test : test.skip

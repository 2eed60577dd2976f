import { randomUUID } from 'node:crypto'
import { callApi, eventually, type ApiAnswer, type ApiCall } from '#scripts/api-client.ts'
import { readDeployment, type Deployment } from '#scripts/deployment.ts'
import { signIn } from '#scripts/sign-in.ts'

/** The deployment under test; scripts/test-e2e.ts names it. */
export const deployment: Deployment = readDeployment(process.env['CARTWHEEL_OUTPUTS'] ?? 'CARTWHEEL_OUTPUTS')

export const api = (method: string, path: string, call?: ApiCall): Promise<ApiAnswer> =>
  callApi(deployment, method, path, call)

export interface Customer {
  readonly email: string
  readonly token: string
}

/** A customer nobody else uses. */
export async function newCustomer(): Promise<Customer> {
  const email = `buyer.${randomUUID()}@example.com`
  return { email, token: await signIn(deployment, { email, name: 'Test Buyer' }) }
}

let staff: Promise<string> | undefined
export const staffToken = (): Promise<string> =>
  (staff ??= signIn(deployment, { email: 'staff@example.com', group: 'staff' }))

export const address = {
  name: 'Test Buyer',
  line1: '1 Test Street',
  city: 'Cork',
  postalCode: 'T12 AB34',
  country: 'IE',
}

export interface Line {
  readonly sku: string
  readonly quantity: number
}

export const orderBody = (items: readonly Line[]) => ({ items, shippingAddress: address, paymentToken: 'tok_ok' })

export const placeOrder = (
  token: string,
  items: readonly Line[],
  headers: Record<string, string> = {},
): Promise<ApiAnswer> =>
  api('POST', '/orders', { token, headers: { 'idempotency-key': randomUUID(), ...headers }, body: orderBody(items) })

export async function setStock(sku: string, pieces: number): Promise<void> {
  const answer = await api('PUT', `/admin/inventory/${sku}`, {
    token: await staffToken(),
    body: { set: pieces, reason: 'test' },
  })
  if (answer.status !== 200) throw new Error(`The stock could not be set: ${JSON.stringify(answer.body)}`)
}

export async function stockOf(
  sku: string,
): Promise<{ available: number; reserved: number; shipped: number; received: number }> {
  return (await api('GET', `/admin/inventory/${sku}`, { token: await staffToken() })).body
}

/** The SKU of the nth product of the catalogue; each test file takes its own, since files share the stock. */
export async function skuOf(index: number): Promise<string> {
  const { body } = await api('GET', '/products?sort=price&limit=100')
  return body.items[index].sku
}

export const orderOf = async (token: string, orderId: string) =>
  (await api('GET', `/orders/${orderId}`, { token })).body

/** Waits until the stock has answered. */
export const decided = (token: string, orderId: string, timeoutMs?: number) =>
  eventually(
    `order ${orderId} to be reserved or rejected`,
    async () => {
      const order = await orderOf(token, orderId)
      return order.status !== 'PLACED' && order
    },
    timeoutMs,
  )

import { randomUUID } from 'node:crypto'
import { callApi, eventually, type ApiAnswer, type ApiCall } from '#scripts/lib/api-client.ts'
import type { Deployment } from '#scripts/lib/deployment.ts'
import { signIn } from '#scripts/lib/sign-in.ts'

export interface Customer {
  readonly email: string
  readonly token: string
}

export interface Line {
  readonly sku: string
  readonly quantity: number
}

export const address = {
  name: 'Test Buyer',
  line1: '1 Test Street',
  city: 'Cork',
  postalCode: 'T12 AB34',
  country: 'IE',
}

export const orderBody = (items: readonly Line[]) => ({ items, shippingAddress: address, paymentToken: 'tok_ok' })

/** Actions of tests in a deployment, as customers and as staff. */
export type Shop = ReturnType<typeof shopOf>

/**
 * @param deployment local or on AWS
 * @param signal cancels further requests
 */
export function shopOf(deployment: Deployment, signal?: AbortSignal) {
  const api = async (method: string, path: string, call?: ApiCall): Promise<ApiAnswer> => {
    signal?.throwIfAborted()
    return callApi(deployment, method, path, call)
  }

  let staff: Promise<string> | undefined
  const staffToken = (): Promise<string> =>
    // A new user: on AWS the password of an existing one may be unknown.
    (staff ??= signIn(deployment, { email: `staff.${randomUUID()}@example.com`, group: 'staff' }))

  const orderOf = async (token: string, orderId: string) => (await api('GET', `/orders/${orderId}`, { token })).body

  return {
    deployment,
    api,
    staffToken,
    orderOf,

    /** A new customer. */
    async newCustomer(): Promise<Customer> {
      const email = `buyer.${randomUUID()}@example.com`
      return { email, token: await signIn(deployment, { email, name: 'Test Buyer' }) }
    },

    placeOrder: (token: string, items: readonly Line[], headers: Record<string, string> = {}): Promise<ApiAnswer> =>
      api('POST', '/orders', {
        token,
        headers: { 'idempotency-key': randomUUID(), ...headers },
        body: orderBody(items),
      }),

    async setStock(sku: string, pieces: number): Promise<void> {
      const body = { set: pieces, reason: 'test' }
      const answer = await api('PUT', `/admin/inventory/${sku}`, { token: await staffToken(), body })
      if (answer.status !== 200) throw new Error(`The stock could not be set: ${JSON.stringify(answer.body)}`)
    },

    async stockOf(sku: string): Promise<{ available: number; reserved: number; shipped: number; received: number }> {
      return (await api('GET', `/admin/inventory/${sku}`, { token: await staffToken() })).body
    },

    /** The SKU of the nth product by price. Each test file uses its own, since they share the stock. */
    async skuOf(index: number): Promise<string> {
      const { body } = await api('GET', '/products?sort=price&limit=100')
      return body.items[index].sku
    },

    /** Waits until the order is reserved or rejected. */
    decided: (token: string, orderId: string, timeoutMs?: number) =>
      eventually(
        `order ${orderId} to be reserved or rejected`,
        async () => {
          const order = await orderOf(token, orderId)
          return order.status !== 'PLACED' && order
        },
        timeoutMs,
      ),
  }
}

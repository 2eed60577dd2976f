import { randomUUID } from 'node:crypto'
import { callApi, eventually, whenAdmitted, type ApiResponse, type ApiCall } from '#scripts/lib/api-client.ts'
import type { BodyOf, Method } from '#scripts/lib/api/responses.ts'
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

/** The run of a suite, whose files share users. Users of previous runs are not reused: their passwords may be unknown. */
const run = process.env['CARTWHEEL_RUN'] ?? randomUUID()

/** SES accepts emails to its mailbox simulator in every account, and delivers them to no inbox. */
const simulatorAddress = (label: string) => `success+${label}@simulator.amazonses.com`

/** Actions of tests in a deployment, as customers and as staff. */
export type Shop = ReturnType<typeof shopOf>

/**
 * @param deployment local or on AWS
 * @param signal cancels further requests
 * @param paymentToken of orders for which a test names none
 */
export function shopOf(deployment: Deployment, signal?: AbortSignal, paymentToken = 'tok_ok') {
  const api = async <const M extends Method, const Path extends string>(
    method: M,
    path: Path,
    call?: ApiCall,
  ): Promise<ApiResponse<BodyOf<M, Path>>> => {
    signal?.throwIfAborted()
    return whenAdmitted(() => callApi(deployment, method, path, call))
  }

  let staff: Promise<string> | undefined
  const staffToken = (): Promise<string> =>
    (staff ??= signIn(deployment, {
      email: simulatorAddress(`staff.${run}`),
      group: 'staff',
      isCreatedByAdministrator: true,
    }))

  const orderOf = async (token: string, orderId: string) => (await api('GET', `/orders/${orderId}`, { token })).body

  return {
    deployment,
    api,
    staffToken,
    orderOf,

    /** The same customer in all files of a run, for tests that do not depend on the customer's other orders. */
    async sharedCustomer(name = 'buyer'): Promise<Customer> {
      const email = simulatorAddress(`${name}.${run}`)
      return { email, token: await signIn(deployment, { email, name: 'Test Buyer' }) }
    },

    /** A new customer. On AWS each sign-up uses one of the 50 emails that Cognito sends a day without SES. */
    async newCustomer(email = simulatorAddress(`buyer.${randomUUID()}`)): Promise<Customer> {
      return { email, token: await signIn(deployment, { email, name: 'Test Buyer' }) }
    },

    placeOrder: (
      token: string,
      items: readonly Line[],
      headers: Record<string, string> = {},
      fields: object = {},
    ): Promise<ApiResponse> =>
      api('POST', '/orders', {
        token,
        headers: { 'idempotency-key': randomUUID(), ...headers },
        body: { ...orderBody(items), paymentToken, ...fields },
      }),

    async setStock(sku: string, pieces: number): Promise<void> {
      const body = { set: pieces, reason: 'test' }
      const response = await api('PUT', `/admin/inventory/${sku}`, { token: await staffToken(), body })
      if (response.status !== 200) throw new Error(`The stock could not be set: ${JSON.stringify(response.body)}`)
    },

    async stockOf(sku: string): Promise<{ available: number; reserved: number; shipped: number; received: number }> {
      return (await api('GET', `/admin/inventory/${sku}`, { token: await staffToken() })).body
    },

    /** The SKU of the nth product by price. Each test file uses its own, since they share the stock. */
    async skuOf(index: number): Promise<string> {
      const { body } = await api('GET', '/products?sort=price&limit=100')
      return body.items[index]!.sku
    },

    /** Waits until the order is reserved or rejected. */
    decided: (token: string, orderId: string, timeoutMs?: number) =>
      eventually(
        `order ${orderId} to be reserved or rejected`,
        async () => {
          const { status, body } = await api('GET', `/orders/${orderId}`, { token })
          return status === 200 && body.status !== 'PLACED' && body
        },
        timeoutMs,
      ),
  }
}

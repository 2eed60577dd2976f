import { randomUUID } from 'node:crypto'
import { apiClient, dataOf } from '../api/client.ts'
import { eventually, mailsTo, whenUncontended, type Mail } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { signIn } from '../sign-in.ts'

export interface Line {
  readonly sku: string
  readonly quantity: number
}

interface OrderOptions {
  readonly paymentToken?: string
  readonly discountCode?: string
  readonly expectedTotal?: { readonly amount: number; readonly currency: 'EUR' }
  readonly correlationId?: string
}

const address = {
  name: 'Ada Moreno',
  line1: '12 Harbour Lane',
  city: 'Galway',
  postalCode: 'H91 X2Y3',
  country: 'IE',
} as const

/** The header of a request that has one effect however often it is sent. */
export const once = () => ({ header: { 'idempotency-key': randomUUID() } })

/** A caller of the API with a token: the customer of the demo, or staff. */
export class Caller {
  readonly deployment: Deployment
  readonly email: string
  readonly token: string
  readonly api: ReturnType<typeof apiClient>

  private constructor(deployment: Deployment, email: string, token: string) {
    this.deployment = deployment
    this.email = email
    this.token = token
    this.api = apiClient(deployment, token)
  }

  static async signIn(deployment: Deployment, who: { email: string; name?: string; group?: string }): Promise<Caller> {
    return new Caller(deployment, who.email, await signIn(deployment, who))
  }

  place(items: readonly Line[], { correlationId, paymentToken = 'tok_ok', ...options }: OrderOptions = {}) {
    const body = { items: [...items], shippingAddress: address, paymentToken, ...options }
    const headers = correlationId === undefined ? {} : { 'x-correlation-id': correlationId }
    const params = once()
    return dataOf(whenUncontended(() => this.api.POST('/orders', { params, body, headers })))
  }

  /** Waits until the order has a status. @throws Error when it does not within a minute */
  reaches(orderId: string, status: string) {
    const look = async () => {
      const order = await dataOf(this.api.GET('/orders/{orderId}', { params: { path: { orderId } } }))
      return order.status === status && order
    }
    return eventually(`order ${orderId} to become ${status}`, look, 60_000)
  }

  mail(what: string, isIt: (mail: Mail) => boolean): Promise<Mail> {
    const look = async () => (await mailsTo(this.deployment, this.email)).find(isIt)
    return eventually(`the email about ${what}`, look, 60_000)
  }
}

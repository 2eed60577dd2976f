import { randomUUID } from 'node:crypto'
import { callApi, eventually, mailsTo, type ApiAnswer, type ApiCall, type Mail } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'
import { signIn } from '../sign-in.ts'

export interface Line {
  readonly sku: string
  readonly quantity: number
}

export interface OrderOptions {
  readonly paymentToken?: string
  readonly discountCode?: string
  readonly expectedTotal?: { readonly amount: number; readonly currency: string }
  readonly correlationId?: string
}

const address = { name: 'Ada Moreno', line1: '12 Harbour Lane', city: 'Galway', postalCode: 'H91 X2Y3', country: 'IE' }

/** Somebody who calls the API with a token: the customer of the demo, or staff. */
export class Caller {
  readonly deployment: Deployment
  readonly email: string
  readonly token: string

  private constructor(deployment: Deployment, email: string, token: string) {
    this.deployment = deployment
    this.email = email
    this.token = token
  }

  static async signIn(deployment: Deployment, who: { email: string; name?: string; group?: string }): Promise<Caller> {
    return new Caller(deployment, who.email, await signIn(deployment, who))
  }

  /** @returns the body. @throws CommandError for another status */
  async call(status: number, method: string, path: string, call: ApiCall = {}): Promise<any> {
    return (await expectStatus(status, callApi(this.deployment, method, path, { token: this.token, ...call }))).body
  }

  /** A request that takes an Idempotency-Key. */
  command(status: number, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<any> {
    return this.call(status, 'POST', path, {
      headers: { 'idempotency-key': randomUUID(), ...headers },
      ...(body === undefined ? {} : { body }),
    })
  }

  place(items: readonly Line[], { correlationId, paymentToken = 'tok_ok', ...options }: OrderOptions = {}) {
    const headers: Record<string, string> = correlationId ? { 'x-correlation-id': correlationId } : {}
    return this.command(201, '/orders', { items, shippingAddress: address, paymentToken, ...options }, headers)
  }

  order(orderId: string): Promise<any> {
    return this.call(200, 'GET', `/orders/${orderId}`)
  }

  /** Waits until the order has a status. @throws Error when it does not within a minute */
  reaches(orderId: string, status: string): Promise<any> {
    const look = async () => {
      const order = await this.order(orderId)
      return order.status === status && order
    }
    return eventually(`order ${orderId} to become ${status}`, look, 60_000)
  }

  mail(what: string, isIt: (mail: Mail) => boolean): Promise<Mail> {
    const look = async () => (await mailsTo(this.deployment, this.email)).find(isIt)
    return eventually(`the email about ${what}`, look, 60_000)
  }
}

export async function expectStatus(status: number, answer: ApiAnswer | Promise<ApiAnswer>): Promise<ApiAnswer> {
  const { status: actual, headers, body } = await answer
  if (actual !== status)
    throw new CommandError(`Expected ${status}, but the API responded with ${actual}: ${JSON.stringify(body)}`)
  return { status, headers, body }
}

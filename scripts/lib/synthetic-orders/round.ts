import { randomUUID } from 'node:crypto'
import { callApi, type ApiAnswer } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { probeName, probeProduct } from './probe.ts'
import type { Tally } from './tally.ts'

/** Half of what API Gateway waits for a function. */
const patienceMs = 15_000

export interface Round {
  readonly deployment: Deployment
  readonly token: string
  readonly tally: Tally
}

/**
 * What a customer does: looks at products, places an order, looks at it. Every call is counted, and a failed one ends the
 * round only where the next needs its answer.
 * @returns the id of the order; undefined when it was not placed
 */
export async function playRound(round: Round): Promise<string | undefined> {
  await call(round, 'GET', '/products', '/products?limit=5')
  await call(round, 'GET', '/products/{productId}', `/products/${probeProduct.productId}`)
  const placed = await call(round, 'POST', '/orders', '/orders', {
    headers: { 'idempotency-key': randomUUID() },
    body: {
      items: [{ sku: probeProduct.sku, quantity: 1 }],
      shippingAddress: { name: probeName, line1: 'Nowhere 1', city: 'Nowhere', postalCode: '0', country: 'IE' },
      paymentToken: 'tok_ok',
    },
  })
  const orderId: string | undefined = placed?.body.orderId
  if (orderId) {
    await call(round, 'GET', '/orders/{orderId}', `/orders/${orderId}`)
    await call(round, 'GET', '/orders/{orderId}/events', `/orders/${orderId}/events`)
  }
  await call(round, 'GET', '/orders', '/orders?limit=5')
  await call(round, 'GET', '/me', '/me')
  return orderId
}

/** @returns the answer, if it was the one of success */
async function call(
  { deployment, token, tally }: Round,
  method: string,
  route: string,
  path: string,
  what: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<ApiAnswer | undefined> {
  const name = `${method} ${route}`
  const startedAt = performance.now()
  try {
    const answer = await callApi(deployment, method, path, { ...what, token, signal: AbortSignal.timeout(patienceMs) })
    if (answer.status === (method === 'POST' ? 201 : 200)) {
      tally.add(name, { kind: 'answered', latencyMs: performance.now() - startedAt })
      return answer
    }
    tally.add(name, { kind: 'failed', why: `${answer.status}${answer.body?.code ? ` ${answer.body.code}` : ''}` })
  } catch (error) {
    tally.add(name, { kind: 'failed', why: reasonOf(error as Error) })
  }
  return undefined
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`
  return (error.cause as { code?: string } | undefined)?.code ?? error.message
}

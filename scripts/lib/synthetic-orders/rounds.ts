import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { callApi, type ApiResponse } from '../api-client.ts'
import type { Deployment } from '../deployment.ts'
import { probeName, probeProduct } from './probe.ts'
import type { Tally } from './tally.ts'

/** Half of API Gateway's timeout. */
const callTimeoutMs = 15_000

/** More concurrent rounds would only measure that the system is slow. */
const maxConcurrentRounds = 20

/** The maximum time until the last order is rejected. */
export const rejectionTimeoutMs = 60_000

interface Probe {
  readonly deployment: Deployment
  readonly token: string
  readonly tally: Tally
  readonly output: Pick<Console, 'log'>
}

/**
 * Starts a round at every interval until the duration is over or `stopped` resolves, and waits for running rounds.
 * @returns ids of the orders that were placed
 */
export async function runRounds(
  probe: Probe,
  { durationMs, intervalMs, stopped }: { durationMs: number; intervalMs: number; stopped: Promise<void> },
): Promise<string[]> {
  const running = new Set<Promise<void>>()
  const orders: string[] = []
  const over = Promise.withResolvers<void>()
  const begin = () => {
    if (running.size >= maxConcurrentRounds) {
      probe.tally.add('a round', { kind: 'failed', why: `${maxConcurrentRounds} earlier rounds were still running` })
      return
    }
    const round = runRound(probe).then((orderId) => {
      if (orderId) orders.push(orderId)
      running.delete(round)
    })
    running.add(round)
  }
  const rounds = setInterval(begin, intervalMs)
  const progress = setInterval(() => {
    const { failed, total } = probe.tally
    probe.output.log(`${orders.length} orders placed, ${failed} of ${total} calls failed so far`)
  }, 15_000)
  const timer = setTimeout(over.resolve, durationMs)
  begin()
  await Promise.race([over.promise, stopped])
  for (const handle of [rounds, progress, timer]) clearTimeout(handle)
  await Promise.all(running)
  return orders
}

/**
 * Simulates a customer: lists products, places an order, reads it. Every call is counted, and a failed call ends the
 * round only if the next call depends on its response.
 * @returns the id of the order; undefined when it was not placed
 */
async function runRound(probe: Probe): Promise<string | undefined> {
  await call(probe, 'GET', '/products', '/products?limit=5')
  await call(probe, 'GET', '/products/{productId}', `/products/${probeProduct.productId}`)
  const placed = await call(probe, 'POST', '/orders', '/orders', {
    headers: { 'idempotency-key': randomUUID() },
    body: {
      items: [{ sku: probeProduct.sku, quantity: 1 }],
      shippingAddress: { name: probeName, line1: 'Nowhere 1', city: 'Nowhere', postalCode: '0', country: 'IE' },
      paymentToken: 'tok_ok',
    },
  })
  const orderId: string | undefined = placed?.body.orderId
  if (orderId) {
    await call(probe, 'GET', '/orders/{orderId}', `/orders/${orderId}`)
    await call(probe, 'GET', '/orders/{orderId}/events', `/orders/${orderId}/events`)
  }
  await call(probe, 'GET', '/orders', '/orders?limit=5')
  await call(probe, 'GET', '/me', '/me')
  return orderId
}

/** @returns the response if it has the expected status */
async function call(
  { deployment, token, tally }: Probe,
  method: string,
  route: string,
  path: string,
  request: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<ApiResponse | undefined> {
  const name = `${method} ${route}`
  const startedAt = performance.now()
  try {
    const signal = AbortSignal.timeout(callTimeoutMs)
    const response = await callApi(deployment, method, path, { ...request, token, signal })
    if (response.status === (method === 'POST' ? 201 : 200)) {
      tally.add(name, { kind: 'succeeded', latencyMs: performance.now() - startedAt })
      return response
    }
    tally.add(name, { kind: 'failed', why: `${response.status}${response.body?.code ? ` ${response.body.code}` : ''}` })
  } catch (error) {
    tally.add(name, { kind: 'failed', why: reasonOf(error as Error) })
  }
  return undefined
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no response within ${callTimeoutMs / 1000} s`
  return (error.cause as { code?: string } | undefined)?.code ?? error.message
}

/** Waits until each order is rejected. @returns ids of the orders that are not rejected within {@link rejectionTimeoutMs} */
export async function waitForRejections({ deployment, token }: Probe, orders: readonly string[]): Promise<string[]> {
  const deadline = performance.now() + rejectionTimeoutMs
  let open = orders
  for (;;) {
    const stillOpen: string[] = []
    // One after the other, so that the checks add no significant load.
    for (const orderId of open) {
      if ((await statusOf(deployment, token, orderId)) !== 'REJECTED') stillOpen.push(orderId)
    }
    open = stillOpen
    if (open.length === 0 || performance.now() > deadline) return stillOpen
    await pause(500)
  }
}

async function statusOf(deployment: Deployment, token: string, orderId: string): Promise<string | undefined> {
  try {
    return (await callApi(deployment, 'GET', `/orders/${orderId}`, { token })).body.status
  } catch {
    return undefined
  }
}

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { callApi, eventually } from '#scripts/lib/api-client.ts'
import type { Deployment } from '#scripts/lib/deployment.ts'
import { quantile } from '#scripts/lib/quantile.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { orderBody, shopOf } from '#test/support/shop.ts'
import { processorSeconds, residentMemory } from './process-figures.ts'
import type { Measurement } from './table.ts'

/** So many that no customer reaches the rate limit of a customer. */
const customers = 40
/** Customers that order at the same time, each the next order as soon as the last one was accepted. */
const atOnce = 20
/** V8 optimizes the code, as in the first minute of a real session; it is not measured. */
const warmUpSeconds = 10
/** Then the environments start again that stopped while the system completed the orders of the warm-up. */
const restartSeconds = 3
/** The kernel goes through all pages of 30 processes for a sample. */
const sampleEveryMs = 3000
/** A system is idle below this share of one core, for longer than the delays of shipping in the stage `dev`. */
const idle = { share: 0.05, seconds: 8 }

export interface Shop {
  readonly deployment: Deployment
  readonly email: string
  readonly tokens: readonly string[]
  readonly sku: string
  reserved(): Promise<number>
}

export async function openShop(deployment: Deployment): Promise<Shop> {
  const shop = shopOf(deployment)
  const sku = await shop.skuOf(0)
  await shop.setStock(sku, 1_000_000)
  const emails = Array.from({ length: customers }, () => `bench.${randomUUID()}@example.com`)
  const tokens: string[] = []
  for (const email of emails) tokens.push(await signIn(deployment, { email }))
  const reserved = async () => {
    const stock = await shop.stockOf(sku)
    return stock.reserved + stock.shipped
  }
  return { deployment, email: emails[0]!, tokens, sku, reserved }
}

export async function place({ deployment, sku }: Shop, token: string): Promise<string> {
  const body = orderBody([{ sku, quantity: 1 }])
  // One key for all attempts, so that an order whose response was lost is not counted twice.
  const headers = { 'idempotency-key': randomUUID() }
  for (;;) {
    const response = await callApi(deployment, 'POST', '/orders', { token, headers, body })
    if (response.status === 201) return response.body.orderId
    const retryAfterSeconds = response.headers.get('retry-after')
    if (retryAfterSeconds === null) throw new Error(`An order was not accepted: ${JSON.stringify(response.body)}`)
    await setTimeout(Number(retryAfterSeconds) * 1000)
  }
}

/**
 * Places orders for `seconds` after a warm-up, samples the memory of the system meanwhile, and waits for all that follows from
 * the orders, up to the email about their delivery.
 */
export async function load(shop: Shop, processId: number, seconds: number): Promise<Measurement[]> {
  await placeFor(shop, warmUpSeconds)
  await becomesIdle(processId)
  const before = await shop.reserved()
  const processorBefore = processorSeconds(processId)
  const earlier = (await placeFor(shop, restartSeconds)).length
  const startedAt = performance.now()
  const samples = sampleMemory(processId)
  const latencies = await placeFor(shop, seconds)
  const acceptedSeconds = (performance.now() - startedAt) / 1000
  const orders = latencies.length
  await eventually('all orders to be RESERVED', async () => (await shop.reserved()) - before >= earlier + orders)
  const reservedSeconds = (performance.now() - startedAt) / 1000
  const processorPerOrder = () => ((processorSeconds(processId) - processorBefore) * 1000) / (earlier + orders)
  const reservedProcessor = processorPerOrder()
  const { host, functions } = await samples.stop()
  const doneSeconds = ((await becomesIdle(processId)) - startedAt) / 1000
  return [
    { name: 'orders accepted', value: orders / acceptedSeconds, unit: '/s' },
    { name: 'orders to RESERVED', value: orders / reservedSeconds, unit: '/s' },
    { name: 'order request to accepted under load, median', value: quantile(latencies, 0.5), unit: 'ms' },
    { name: 'orders to the last email about them', value: orders / doneSeconds, unit: '/s' },
    { name: 'processor time until RESERVED, per order', value: reservedProcessor, unit: 'ms' },
    { name: 'processor time with all that follows, per order', value: processorPerOrder(), unit: 'ms' },
    { name: 'memory of the host under load, largest', value: quantile(host, 1), unit: 'MiB' },
    { name: 'memory of a function process under load, median', value: quantile(functions, 0.5), unit: 'MiB' },
    { name: 'memory of a function process under load, largest', value: quantile(functions, 1), unit: 'MiB' },
  ]
}

/** @returns the milliseconds that each order took to be accepted */
async function placeFor(shop: Shop, seconds: number): Promise<number[]> {
  const latencies: number[] = []
  const endsAt = performance.now() + seconds * 1000
  let next = 0
  const keepOrdering = async () => {
    while (performance.now() < endsAt) {
      const startedAt = performance.now()
      await place(shop, shop.tokens[next++ % shop.tokens.length]!)
      latencies.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, keepOrdering))
  return latencies
}

/** @returns when the processes last had work, by `performance.now` */
async function becomesIdle(processId: number): Promise<number> {
  let [busyAt, last] = [performance.now(), processorSeconds(processId)]
  while (performance.now() - busyAt < idle.seconds * 1000) {
    await setTimeout(1000)
    const now = processorSeconds(processId)
    if (now - last > idle.share) busyAt = performance.now()
    last = now
  }
  return busyAt
}

function sampleMemory(processId: number) {
  const host: number[] = []
  const functions: number[] = []
  const stopped = new AbortController()
  const running = (async () => {
    while (!stopped.signal.aborted) {
      const memory = residentMemory(processId)
      host.push(memory.processMebibytes)
      functions.push(...memory.childrenMebibytes)
      await setTimeout(sampleEveryMs, undefined, { signal: stopped.signal }).catch(() => {})
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await running
      return { host, functions }
    },
  }
}

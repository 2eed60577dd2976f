import { discountKey } from '#services/pricing/keys.ts'
import type { Discount } from '#services/pricing/totals.ts'
import { callApi, type ApiCall } from '#test/support/api-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { codeRateTable } from '#services/pricing/code-rate-table.ts'
import { address, noon } from '../domain/order.fixture.ts'
import type { Customers, PlacementBasis } from '../ports.ts'
import { placeOrderHandler } from './place-order.ts'

export type Body = Record<string, unknown>

/** The handler on a table with the customer `ada` and a few products. */
export async function start({
  attempts = 6,
  ordersPerMinute = 600,
  register = async () => false,
}: { attempts?: number; ordersPerMinute?: number; register?: Customers['register'] } = {}) {
  const table = await createTestTable()
  let now = noon
  const pausesMs: number[] = []
  const product = (sku: string, amount: number, status = 'active') =>
    table.put({
      PK: `PRODUCT#${sku}`,
      SK: 'PRODUCT',
      sku,
      name: `The ${sku}`,
      price: { amount, currency: 'EUR' },
      status,
    })
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS', userId: 'ada', orderCount: 0 })
  await product('MUG-1', 1250)
  await product('TEA-1', 99)
  await product('OLD-1', 10, 'archived')
  const sleep = async (ms: number) => void pausesMs.push(ms)
  const placements = placementTable(table)
  let stale: PlacementBasis | undefined
  const handler = placeOrderHandler({
    codeRates: codeRateTable(table),
    placements: { ...placements, read: async (wanted) => (!wanted.consistent && stale) || placements.read(wanted) },
    customers: { register },
    now: () => now,
    ordersPerMinute,
    backoff: { attempts, baseMs: 10, maxMs: 100, random: () => 0.5, sleep },
  })
  const place = (body: unknown, call: ApiCall = {}) =>
    callApi(handler, {
      customer: 'ada',
      path: '/orders',
      body,
      ...call,
      headers: { 'idempotency-key': 'k', ...call.headers },
    })
  const setNow = (time: Date) => void (now = time)
  const discount = (code: string, terms: Partial<Discount>) =>
    table.put({ ...discountKey(code), code, uses: 0, version: 1, ...terms })
  const usesOf = async (code: string) => (await table.items()).find(({ PK }) => PK === discountKey(code).PK)?.['uses']
  /** From now on, reads that are not consistent show the prices and the customer of this moment. */
  const staleFromNow = async (wanted: { customerId?: string; skus: readonly string[]; discountCode?: string }) =>
    void (stale = await placements.read({ customerId: 'ada', ...wanted, consistent: true }))
  return { table, product, staleFromNow, discount, usesOf, place, pausesMs, handler, setNow }
}

export const order = (change: Body = {}): Body => ({
  items: [{ sku: 'MUG-1', quantity: 2 }],
  shippingAddress: address,
  paymentToken: 'tok_ok',
  ...change,
})

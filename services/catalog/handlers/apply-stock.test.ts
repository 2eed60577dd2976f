import { createEvent } from '#shared/events/envelope.ts'
import { StockChanged } from '#services/inventory/events.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { seededRandom } from '#test/support/random.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { productTable } from '../adapters/product-table.ts'
import { createdEvent, product } from '../ports.contract.ts'
import { applyStockHandler } from './apply-stock.ts'
import { getProductHandler, listProductsHandler } from './read-products.ts'

capturedLogs()

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
  for (const sku of ['MUG-1', 'MUG-2']) await productTable(table).create(product(sku), createdEvent(product(sku)))
})

/** The stock of a SKU after its versions 1, 2, …, as the events of these versions. */
const history = (availables: readonly number[], sku = 'MUG-1', thresholds: readonly (number | undefined)[] = []) =>
  availables.map((available, index) =>
    createEvent(StockChanged, {
      aggregateId: sku,
      aggregateVersion: index + 1,
      time: new Date('2026-05-01T10:00:00.000Z'),
      cause: { correlationId: 'c-1', causationId: 'r-1' },
      data: {
        sku,
        version: index + 1,
        available,
        reserved: 0,
        shipped: 0,
        change: { available: available - (availables[index - 1] ?? 0), reserved: 0, shipped: 0 },
        // Only staff change the threshold.
        reason: thresholds[index] === thresholds[index - 1] ? 'reserved' : 'adjusted',
        lowStockThreshold: thresholds[index],
        orderIds: [],
      },
    }),
  )

const deliver = (...events: ReturnType<typeof history>) =>
  applyStockHandler({ products: productTable(table), lowStockThreshold: 5 })(queueEvent(events))

const shown = async (isStockCounted = true, productId = 'mug-1') => {
  const view = { mediaUrl: 'https://m', isStockCounted }
  const { body } = await callApi(getProductHandler(productTable(table), view), { parameters: { productId } })
  return body.availability
}
const item = async () => (await table.items()).find(({ PK }) => PK === 'PRODUCT#MUG-1')!

test.each([
  [6, 'in-stock'],
  [5, 'low'],
  [1, 'low'],
  [0, 'out-of-stock'],
])('with %d available pieces and a threshold of 5, a product is %s', async (available, expected) => {
  await deliver(...history([9, available]))
  expect(await shown()).toBe(expected)
})

test('a SKU with a threshold of its own is low by that one, from the change of the threshold on', async () => {
  const [before, after] = history([9, 9])
  await deliver(before!)
  expect(await shown()).toBe('in-stock')
  await deliver({ ...after!, data: { ...after!.data, lowStockThreshold: 9 } })
  expect(await shown()).toBe('low')
})

test('without inventory every product is in stock, also one that was not when it was left out', async () => {
  expect([await shown(), await shown(false)]).toEqual(['in-stock', 'in-stock'])
  await deliver(...history([9, 0]))
  expect([await shown(), await shown(false)]).toEqual(['out-of-stock', 'in-stock'])
})

test('the threshold of the SKU counts, also when nothing but the threshold changes', async () => {
  await deliver(...history([9]))
  const [, raised, lowered] = history([9, 9, 9], 'MUG-1', [undefined, 9, 8]) as [any, any, any]
  await deliver(lowered)
  await deliver(raised)
  expect(await shown()).toBe('in-stock')
  const [, , , last] = history([9, 9, 9, 9], 'MUG-1', [undefined, 9, 8, 9]) as [any, any, any, any]
  await deliver(last)
  expect(await shown()).toBe('low')
})

test('a list shows the availability too', async () => {
  await deliver(...history([3]))
  const handler = listProductsHandler(productTable(table), { mediaUrl: 'https://m', isStockCounted: true })
  const { items } = (await callApi(handler, { path: '/products', query: { sort: 'price' } })).body
  expect(items.map(({ availability }: { availability: string }) => availability)).toEqual(['low', 'in-stock'])
})

test('the version does not change, and no event is published', async () => {
  const before = await item()
  await deliver(...history([9]))
  const { availability, stockVersion, ...after } = await item()
  const { events: _, eventId: __, ...unchanged } = before
  expect([availability, stockVersion, after]).toEqual(['in-stock', 1, unchanged])
})

test('a batch writes each product once', async () => {
  await deliver(...history([50, 49]), ...history([3, 2], 'MUG-2'))
  expect(table.calls('UpdateItem')).toBe(2)
  expect([await shown(), await shown(true, 'mug-2')]).toEqual(['in-stock', 'low'])
})

test('the stock of a SKU without a product is ignored', async () => {
  const { batchItemFailures } = await deliver(...history([9, 8], 'TEA-1'))
  expect(batchItemFailures).toEqual([])
  expect((await table.items()).some(({ PK }) => PK === 'PRODUCT#TEA-1')).toBe(false)
})

test('only the events of a product that cannot be written are delivered again', async () => {
  const throttled = async () => Promise.reject(new Error('throttled'))
  table.beforeNext('UpdateItem', throttled)
  const { batchItemFailures } = await deliver(...history([9, 3]), ...history([3], 'MUG-2'))
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m0', 'm1'])
  expect([await shown(), await shown(true, 'mug-2')]).toEqual(['in-stock', 'low'])
})

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'in any order, batches and with duplicates, the newest version of the stock wins (seed %d)',
  async (seed) => {
    const random = seededRandom(seed)
    const availables = Array.from({ length: 12 }, () => random.int(0, 8))
    const thresholds = availables.map(() => random.pick([undefined, 2, 5]))
    const events = history(availables, 'MUG-1', thresholds)
    const repeated = events.filter(() => random.int(0, 1) === 0)
    const shuffled = [...events, ...repeated]
      .map((event) => ({ event, rank: random.int(0, 1_000_000) }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ event }) => event)
    while (shuffled.length > 0) await deliver(...shuffled.splice(0, random.int(1, 4)))
    const last = availables.at(-1)!
    expect(await shown()).toBe(last === 0 ? 'out-of-stock' : last <= (thresholds.at(-1) ?? 5) ? 'low' : 'in-stock')
  },
)

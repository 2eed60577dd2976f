import { silence } from '#test/support/captured-logs.ts'
import { noPauses } from '#test/support/backoff.ts'
import { callApi } from '#test/support/api-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { movementTable } from '../adapters/movement-table.ts'
import { stockList, stockTable } from '../adapters/stock-table.ts'
import { noon, stockOf } from '../domain/stock.fixture.ts'
import { recordMovementsHandler } from './record-movements.ts'
import { adjustStockHandler, getStockHandler, listMovementsHandler, listStocksHandler } from './stock.ts'

silence()

async function inventory() {
  const table = await createTestTable()
  const ledger = stockTable(table)
  const backoff = noPauses(3)
  const hasProduct = async (sku: string) => sku !== 'NO-PRODUCT'
  const adjust = adjustStockHandler({ ledger, hasProduct, now: () => noon, backoff, lowStockThreshold: 2 })
  const get = getStockHandler(ledger)
  const list = listStocksHandler(stockList(table))
  const movements = listMovementsHandler(ledger, movementTable(table))
  const record = recordMovementsHandler(movementTable(table))
  await ledger.commit({ stocks: [{ stock: stockOf('MUG-1', 5, 3), events: [] }], reservations: [] })
  return {
    table,
    ledger,
    put: (body: unknown, sku = 'MUG-1', headers: Record<string, string> = {}) =>
      callApi(adjust, { staff: 'clerk', parameters: { sku }, body, headers }),
    get: (sku: string) => callApi(get, { staff: 'clerk', parameters: { sku } }),
    list: (query: Record<string, string> = {}) => callApi(list, { staff: 'clerk', query }),
    movements: (sku: string, query: Record<string, string> = {}) =>
      callApi(movements, { staff: 'clerk', parameters: { sku }, query }),
    /** Delivers the last StockChanged of each stock, twice. */
    async record() {
      const events = (await table.items()).flatMap((item) => (item['events'] ?? []) as any[])
      const changed = events.filter(({ type }) => type === 'StockChanged')
      expect(await record(queueEvent([...changed, ...changed]))).toEqual({ batchItemFailures: [] })
    },
  }
}

const shape = (available: number, reserved: number) => ({
  sku: 'MUG-1',
  available,
  reserved,
  shipped: 0,
  received: available + reserved,
})

test('staff set, add, remove and read pieces', async () => {
  const { put, get } = await inventory()
  expect(await put({ set: 10, reason: 'Stocktaking' })).toMatchObject({ status: 200, body: shape(10, 3) })
  expect((await put({ add: -2 })).body).toEqual(shape(8, 3))
  expect((await put({ add: 1 })).body).toEqual(shape(9, 3))
  expect((await put({ set: 9 })).body).toEqual(shape(9, 3))
  expect(await get('MUG-1')).toMatchObject({ status: 200, body: shape(9, 3) })
})

const once = { 'idempotency-key': 'delivery-7' }

test('an adjustment that is repeated with its key has one effect, even when it could not be made again', async () => {
  const { put, get } = await inventory()
  const first = await put({ add: -5 }, 'MUG-1', once)
  expect(first).toMatchObject({ status: 200, body: shape(0, 3) })
  expect(first.headers['idempotent-replayed']).toBeUndefined()
  const again = await put({ add: -5 }, 'MUG-1', once)
  expect(again).toMatchObject({ status: 200, body: shape(0, 3), headers: { 'idempotent-replayed': 'true' } })
  expect((await put({ add: 5 }, 'MUG-1', { 'idempotency-key': 'delivery-8' })).body).toEqual(shape(5, 3))
  expect((await get('MUG-1')).body).toEqual(shape(5, 3))
})

test('a key that was used for another body or another SKU is rejected, a failure does not use the key', async () => {
  const { put } = await inventory()
  expect(await put({ add: -6 }, 'MUG-1', once)).toMatchObject({ status: 409 })
  expect(await put({ set: 5 }, 'MUG-1', once)).toMatchObject({ status: 200, body: shape(5, 3) })
  for (const [body, sku] of [
    [{ set: 6 }, 'MUG-1'],
    [{ set: 5 }, 'TEA-1'],
  ] as const) {
    expect(await put(body, sku, once)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  }
  expect(await put({ set: 1 }, 'MUG-1', { 'idempotency-key': 'ä' })).toMatchObject({
    status: 400,
    body: { code: 'idempotency-key-malformed' },
  })
})

test('of requests with one key at the same time, one takes effect and all get its response', async () => {
  const { put, get } = await inventory()
  const responses = await Promise.all([1, 2, 3].map(() => put({ add: 2 }, 'MUG-1', once)))
  for (const response of responses) expect(response).toMatchObject({ status: 200, body: shape(7, 3) })
  expect((await get('MUG-1')).body).toEqual(shape(7, 3))
})

test('the stock stores who corrected it last and why', async () => {
  const { put, table } = await inventory()
  await put({ set: 10, reason: 'Stocktaking' })
  const item = (await table.items()).find(({ PK }) => PK === 'STOCK#MUG-1')!
  const lastCorrection = { staffId: 'clerk', reason: 'Stocktaking', time: noon.toISOString() }
  expect(item).toMatchObject({ lastCorrection })
})

test('the first adjustment of a SKU creates its stock and publishes StockReplenished', async () => {
  const { put, get, table } = await inventory()
  expect((await get('TEA-1')).status).toBe(404)
  expect((await put({ add: 4 }, 'TEA-1')).body).toMatchObject({ available: 4, received: 4 })
  const item = (await table.items()).find(({ PK }) => PK === 'STOCK#TEA-1')!
  expect(item['events']).toMatchObject([{ type: 'StockReplenished', data: { added: 4 } }, { type: 'StockChanged' }])
})

test.each<[string, unknown, number, string]>([
  ['removing more than is available', { add: -6 }, 409, 'stock-below-zero'],
  ['adding more than a stock can have', { add: 999_996 }, 409, 'stock-too-large'],
  ['a negative number', { set: -1 }, 422, 'validation-failed'],
  ['a fraction', { set: 1.5 }, 422, 'validation-failed'],
  ['a number over the limit', { set: 1_000_001 }, 422, 'validation-failed'],
  ['a number as a string', { add: '1' }, 422, 'validation-failed'],
  ['both set and add', { set: 1, add: 1 }, 422, 'validation-failed'],
  ['neither set nor add', { reason: 'Because' }, 422, 'validation-failed'],
  ['an unknown field', { set: 1, sku: 'TEA-1' }, 422, 'validation-failed'],
  ['a negative threshold', { set: 1, lowStockThreshold: -1 }, 422, 'validation-failed'],
  ['a reason with two lines', { set: 1, reason: 'a\nb' }, 422, 'validation-failed'],
  ['a reason that is too long', { set: 1, reason: 'x'.repeat(201) }, 422, 'validation-failed'],
  ['malformed JSON', '{"set": ', 400, 'malformed-json'],
])('%s is rejected and nothing is written', async (_, body, status, code) => {
  const { put, table } = await inventory()
  const before = await table.items()
  const response = await put(body)
  expect([response.status, response.body.code]).toEqual([status, code])
  expect(await table.items()).toEqual(before)
})

test('an invalid SKU cannot be stocked and has no stock', async () => {
  const { put, get } = await inventory()
  expect((await put({ set: 1 }, 'mug one')).body.errors[0].pointer).toBe('/path/sku')
  expect((await get('mug one')).status).toBe(404)
  expect((await get('x'.repeat(5000))).status).toBe(404)
})

test('an adjustment that conflicts with a reservation is applied to the new stock', async () => {
  const { put, ledger, table } = await inventory()
  table.beforeNext('TransactWriteItems', async () => {
    const stock = { ...stockOf('MUG-1', 1, 7), version: 2 }
    await ledger.commit({ stocks: [{ stock, events: [] }], reservations: [] })
  })
  expect((await put({ add: 1 })).body).toEqual(shape(2, 7))
  table.conflictNext('TransactWriteItems', 3)
  const response = await put({ add: 1 })
  expect([response.status, response.body.code, response.headers['retry-after']]).toEqual([409, 'stock-contended', '1'])
})

test('a SKU that no product has cannot be stocked', async () => {
  const { put, table } = await inventory()
  const before = await table.items()
  expect(await put({ set: 1 }, 'NO-PRODUCT')).toMatchObject({ status: 404, body: { code: 'no-product' } })
  expect(await table.items()).toEqual(before)
})

test('all stocks are listed by SKU, page by page, and low ones by themselves', async () => {
  const { put, list } = await inventory()
  for (const [sku, pieces] of Object.entries({ 'POT-1': 0, 'TEA-1': 2, 'TEA-2': 3 })) await put({ set: pieces }, sku)
  await put({ set: 10 })
  const skusOf = (body: any): string[] => body.items.map(({ sku }: { sku: string }) => sku)
  const first = await list({ limit: '3' })
  expect(skusOf(first.body)).toEqual(['MUG-1', 'POT-1', 'TEA-1'])
  const second = await list({ limit: '3', cursor: first.body.nextCursor, low: 'false' })
  expect([skusOf(second.body), second.body.nextCursor]).toEqual([['TEA-2'], undefined])
  expect(skusOf((await list({ low: 'true' })).body)).toEqual(['POT-1', 'TEA-1'])

  await put({ add: 1 }, 'TEA-1')
  await put({ add: 0, lowStockThreshold: 10 })
  const low = await list({ low: 'true' })
  expect(low.body.items).toMatchObject([{ ...shape(10, 3), lowStockThreshold: 10 }, { sku: 'POT-1' }])
  expect((await list({ low: 'true', limit: '1' })).body.nextCursor).toBeDefined()
  for (const query of [{ low: '' }, { low: 'yes' }, { Low: 'true' }] as Record<string, string>[]) {
    expect((await list(query)).status).toBe(422)
  }
  expect((await list({ cursor: 'x' })).status).toBe(400)
})

test('an order changes no entry of a stock in a list, unless the stock becomes low', async () => {
  const { put, table } = await inventory()
  const keysOf = async () => {
    const { GSI1PK, GSI1SK, GSI2PK, GSI2SK } = (await table.items()).find(({ PK }) => PK === 'STOCK#MUG-1')!
    return { GSI1PK, GSI1SK, GSI2PK, GSI2SK }
  }
  await put({ set: 10 })
  const before = await keysOf()
  expect(before).toMatchObject({ GSI1PK: expect.stringMatching(/^STOCKS#[0-7]$/), GSI1SK: 'MUG-1', GSI2PK: undefined })
  await put({ add: -7 })
  expect(await keysOf()).toEqual(before)
  await put({ add: -1 })
  expect(await keysOf()).toMatchObject({ ...before, GSI2PK: expect.stringMatching(/^LOWSTOCK#/), GSI2SK: 'MUG-1' })
})

test('the ledger has who changed a stock and why, newest first, each change once', async () => {
  const { put, movements, record } = await inventory()
  await put({ set: 10, reason: 'Stocktaking' })
  await record()
  await put({ add: -2 })
  await record()
  const first = await movements('MUG-1', { limit: '1' })
  const common = { sku: 'MUG-1', reserved: 0, shipped: 0, actor: 'clerk', orderIds: [], time: noon.toISOString() }
  expect(first.body.items).toEqual([{ ...common, version: 3, available: -2, type: 'adjusted', reason: 'adjusted' }])
  const second = await movements('MUG-1', { cursor: first.body.nextCursor })
  expect(second.body).toEqual({
    items: [{ ...common, version: 2, available: 5, type: 'adjusted', reason: 'Stocktaking' }],
  })
  expect((await movements('TEA-1')).status).toBe(404)
  expect((await movements('no sku')).status).toBe(404)
  expect((await movements('MUG-1', { cursor: 'x' })).status).toBe(400)
})

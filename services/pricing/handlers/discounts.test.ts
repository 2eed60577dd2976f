import * as z from 'zod'
import { silence } from '#test/support/captured-logs.ts'
import { OrderCancelled, OrderPaymentFailed, OrderRejected } from '#services/orders/events.ts'
import { euros } from '#shared/money.ts'
import { encodeCursor } from '#shared/http/page.ts'
import { noPauses } from '#test/support/backoff.ts'
import { callApi } from '#test/support/api-event.ts'
import { orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { discountTable } from '../adapters/discount-table.ts'
import { discountKey } from '../keys.ts'
import { StoredCode } from '../routes.ts'
import { listDiscountsHandler, putDiscountHandler } from './discounts.ts'
import { giveBackDiscountHandler } from './give-back-discount.ts'

silence()

async function start() {
  const table = await createTestTable()
  const discounts = discountTable(table)
  const [putHandler, listHandler] = [
    putDiscountHandler({ discounts, backoff: noPauses(5) }),
    listDiscountsHandler(discounts),
  ]
  return {
    table,
    put: (code: string, body: unknown, headers: Record<string, string> = {}) =>
      callApi(putHandler, { method: 'PUT', staff: 'clerk', parameters: { code }, headers, body }),
    list: (query: Record<string, string> = {}) => callApi(listHandler, { staff: 'clerk', query }),
    giveBack: giveBackDiscountHandler({ discounts, now: () => new Date(), backoff: noPauses(3) }),
    usesOf: async (code: string) => (await table.items()).find(({ PK }) => PK === discountKey(code).PK)!['uses'],
  }
}

test('staff create a discount, replace its terms and list it', async () => {
  const { put, list } = await start()
  const terms = { percentage: 15, minimumSubtotal: euros(2000), endsAt: '2026-12-01T00:00:00+01:00', maximumUses: 100 }
  const created = await put('SPRING-15', terms)
  expect([created.status, created.body]).toEqual([200, { code: 'SPRING-15', ...terms, uses: 0, version: 1 }])
  const replaced = { code: 'SPRING-15', amount: euros(500), uses: 0, version: 2 }
  const replacing = await put('SPRING-15', { amount: euros(500) }, { 'if-match': created.headers['etag']! })
  expect([replacing.headers['etag'], replacing.body]).toEqual(['"2"', replaced])
  await put('AUTUMN', { percentage: 100 })
  const first = await list({ limit: '1' })
  expect(first.body.items).toMatchObject([{ code: 'AUTUMN', percentage: 100 }])
  expect((await list({ cursor: first.body.nextCursor })).body).toEqual({ items: [replaced] })
})

test.each([
  ['empty', ''],
  ['no code', 'SPRING 15'],
  ['longer than any code', 'S'.repeat(41)],
  ['longer than a key in capital letters', '\u0390'.repeat(300)],
])('a cursor whose position is %s is a 400', async (_, position) => {
  const { list } = await start()
  expect(await list({ cursor: encodeCursor(position) })).toMatchObject({
    status: 400,
    body: { code: 'invalid-cursor' },
  })
})

test('a discount that the index has and the table does not return ends no list', async () => {
  const { table, put, list } = await start()
  for (const code of ['AUTUMN', 'SPRING']) await put(code, { percentage: 10 })
  table.beforeNext('BatchGetItem', () => table.remove(discountKey('AUTUMN')))
  const first = await list({ limit: '1' })
  expect(first.body).toEqual({ items: [], nextCursor: expect.any(String) })
  expect((await list({ cursor: first.body.nextCursor })).body.items).toMatchObject([{ code: 'SPRING' }])
  expect(table.requests('BatchGetItem')[0].RequestItems[table.name].ConsistentRead).toBe(true)
})

const createOnly = { 'if-none-match': '*' }

test('conditions that the stored version does not fulfil replace nothing', async () => {
  const { put, table } = await start()
  await put('WELCOME', { percentage: 10 }, createOnly)
  await put('WELCOME', { percentage: 20 }, { 'if-match': '"1"' })
  const before = await table.items()
  for (const [code, headers] of [
    ['WELCOME', { 'if-match': '"1"' }],
    ['welcome', createOnly],
    ['SPRING', { 'if-match': '*' }],
  ] as const) {
    const late = await put(code, { percentage: 30 }, headers)
    expect([late.status, late.body.code]).toEqual([412, 'version-changed'])
  }
  expect(await table.items()).toEqual(before)
})

test('of several changes at once one is stored, and of several creations; without a condition all of them', async () => {
  const { put } = await start()
  const statuses = async (headers: Record<string, string>, percentages: number[]) =>
    (await Promise.all(percentages.map((percentage) => put('WELCOME', { percentage }, headers))))
      .map(({ status }) => status)
      .toSorted((a, b) => a - b)
  expect(await statuses(createOnly, [10, 20, 30])).toEqual([200, 412, 412])
  expect(await statuses({ 'if-match': '"1"' }, [40, 50, 60])).toEqual([200, 412, 412])
  expect(await statuses({}, [70, 80, 90])).toEqual([200, 200, 200])
  expect((await put('WELCOME', { percentage: 100 })).body.version).toBe(6)
})

test('a request that is sent again, by the client or by the SDK, makes no other version', async () => {
  const { put, table } = await start()
  for (const [percentage, headers] of [
    [10, createOnly] as const,
    [20, { 'if-match': '"1"' }] as const,
    [30, {}] as const,
  ]) {
    const terms = { percentage, maximumUses: 5 }
    table.loseNextResponse('UpdateItem')
    const first = await put('WELCOME', terms, headers)
    expect(first.status).toBe(200)
    const again = await put('WELCOME', terms, headers)
    expect([again.status, again.headers['etag'], again.body]).toEqual([200, first.headers['etag'], first.body])
  }
})

test.each<[string, string, Record<string, unknown>, string]>([
  ['both reductions', 'CODE', { percentage: 1, amount: euros(1) }, ''],
  ['no reduction', 'CODE', { maximumUses: 1 }, ''],
  ['a percentage over 100', 'CODE', { percentage: 101 }, '/percentage'],
  ['a percentage of 0', 'CODE', { percentage: 0 }, '/percentage'],
  ['an amount of 0', 'CODE', { amount: euros(0) }, '/amount/amount'],
  ['no uses at all', 'CODE', { percentage: 1, maximumUses: 0 }, '/maximumUses'],
  ['uses of the client', 'CODE', { percentage: 1, uses: 0 }, '/uses'],
  ['a day without time', 'CODE', { percentage: 1, startsAt: '2026-12-01' }, '/startsAt'],
  [
    'an end before its start',
    'CODE',
    { percentage: 1, startsAt: '2026-12-01T00:00:00Z', endsAt: '2026-11-30T00:00:00Z' },
    '/endsAt',
  ],
  ['a code with spaces', 'TWO WORDS', { percentage: 1 }, '/path/code'],
  ['a short code', 'AB', { percentage: 1 }, '/path/code'],
])('a discount with %s is rejected with a pointer, and nothing is written', async (_, code, body, pointer) => {
  const { put, table } = await start()
  const response = await put(code, body)
  expect([response.status, response.body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
    422,
    [pointer],
  ])
  expect(await table.items()).toEqual([])
})

test('a code in small letters matches its description', () => {
  expect('welcome-10').toMatch(new RegExp(z.toJSONSchema(StoredCode).pattern!))
})

describe('an order that ends unsuccessfully', () => {
  const used = { discountCode: 'welcome', discountUseCounted: true } as const
  const rejected = { ...used, reason: 'out-of-stock' as const, shortages: [] }
  const withUses = async (uses: number) => {
    const world = await start()
    await world.table.put({
      ...discountKey('WELCOME'),
      code: 'WELCOME',
      percentage: 10,
      maximumUses: 5,
      uses,
      version: 1,
    })
    return world
  }

  test('gives its use of a limited code back, once, whichever event says so and however often', async () => {
    const { giveBack, usesOf } = await withUses(5)
    const events = [
      orderEvent(OrderCancelled, { ...used, orderId: 'ord_1', reason: 'customer' }),
      orderEvent(OrderRejected, { ...rejected, orderId: 'ord_2' }),
      orderEvent(OrderPaymentFailed, { ...used, orderId: 'ord_3', reason: 'declined' }),
    ]
    for (let delivery = 0; delivery < 2; delivery += 1) {
      expect(await giveBack(queueEvent(events))).toEqual({ batchItemFailures: [] })
    }
    expect(await usesOf('WELCOME')).toBe(2)
  })

  test('gives the uses of one code back one after the other', async () => {
    let atOnce = 0
    let most = 0
    const discounts = {
      ...discountTable(await createTestTable()),
      async giveBack() {
        most = Math.max(most, (atOnce += 1))
        await new Promise(setImmediate)
        atOnce -= 1
        return 'given-back' as const
      },
    }
    const handler = giveBackDiscountHandler({ discounts, now: () => new Date(), backoff: noPauses(1) })
    const events = ['ord_1', 'ord_2'].map((orderId) => orderEvent(OrderRejected, { ...rejected, orderId }))
    expect(await handler(queueEvent(events))).toEqual({ batchItemFailures: [] })
    expect(most).toBe(1)
  })

  test('gives nothing back when no use was counted', async () => {
    const { giveBack, usesOf } = await withUses(5)
    const { discountUseCounted: _, ...notCounted } = rejected
    expect(await giveBack(queueEvent([orderEvent(OrderRejected, notCounted)]))).toEqual({ batchItemFailures: [] })
    expect(await usesOf('WELCOME')).toBe(5)
  })

  test('is delivered again while orders keep counting uses of the same code', async () => {
    const { giveBack, table, usesOf } = await withUses(5)
    const event = queueEvent([orderEvent(OrderRejected, rejected)])
    table.conflictNext('TransactWriteItems', 3)
    expect(await giveBack(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    expect(await giveBack(event)).toEqual({ batchItemFailures: [] })
    expect(await usesOf('WELCOME')).toBe(4)
  })
})

import { silence } from '#test/support/captured-logs.ts'
import { euros } from '#shared/money.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { callApi } from '#test/support/api-event.ts'
import { address, noon } from '../domain/order.fixture.ts'
import { order, start, type Body } from './place-order.fixture.ts'

silence()

const lines = (count: number) => Array.from({ length: count }, () => ({ sku: 'MUG-1', quantity: 1 }))
const withItems = (...items: unknown[]) => order({ items })

afterEach(() => {
  jest.restoreAllMocks()
})

describe('a valid order', () => {
  test('returns 201 with its location and the prices of the catalog', async () => {
    const { place, table } = await start()
    const response = await place(
      withItems({ sku: 'MUG-1', quantity: 2 }, { sku: 'TEA-1', quantity: 1 }, { sku: 'MUG-1', quantity: 1 }),
    )
    expect(response.status).toBe(201)
    expect(response.body).toEqual({
      orderId: expect.stringMatching(/^ord_[0-9A-Z]{26}$/),
      status: 'PLACED',
      items: [
        { sku: 'MUG-1', name: 'The MUG-1', quantity: 3, unitPrice: euros(1250), lineTotal: euros(3750) },
        { sku: 'TEA-1', name: 'The TEA-1', quantity: 1, unitPrice: euros(99), lineTotal: euros(99) },
      ],
      subtotal: euros(3849),
      discount: euros(0),
      shipping: euros(450),
      tax: { rate: 0.23, amount: euros(804) },
      total: euros(4299),
      placedAt: noon.toISOString(),
      message: 'Order received',
    })
    expect(response.headers['location']).toBe(`/orders/${response.body.orderId}`)
    expect(response.headers['idempotent-replayed']).toBeUndefined()
    expect([table.calls('BatchGetItem'), table.calls('TransactWriteItems'), table.calls('GetItem')]).toEqual([1, 1, 0])
  })

  test('keeps the text of its address as it was sent', async () => {
    const { place, table } = await start()
    const shippingAddress = { ...address, name: ' Zoë\u200d ', line1: 'e\u0301 \u202b1' }
    const { body } = await place(order({ shippingAddress }))
    const stored = (await table.items()).find(({ SK, PK }) => SK === 'ORDER' && PK === `ORDER#${body.orderId}`)
    expect(stored!['shippingAddress']).toEqual(shippingAddress)
  })

  test('is counted once in the metrics of its type, and not again for a repeated request', async () => {
    const { place } = await start()
    const dimension = jest.spyOn(metrics, 'addDimension')
    const metric = jest.spyOn(metrics, 'addMetric')
    await place(order({ orderType: 'express' }))
    await place(order({ orderType: 'express' }))
    expect(dimension.mock.calls).toEqual([['OrderType', 'express']])
    expect(metric.mock.calls.map(([name, , value]) => [name, value])).toEqual([
      ['OrderRevenue', 2500 + 990],
      ['ItemsSold', 2],
    ])
  })

  test('can have fifty lines of ninety-nine pieces', async () => {
    const { place, product } = await start()
    const skus = Array.from({ length: 50 }, (_, index) => `SKU-${index}`)
    await Promise.all(skus.map((sku) => product(sku, 1)))
    const response = await place(withItems(...skus.map((sku) => ({ sku, quantity: 99 }))))
    expect([response.status, response.body.subtotal.amount]).toEqual([201, 50 * 99])
  })
})

describe('an invalid request is rejected with pointers, and nothing is written', () => {
  const huge = order({ paymentToken: 'x'.repeat(70_000) })
  const to = (change: Body) => order({ shippingAddress: { ...address, ...change } })

  test.each<[string, unknown, number, string, string[]]>([
    ['malformed JSON', '{"items": [', 400, 'malformed-json', []],
    ['no body', '', 400, 'malformed-json', []],
    ['a body over 64 KB', huge, 413, 'body-too-large', []],
    ['an array', [], 422, 'validation-failed', ['']],
    ['null', 'null', 422, 'validation-failed', ['']],
    ['an empty object', {}, 422, 'validation-failed', ['/items', '/shippingAddress', '/paymentToken']],
    ['an unknown field', order({ coupon: 'X' }), 422, 'validation-failed', ['/coupon']],
    [
      'an unknown field of a line',
      withItems({ sku: 'MUG-1', quantity: 1, price: 1 }),
      422,
      'validation-failed',
      ['/items/0/price'],
    ],
    ['an unknown field of the address', to({ planet: 'Earth' }), 422, 'validation-failed', ['/shippingAddress/planet']],
    ['no lines', withItems(), 422, 'validation-failed', ['/items']],
    ['lines that are not a list', order({ items: 'MUG-1' }), 422, 'validation-failed', ['/items']],
    ['51 lines', withItems(...lines(51)), 422, 'validation-failed', ['/items']],
    ['a quantity of 0', withItems({ sku: 'MUG-1', quantity: 0 }), 422, 'validation-failed', ['/items/0/quantity']],
    ['a negative quantity', withItems({ sku: 'MUG-1', quantity: -1 }), 422, 'validation-failed', ['/items/0/quantity']],
    [
      'a fractional quantity',
      withItems({ sku: 'MUG-1', quantity: 1.5 }),
      422,
      'validation-failed',
      ['/items/0/quantity'],
    ],
    ['a huge quantity', withItems({ sku: 'MUG-1', quantity: 1e21 }), 422, 'validation-failed', ['/items/0/quantity']],
    ['100 pieces', withItems({ sku: 'MUG-1', quantity: 100 }), 422, 'validation-failed', ['/items/0/quantity']],
    ['a quantity as text', withItems({ sku: 'MUG-1', quantity: '1' }), 422, 'validation-failed', ['/items/0/quantity']],
    [
      'equal lines that add up to 100',
      withItems({ sku: 'MUG-1', quantity: 99 }, { sku: 'MUG-1', quantity: 1 }),
      422,
      'validation-failed',
      ['/items/1/quantity'],
    ],
    ['a line without SKU', withItems({ quantity: 1 }), 422, 'validation-failed', ['/items/0/sku']],
    ['a malformed SKU', withItems({ sku: 'mug 1', quantity: 1 }), 422, 'validation-failed', ['/items/0/sku']],
    [
      'an unknown SKU',
      withItems({ sku: 'MUG-1', quantity: 1 }, { sku: 'NEVER', quantity: 1 }),
      422,
      'validation-failed',
      ['/items/1/sku'],
    ],
    ['an archived product', withItems({ sku: 'OLD-1', quantity: 1 }), 422, 'validation-failed', ['/items/0/sku']],
    [
      'an unknown SKU twice, after equal lines',
      withItems(...lines(2), { sku: 'NEVER', quantity: 1 }, { sku: 'NEVER', quantity: 1 }),
      422,
      'validation-failed',
      ['/items/2/sku', '/items/3/sku'],
    ],
    ['a country that is not served', to({ country: 'AQ' }), 422, 'validation-failed', ['/shippingAddress/country']],
    ['no postal code', to({ postalCode: undefined }), 422, 'validation-failed', ['/shippingAddress/postalCode']],
    ['no state', to({ country: 'US' }), 422, 'validation-failed', ['/shippingAddress/region']],
    ['an unassigned country code', to({ country: 'XX' }), 422, 'validation-failed', ['/shippingAddress/country']],
    ['a control character', to({ name: 'A\u0007' }), 422, 'validation-failed', ['/shippingAddress/name']],
    ['no city', to({ city: undefined }), 422, 'validation-failed', ['/shippingAddress/city']],
    ['an empty payment token', order({ paymentToken: '' }), 422, 'validation-failed', ['/paymentToken']],
    [
      'a payment token with a line break',
      order({ paymentToken: 'tok\nok' }),
      422,
      'validation-failed',
      ['/paymentToken'],
    ],
    ['an unknown order type', order({ orderType: 'drone' }), 422, 'validation-failed', ['/orderType']],
  ])('%s', async (_, body, status, code, pointers) => {
    const { place, table } = await start()
    const before = await table.items()
    const response = await place(body)
    expect([response.status, response.body.code]).toEqual([status, code])
    const named = new Set((response.body.errors ?? []).map((error: { pointer: string }) => error.pointer))
    expect([...named]).toEqual(pointers)
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(await table.items()).toEqual(before)
  })

  test.each<[string, Record<string, string>, number, string]>([
    ['an empty Idempotency-Key', { 'idempotency-key': '' }, 400, 'idempotency-key-malformed'],
    ['a key of 256 characters', { 'idempotency-key': 'x'.repeat(256) }, 400, 'idempotency-key-malformed'],
    ['a key with a control character', { 'idempotency-key': 'a\tb' }, 400, 'idempotency-key-malformed'],
    ['a key with a non-ASCII character', { 'idempotency-key': 'schlüssel' }, 400, 'idempotency-key-malformed'],
    ['another content type', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
  ])('%s', async (_, headers, status, code) => {
    const { place, table } = await start()
    const before = await table.items()
    const response = await place(order(), { headers })
    expect([response.status, response.body.code]).toEqual([status, code])
    expect(await table.items()).toEqual(before)
  })

  test('a missing key is reported before an invalid body', async () => {
    const { handler } = await start()
    const response = await callApi(handler, { customer: 'ada', body: '{"items": [' })
    expect([response.status, response.body.code]).toEqual([400, 'idempotency-key-required'])
  })

  test('a key of 255 printable characters is accepted', async () => {
    const { place } = await start()
    const key = `"~ !#${'k'.repeat(250)}`
    expect((await place(order(), { headers: { 'idempotency-key': key } })).status).toBe(201)
  })

  test.each([order(), withItems({ sku: 'NO-SUCH-SKU', quantity: 1 })])(
    'a customer without a profile, who deleted the account, receives 404 for %j',
    async (body) => {
      const { place, table } = await start()
      const before = await table.items()
      const response = await place(body, { customer: 'bob' })
      expect([response.status, response.body.code]).toEqual([404, 'account-deleted'])
      expect(await table.items()).toEqual(before)
    },
  )
})

describe('a customer whose sign-up created no profile', () => {
  const bob = { customer: 'bob', headers: { authorization: 'Bearer token-of-bob', 'x-correlation-id': 'trace-me' } }

  test('is registered once with their own token, and the order is placed and counted', async () => {
    const registered: string[] = []
    const { place, table } = await start({
      register: async (token, { correlationId }) => {
        registered.push(`${token} ${correlationId}`)
        await table.put({ PK: 'USER#bob', SK: 'COUNTERS', orderCount: 0 })
        return true
      },
    })
    expect((await place(order(), bob)).status).toBe(201)
    expect((await place(order(), { ...bob, headers: { ...bob.headers, 'idempotency-key': 'l' } })).status).toBe(201)
    expect(registered).toEqual(['token-of-bob trace-me'])
    expect((await table.items()).find(({ PK }) => PK === 'USER#bob')).toMatchObject({ orderCount: 2 })
  })

  test('is not meant when a stale read misses a profile of the last second', async () => {
    const { place, table, staleFromNow } = await start({ register: () => Promise.reject(new Error('is registered')) })
    await staleFromNow({ customerId: 'bob', skus: ['MUG-1'] })
    await table.put({ PK: 'USER#bob', SK: 'COUNTERS', orderCount: 0 })
    expect((await place(order(), bob)).status).toBe(201)
  })

  test('is asked to try again while users cannot respond', async () => {
    const { place } = await start({ register: () => Promise.reject(new ThrottledError('429')) })
    const response = await place(order(), bob)
    expect([response.status, response.headers['retry-after']]).toEqual([503, '1'])
  })
})

describe('a used Idempotency-Key', () => {
  test('returns the first response to the same request, even after a price changed', async () => {
    const { place, product, table } = await start()
    const first = await place(order())
    await product('MUG-1', 9999)
    const before = await table.items()
    const again = await place(order({ orderType: 'standard' }))
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(again.headers).toMatchObject({ location: first.headers['location'], 'idempotent-replayed': 'true' })
    expect(await table.items()).toEqual(before)
  })

  test('returns the first response even after the order has changed', async () => {
    const { place, table } = await start()
    const first = await place(order())
    const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    await table.put({ ...item, status: 'REFUNDED', version: 9, refunded: item['total'], reason: 'any' })
    const again = await place(order())
    expect([again.status, again.body]).toEqual([201, first.body])
  })

  test('returns the first response even after the product was archived', async () => {
    const { place, product } = await start()
    const first = await place(order())
    await product('MUG-1', 1250, 'archived')
    const again = await place(order())
    expect([again.status, again.body]).toEqual([201, first.body])
    const other = await place(withItems({ sku: 'MUG-1', quantity: 3 }))
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused'])
  })

  test.each<[string, Body]>([
    ['quantity', withItems({ sku: 'MUG-1', quantity: 3 })],
    ['address', order({ shippingAddress: { ...address, line1: 'Main Street 2' } })],
    ['payment token', order({ paymentToken: 'tok_other' })],
    ['order type', order({ orderType: 'express' })],
    ['discount code', order({ discountCode: 'NONE' })],
    ['expected total', order({ expectedTotal: euros(1) })],
  ])('is rejected with a different %s', async (_, body) => {
    const { place, table } = await start()
    await place(order())
    const before = await table.items()
    const response = await place(body)
    expect([response.status, response.body.code]).toEqual([422, 'idempotency-key-reused'])
    expect(await table.items()).toEqual(before)
  })

  test('belongs to the customer', async () => {
    const { place, table } = await start()
    await table.put({ PK: 'USER#bob', SK: 'COUNTERS', userId: 'bob', orderCount: 0 })
    const first = await place(order())
    const second = await place(order(), { customer: 'bob' })
    expect([second.status, second.headers['idempotent-replayed']]).toEqual([201, undefined])
    expect(second.body.orderId).not.toBe(first.body.orderId)
  })

  test('places one order for twenty concurrent requests, which receive its response or may repeat the request', async () => {
    const { place, table } = await start()
    const responses = await Promise.all(Array.from({ length: 20 }, () => place(order())))
    const placed = responses.filter(({ status }) => status === 201)
    expect(new Set(placed.map(({ body }) => body.orderId)).size).toBe(1)
    expect(placed.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    const contended = responses.filter(({ status, headers }) => status === 409 && headers['retry-after'] === '1')
    expect(placed.length + contended.length).toBe(responses.length)
    expect((await place(order())).headers['idempotent-replayed']).toBe('true')
    expect((await table.items()).find((item) => item.PK === 'USER#ada')).toMatchObject({ orderCount: 1 })
  })

  test('places a new order after seven days', async () => {
    const { place, product, setNow } = await start()
    const first = await place(order())
    setNow(new Date(noon.getTime() + 7 * 24 * 60 * 60 * 1000))
    const second = await place(order())
    expect(second.status).toBe(201)
    expect(second.headers['idempotent-replayed']).toBeUndefined()
    expect(second.body.orderId).not.toBe(first.body.orderId)
    const again = await place(order())
    expect([again.status, again.body, again.headers['idempotent-replayed']]).toEqual([201, second.body, 'true'])
    // Also when it places no order, since the product is archived.
    await product('MUG-1', 1250, 'archived')
    expect((await place(order())).body).toEqual(second.body)
    setNow(new Date(noon.getTime() + 14 * 24 * 60 * 60 * 1000))
    expect((await place(order())).status).toBe(422)
  })
})

describe('a conflict with another transaction', () => {
  test('is retried after a pause, and the order is placed once', async () => {
    const { place, table, pausesMs } = await start()
    table.conflictNext('TransactWriteItems', 2)
    const response = await place(order())
    expect(response.status).toBe(201)
    expect(response.headers['idempotent-replayed']).toBeUndefined()
    expect(pausesMs).toEqual([5, 10])
    expect((await table.items()).filter((item) => item.SK === 'ORDER')).toHaveLength(1)
  })

  test('that persists returns 409 with Retry-After, and nothing is written', async () => {
    const { place, table } = await start({ attempts: 3 })
    const before = await table.items()
    table.conflictNext('TransactWriteItems', 3)
    const response = await place(order())
    expect([response.status, response.body.code]).toEqual([409, 'order-contended'])
    expect(response.headers['retry-after']).toBe('1')
    expect(await table.items()).toEqual(before)
  })
})

describe("the customer's own rate limit", () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } })
  const laterBy = (seconds: number) => new Date(noon.getTime() + seconds * 1000)

  test('rejects further orders within a minute with 429 and Retry-After, and writes nothing for them', async () => {
    const { place, table, setNow } = await start({ ordersPerMinute: 2 })
    for (const key of ['a', 'b']) expect((await place(order(), keyed(key))).status).toBe(201)
    setNow(laterBy(15))
    const writes = table.calls('TransactWriteItems')
    const { status, headers, body } = await place(order(), keyed('c'))
    expect([status, headers['retry-after'], body.code]).toEqual([429, '45', 'rate-limited'])
    expect(table.calls('TransactWriteItems')).toBe(writes)
    setNow(laterBy(60))
    expect((await place(order(), keyed('c'))).status).toBe(201)
  })

  test('replays an order that was placed, also when it is used up', async () => {
    const { place } = await start({ ordersPerMinute: 1 })
    const first = await place(order(), keyed('a'))
    const again = await place(order(), keyed('a'))
    expect([again.status, again.body, again.headers['idempotent-replayed']]).toEqual([201, first.body, 'true'])
    expect((await place(order({ orderType: 'express' }), keyed('a'))).body.code).toBe('idempotency-key-reused')
  })

  test('holds for concurrent orders', async () => {
    const { place, table } = await start({ ordersPerMinute: 7, attempts: 100 })
    const keys = Array.from({ length: 30 }, (_, index) => keyed(`k-${index}`))
    const responses = await Promise.all(keys.map((key) => place(order(), key)))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(7)
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(23)
    const counters = (await table.items()).find(({ SK }) => SK === 'COUNTERS')
    expect(counters).toMatchObject({ orderCount: 7, orderRate: { minute: '2026-11-20T12:00', requests: 7 } })
  })

  test('holds when a stale read misses the orders of the last second', async () => {
    const { place, table, staleFromNow, pausesMs } = await start({ ordersPerMinute: 2 })
    await staleFromNow({ skus: ['MUG-1'] })
    expect((await place(order(), keyed('a'))).status).toBe(201)
    expect((await place(order(), keyed('b'))).status).toBe(201)
    expect(pausesMs).toHaveLength(1)
    expect((await place(order(), keyed('c'))).status).toBe(429)
    expect((await table.items()).find(({ SK }) => SK === 'COUNTERS')).toMatchObject({ orderCount: 2 })
  })

  test('does not count rejected requests', async () => {
    const { place } = await start({ ordersPerMinute: 1 })
    await place(withItems({ sku: 'NEVER-1', quantity: 1 }), keyed('a'))
    await place(order({ orderType: 'overnight' }), keyed('b'))
    expect((await place(order(), keyed('c'))).status).toBe(201)
  })
})

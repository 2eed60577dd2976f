import { silence } from '#test/support/captured-logs.ts'
import { euros } from '#shared/money.ts'
import { callApi } from '#test/support/api-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { discountTable } from '../adapters/discount-table.ts'
import { codeRateTable } from '../code-rate-table.ts'
import { priceTable } from '../price-table.ts'
import { createQuoteHandler } from './quotes.ts'

silence()

const noon = new Date('2026-11-20T12:00:00.000Z')

afterEach(() => {
  delete process.env['DISTRIBUTION_KEY']
})

async function start() {
  const table = await createTestTable()
  const product = { PK: 'PRODUCT#MUG-1', SK: 'PRODUCT', sku: 'MUG-1', name: 'The MUG-1', status: 'active' }
  await table.put({ ...product, price: euros(1250), availability: 'low' })
  await discountTable(table).put({ code: 'WELCOME', percentage: 10 }, 1)
  const handler = createQuoteHandler({ prices: priceTable(table), codeRates: codeRateTable(table), now: () => noon })
  const quote = (body: unknown, headers: Record<string, string> = {}) =>
    callApi(handler, { method: 'POST', path: '/quotes', body, headers })
  return { table, quote }
}

const basket = (change: Record<string, unknown> = {}) => ({
  items: [{ sku: 'MUG-1', quantity: 2 }],
  country: 'DE',
  ...change,
})

test('a quote has the totals of an order, with the availability of its lines, and writes nothing', async () => {
  const { quote, table } = await start()
  const before = await table.items()
  const { status, body } = await quote(basket())
  expect(status).toBe(200)
  expect(body).toEqual({
    items: [
      {
        sku: 'MUG-1',
        name: 'The MUG-1',
        quantity: 2,
        unitPrice: euros(1250),
        lineTotal: euros(2500),
        availability: 'low',
      },
    ],
    subtotal: euros(2500),
    discount: euros(0),
    shipping: euros(990),
    tax: { rate: 0.19, amount: euros(557) },
    total: euros(3490),
  })
  expect(await table.items()).toEqual(before)
  expect(table.requests('BatchGetItem')).toHaveLength(1)
})

test('a code is subtracted', async () => {
  const { quote } = await start()
  expect((await quote(basket({ discountCode: 'welcome', orderType: 'express' }))).body).toMatchObject({
    discount: euros(250),
    shipping: euros(1990),
    total: euros(2500 - 250 + 1990),
  })
})

test.each<[string, unknown, string, string]>([
  ['an unknown SKU', basket({ items: [{ sku: 'NEVER', quantity: 1 }] }), 'validation-failed', '/items/0/sku'],
  ['no items', basket({ items: [] }), 'validation-failed', '/items'],
  ['a country that is not served', basket({ country: 'AQ' }), 'validation-failed', '/country'],
  ['no country', basket({ country: undefined }), 'validation-failed', '/country'],
  ['a total of the client', basket({ total: euros(1) }), 'validation-failed', '/total'],
  ['an empty code', basket({ discountCode: '' }), 'validation-failed', '/discountCode'],
  ['an unknown code', basket({ discountCode: 'NEVER' }), 'discount-not-applicable', '/discountCode'],
])('%s is rejected with a pointer', async (_, body, code, pointer) => {
  const { quote } = await start()
  const response = await quote(body)
  expect([response.status, response.body.code, response.body.errors[0].pointer]).toEqual([422, code, pointer])
})

test('an address may try ten codes in a minute, whether they exist or not', async () => {
  const { quote } = await start()
  for (let count = 0; count < 5; count += 1) {
    expect((await quote(basket({ discountCode: 'WELCOME' }))).status).toBe(200)
    expect((await quote(basket({ discountCode: `GUESS-${count}` }))).status).toBe(422)
  }
  const { status, headers, body } = await quote(basket({ discountCode: 'WELCOME' }))
  expect([status, headers['retry-after'], body.code]).toEqual([429, '60', 'rate-limited'])
  expect((await quote(basket())).status).toBe(200)
})

test('callers through the distribution are counted each for itself', async () => {
  process.env['DISTRIBUTION_KEY'] = 'key'
  const { quote } = await start()
  const from = (address: string) =>
    quote(basket({ discountCode: 'WELCOME' }), {
      'x-distribution-key': 'key',
      'x-forwarded-for': `${address}, 192.0.2.1`,
    })
  for (let count = 0; count < 10; count += 1) expect((await from('203.0.113.7')).status).toBe(200)
  expect((await from('203.0.113.7')).status).toBe(429)
  expect((await from('203.0.113.8')).status).toBe(200)
})

test('the largest quote reads 51 items with eventual consistency, so that a public request takes at most 26 read units', async () => {
  const { quote, table } = await start()
  const items = Array.from({ length: 50 }, (_, index) => ({ sku: `SKU-${index}`, quantity: 1 }))
  await quote(basket({ items, discountCode: 'WELCOME' }))
  expect(table.requests('BatchGetItem')).toMatchObject([{ RequestItems: { [table.name]: { ConsistentRead: false } } }])
  expect(table.requests('BatchGetItem')[0].RequestItems[table.name].Keys).toHaveLength(51)
})

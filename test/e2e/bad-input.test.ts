import { randomUUID } from 'node:crypto'
import { address, orderBody, type Customer } from '#test/support/shop.ts'
import { isInstalled } from './installed.ts'
import { api, deployment, newCustomer, setStock, skuOf, staffToken, stockOf } from './shop.ts'

let customer: Customer
let sku: string
let staff: string

beforeAll(async () => {
  customer = await newCustomer()
  staff = await staffToken()
  sku = await skuOf(3)
  if (isInstalled('inventory')) await setStock(sku, 50)
})

afterAll(async () => {
  // No rejected request may have had an effect.
  expect((await api('GET', '/orders', { token: customer.token })).body.items).toEqual([])
  expect((await api('GET', '/me', { token: customer.token })).body.orderCount).toBe(0)
  if (isInstalled('inventory')) expect((await stockOf(sku)).available).toBe(50)
})

const post = (body: unknown, headers: Record<string, string> = {}) =>
  api('POST', '/orders', { token: customer.token, headers: { 'idempotency-key': randomUUID(), ...headers }, body })

const order = (fields: object = {}) => ({ ...orderBody([{ sku, quantity: 1 }]), ...fields })

// What a deployed function does with each kind of input; every single rule has a test beside its handler.
describe('POST /orders', () => {
  const refused: [name: string, body: () => unknown, status: number, pointer?: string][] = [
    ['malformed JSON', () => '{"items": [', 400],
    ['an unknown SKU', () => order({ items: [{ sku: 'NO-SUCH-THING', quantity: 1 }] }), 422, '/items/0/sku'],
    ['a body over 64 KB', () => order({ padding: 'x'.repeat(70_000) }), 413],
  ]

  for (const [name, body, status, pointer] of refused)
    test(name, async () => {
      const response = await post(body())
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      expect(response.headers.get('x-correlation-id')).toBeTruthy()
      expect(response.body).toMatchObject({
        status,
        type: expect.any(String),
        title: expect.any(String),
        detail: expect.any(String),
        instance: '/orders',
        code: expect.any(String),
        requestId: expect.any(String),
      })
      if (pointer) expect(response.body.errors!.map((error) => error.pointer)).toContain(pointer)
    })

  test('a charset other than UTF-8', async () => {
    const headers = { 'content-type': 'application/json; charset=iso-8859-1' }
    expect((await post(order(), headers)).status).toBe(415)
  })

  test('a body that is not UTF-8', async () => {
    const body = JSON.stringify(order({ shippingAddress: { ...address, name: 'Zoë' } }))
    const response = await fetch(`${deployment.apiUrl}/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${customer.token}`,
        'idempotency-key': randomUUID(),
        'content-type': 'application/json',
      },
      body: Buffer.from(body, 'latin1'),
    })
    expect(response.status).toBe(400)
  })

  test.each<[string, Record<string, string>]>([
    ['missing', {}],
    ['not ASCII', { 'idempotency-key': 'clé' }],
  ])('an Idempotency-Key that is %s', async (_name, headers) => {
    expect((await api('POST', '/orders', { token: customer.token, headers, body: order() })).status).toBe(400)
  })
})

describe('lists', () => {
  test.each(['limit=0x10', 'limit=%205', 'limit=', 'limit', 'limit=1&limit=2'])('%s', async (query) => {
    for (const response of [
      await api('GET', `/orders?${query}`, { token: customer.token }),
      await api('GET', `/products?${query}`),
      await api('GET', `/admin/orders?${query}`, { token: staff }),
    ]) {
      expect(response.status).toBe(422)
      expect(response.body.errors).toMatchObject([{ pointer: '/query/limit' }])
    }
  })

  test('an empty category', async () => {
    const { status, body } = await api('GET', '/products?category=')
    expect([status, body.errors?.[0]?.pointer]).toEqual([422, '/query/category'])
  })
})

test.each(['foo=1', 'Limit=1', 'foo=', 'constructor=1'])(
  'an unknown query parameter on any route: %s',
  async (query) => {
    for (const [path, token] of [
      ['/openapi.json', undefined],
      ['/products', undefined],
      ['/products/no-such-product', undefined],
      ['/me', customer.token],
      ['/orders', customer.token],
      ['/admin/orders', staff],
      ...(isInstalled('inventory') ? ([[`/admin/inventory/${sku}`, staff]] as const) : []),
    ] as const) {
      const { status, body } = await api('GET', `${path}?${query}`, token === undefined ? {} : { token })
      expect([path, status, body.errors?.[0]?.pointer]).toEqual([path, 422, `/query/${query.split('=')[0]}`])
    }
  },
)

test('an unknown path with control characters has a URI reference as its instance, and any query', async () => {
  const { status, body } = await api('GET', '/nope%00%0a?foo=1&bar=')
  expect([status, body.instance]).toEqual([404, '/nope%00%0A'])
})

test('an unknown path returns problem details with the correlation id', async () => {
  const response = await api('GET', '/no/such/path')
  expect(response.status).toBe(404)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(response.headers.get('x-correlation-id')).toBeTruthy()
})

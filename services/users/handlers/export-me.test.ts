import { createServer, type IncomingMessage } from 'node:http'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { listening } from '#test/support/listening.ts'
import { customerApi } from '#shared/customer-api.ts'
import { encodeCursor } from '#shared/http/page.ts'
import { exportMeHandler } from './export-me.ts'

const logs = capturedLogs()

const profile = {
  userId: 'u-1',
  orderCount: 12,
  notifications: { email: true, sms: false },
  addresses: [],
}

/** Response bodies by path and query; anything else is 404. */
let bodies: Record<string, unknown>
let status: Record<string, number>
let requests: IncomingMessage[]
let server: Awaited<ReturnType<typeof listening>>
beforeEach(async () => {
  status = {}
  requests = []
  bodies = {
    '/me': profile,
    '/orders?limit=10': { items: [{ orderId: 'ord_2', total: 5 }], nextCursor: 'next-orders' },
    '/orders?limit=10&cursor=next-orders': { items: [{ orderId: 'ord_1', total: 7 }] },
    '/orders/ord_2/events?limit=100': { items: [{ id: 'e-1' }], nextCursor: 'more' },
    '/orders/ord_2/events?limit=100&cursor=more': { items: [{ id: 'e-2' }] },
    '/orders/ord_1/events?limit=100': { items: [{ id: 'e-0' }] },
    '/uploads?limit=100': { items: [{ uploadId: 'upl_1' }] },
    '/cart': { items: [{ sku: 'MUG-1', quantity: 1 }] },
  }
  const shop = createServer((request, response) => {
    requests.push(request)
    const body = bodies[request.url!]
    response.writeHead(status[request.url!] ?? (body ? 200 : 404)).end(JSON.stringify(body ?? {}))
  })
  server = await listening(shop)
})
afterEach(() => server.stop())

const uploads = { name: 'uploads', path: '/uploads' } as const
const cart = { name: 'cart', path: '/cart' } as const

const exported = (
  query?: Record<string, string>,
  services: readonly (typeof uploads | typeof cart)[] = [uploads, cart],
) => {
  const api = customerApi(server.url)
  return callApi(exportMeHandler({ api, services }), {
    path: '/me/export',
    customer: 'u-1',
    headers: { authorization: 'Bearer own-token', 'x-correlation-id': 'trace-me' },
    ...(query ? { query } : {}),
  })
}

test('the first page has everything, with the first orders and their whole trails', async () => {
  const { status: code, headers, body } = await exported()
  expect([code, headers['cache-control']]).toEqual([200, 'private, no-store'])
  expect(body).toEqual({
    profile,
    uploads: [{ uploadId: 'upl_1' }],
    cart: { items: [{ sku: 'MUG-1', quantity: 1 }] },
    orders: [{ orderId: 'ord_2', total: 5, events: [{ id: 'e-1' }, { id: 'e-2' }] }],
    nextCursor: expect.any(String),
  })
  for (const { headers: sent } of requests)
    expect(sent).toMatchObject({ authorization: 'Bearer own-token', 'x-correlation-id': 'trace-me' })
})

test('the next page has the next orders only', async () => {
  const { nextCursor: cursor } = (await exported()).body
  expect((await exported({ cursor })).body).toEqual({
    orders: [{ orderId: 'ord_1', total: 7, events: [{ id: 'e-0' }] }],
  })
  expect((await exported({ cursor: 'nonsense' })).status).toBe(400)
})

test.each([
  ['empty', ''],
  ['rejected by the list of orders', 'next-orders'],
])('a cursor whose position is %s is a 400', async (_, orders) => {
  status['/orders?limit=10&cursor='] = 422
  status['/orders?limit=10&cursor=next-orders'] = 400
  expect(await exported({ cursor: encodeCursor({ orders }) })).toMatchObject({
    status: 400,
    body: { code: 'invalid-cursor' },
  })
})

test('services that are not installed are left out', async () => {
  expect(Object.keys((await exported(undefined, [])).body)).toEqual(['profile', 'orders', 'nextCursor'])
})

test('a deleted account is 404', async () => {
  bodies = {}
  const { status: code, body } = await exported()
  expect([code, body.code]).toEqual([404, 'account-deleted'])
})

test.each([
  [401, 503],
  [429, 503],
  [503, 503],
  [500, 500],
])('a route that returns %d makes it %d, and the log has no token', async (returned, expected) => {
  status['/cart'] = returned
  expect((await exported()).status).toBe(expected)
  expect(logs.text()).not.toContain('own-token')
})

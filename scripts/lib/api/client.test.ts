import { createServer } from 'node:http'
import { listening } from '#test/support/listening.ts'
import { apiClient, dataOf } from './client.ts'
import type { BodyOf } from './responses.ts'

const server = createServer(({ url, headers }, response) => {
  response.writeHead(url!.includes('lost') ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ url, authorization: headers.authorization }))
})
const { url: apiUrl, stop } = await listening(server)
afterAll(stop)

const orderEvents = (orderId: string) =>
  apiClient({ apiUrl }, 'token').GET('/orders/{orderId}/events', {
    params: { path: { orderId }, query: { limit: 2 } },
  })

test('a call has its path, its query and its token, and returns the body', async () => {
  expect(await dataOf(orderEvents('a/b'))).toEqual({
    url: '/orders/a%2Fb/events?limit=2',
    authorization: 'Bearer token',
  })
})

test('a response that is no success is an error that names it', async () => {
  await expect(dataOf(orderEvents('lost'))).rejects.toThrow('/orders/lost/events responded with 404: {"url":')
})

test('responses have the types of the OpenAPI document, by method and path', () => {
  const body = {} as BodyOf<'GET', `/orders/${string}/events?limit=${number}`>
  // @ts-expect-error an audit trail has items, and an order has none
  expect(body.orderId).toBeUndefined()
  expect(body.items).toBeUndefined()
  const problem = {} as BodyOf<'POST', '/orders'>
  expect(problem.errors?.[0]?.pointer satisfies string | undefined).toBeUndefined()
})

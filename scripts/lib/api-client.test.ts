import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'
import { defineRoute } from '#shared/http/route.ts'
import { eventually, request, whenAdmitted, type ApiAnswer } from './api-client.ts'

const answer = (status: number, headers: Record<string, string> = {}): ApiAnswer => ({
  status,
  headers: new Headers(headers),
  body: {},
})

/** Calls that respond one after the other. */
const responding =
  (...answers: ApiAnswer[]) =>
  async () =>
    answers.shift()!

test("a call is repeated that the stage's throttle or a customer's rate limit rejects", async () => {
  const created = answer(201)
  expect(await whenAdmitted(responding(answer(429), answer(429, { 'retry-after': '0' }), created))).toBe(created)
})

test('the last rejection is returned', async () => {
  const last = answer(429)
  expect(await whenAdmitted(responding(answer(429), last), 1)).toBe(last)
})

test('other responses are returned', async () => {
  const busy = answer(503, { 'retry-after': '1' })
  expect(await whenAdmitted(responding(busy))).toBe(busy)
})

test('waiting ends with the first value, or with an error that names what did not happen', async () => {
  const values = [undefined, false, 'ready'] as const
  let calls = 0
  expect(await eventually('a value', async () => values[calls++], 10_000, 1)).toBe('ready')
  await expect(eventually('the end', async () => false, 1, 1)).rejects.toThrow('waiting for the end')
})

describe('the request of a route', () => {
  const getBook = defineRoute({
    operationId: 'getBook',
    method: 'GET',
    path: '/books/{bookId}',
    access: 'public',
    summary: 'A book',
    entry: 'get-book',
    parameters: z.object({ bookId: z.string() }),
    answers: { 200: { description: 'The book', schema: z.object({ url: z.string() }) } },
  })
  const server = createServer(({ url }, response) => {
    response.writeHead(url!.includes('lost') ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ url }))
  })
  let deployment: any
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    deployment = { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('has its path and query, and returns the body', async () => {
    const call = { parameters: { bookId: 'a/b' }, query: { page: '2' } }
    const { url } = await request(deployment, getBook, call)
    expect(url).toBe('/books/a%2Fb?page=2')
  })

  test('throws for a response that the route does not describe as a success', async () => {
    await expect(request(deployment, getBook, { parameters: { bookId: 'lost' } })).rejects.toThrow(
      'GET /books/lost responded with 404: {"url":"/books/lost"}',
    )
  })
})

import { bodyOf, createApi, isReplayed, type AccessTokens } from './client.ts'
import { noResponse } from './failure.ts'

const sent: { url: string; authorization: string | null; body: string }[] = []

/** Responds to requests one after the other. */
function respond(...statuses: number[]): void {
  const remaining = statuses[Symbol.iterator]()
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request
    const body = await request.text()
    sent.push({ url: request.url, authorization: request.headers.get('authorization'), body })
    return Response.json({ message: 'Unauthorized' }, { status: remaining.next().value ?? 500 })
  })
}

const tokens = (current: string | undefined, renewed: () => Promise<string | undefined>) =>
  ({ current: () => Promise.resolve(current), renewed: jest.fn(renewed) }) satisfies AccessTokens

const apiOf = (accessTokens: AccessTokens) => {
  Object.assign(globalThis, { location: { origin: 'https://shop.example' } })
  return createApi(accessTokens)
}

const body = { items: [{ sku: 'MUG-1', quantity: 1 }] }

beforeEach(() => sent.splice(0))
afterEach(() => {
  jest.restoreAllMocks()
  Reflect.deleteProperty(globalThis, 'location')
})

test('a rejected token is renewed once, and the same request is sent again; no address has a token', async () => {
  respond(401, 200)
  const access = tokens('old-token', () => Promise.resolve('new-token'))
  await bodyOf(apiOf(access).PUT('/cart', { body }))
  expect(sent.map(({ authorization }) => authorization)).toEqual(['Bearer old-token', 'Bearer new-token'])
  expect(sent.map((request) => JSON.parse(request.body))).toEqual([body, body])
  expect(sent.map(({ url }) => url)).toEqual(Array(2).fill('https://shop.example/api/cart'))
  expect(access.renewed).toHaveBeenCalledWith('old-token')
})

test('a new token that is rejected too is not renewed again', async () => {
  respond(401, 401)
  const access = tokens('old-token', () => Promise.resolve('new-token'))
  await expect(bodyOf(apiOf(access).GET('/cart'))).rejects.toMatchObject({ status: 401 })
  expect(sent).toHaveLength(2)
})

test('without a session a private request fails with 401, and a public one needs none', async () => {
  respond(401, 200)
  const api = apiOf(tokens(undefined, () => Promise.resolve(undefined)))
  await expect(bodyOf(api.GET('/cart'))).rejects.toMatchObject({ status: 401 })
  await bodyOf(api.GET('/products'))
  expect(sent.map(({ authorization }) => authorization)).toEqual([null, null])
})

test('a session whose token cannot be renewed now looks like no connection, and not like its end', async () => {
  respond(401)
  const api = apiOf(tokens(undefined, () => Promise.reject(noResponse())))
  await expect(bodyOf(api.GET('/cart'))).rejects.toMatchObject({ code: 'offline', isTemporary: true })
})

test('no response is a failure that can be tried again', async () => {
  jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'))
  const api = apiOf(tokens('token', () => Promise.resolve(undefined)))
  await expect(bodyOf(api.GET('/cart'))).rejects.toMatchObject({ code: 'offline', status: 0 })
})

test('half a response is none', async () => {
  const broken = new ReadableStream({ start: (half) => half.error(new TypeError('network error')) })
  jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(broken))
  const api = apiOf(tokens('token', () => Promise.resolve(undefined)))
  await expect(bodyOf(api.GET('/cart'))).rejects.toMatchObject({ code: 'offline', status: 0 })
})

test('no response in time is a failure of its own', async () => {
  jest.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort())
  jest.spyOn(globalThis, 'fetch').mockImplementation((request) => Promise.reject((request as Request).signal.reason))
  const api = apiOf(tokens('token', () => Promise.resolve(undefined)))
  await expect(bodyOf(api.GET('/cart'))).rejects.toMatchObject({ code: 'timeout', status: 0, isTemporary: true })
})

test('a response says whether it is that of an earlier request', () => {
  const headers = { 'idempotent-replayed': 'true' }
  expect([isReplayed(new Response(null, { headers })), isReplayed(new Response())]).toEqual([true, false])
})

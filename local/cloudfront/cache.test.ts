import type { IncomingMessage, ServerResponse } from 'node:http'
import { ManualClock } from '../clock.ts'
import { bakery, oven, ovenBehavior, start, startOven } from './testing.ts'

let shop: Awaited<ReturnType<typeof start>>
let kitchen: Awaited<ReturnType<typeof startOven>>
let clock: ManualClock
let respond: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  clock = new ManualClock()
  kitchen = await startOven((request, response) => respond(request, response))
})
afterEach(async () => {
  await shop.stop()
  kitchen.stop()
})

const respondWith = (status: number, headers: Record<string, string>) => {
  let count = 0
  respond = (_, response) => void response.writeHead(status, headers).end(`cake ${++count}`)
}

/** Starts a distribution that caches `/oven/*` by a policy of the template. */
async function startWith(policy: object = {}, parameters: object = {}, over: Parameters<typeof bakery>[0] = {}) {
  const CachePolicyConfig = {
    Name: 'oven',
    MinTTL: 0,
    DefaultTTL: 0,
    MaxTTL: 300,
    ParametersInCacheKeyAndForwardedToOrigin: {
      QueryStringsConfig: { QueryStringBehavior: 'all' },
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      ...parameters,
    },
    ...policy,
  }
  const resources = { Minutes: { Type: 'AWS::CloudFront::CachePolicy', Properties: { CachePolicyConfig } } }
  const behaviors = [
    { ...ovenBehavior, CachePolicyId: { Ref: 'Minutes' }, ResponseHeadersPolicyId: { Ref: 'Headers' } },
  ]
  shop = await start(bakery({ resources, origins: [oven], behaviors, ...over }), { ovenUrl: kitchen.url, clock })
}

async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`${shop.url}/oven/${path}`, { headers, method })
  const header = (name: string) => response.headers.get(name)
  return { status: response.status, text: await response.text(), cache: header('x-cache'), age: header('age'), header }
}
const texts = async (...paths: string[]) => {
  const found: string[] = []
  for (const path of paths) found.push((await get(path)).text)
  return found
}

test('a response is cached for its max-age, with its age', async () => {
  await startWith()
  respondWith(200, { 'cache-control': 'public, max-age=30', 'x-correlation-id': 'a', etag: '"e"' })
  expect(await get('cake')).toMatchObject({ text: 'cake 1', cache: 'Miss from cloudfront', age: null })
  await clock.advance(29_000)
  const hit = await get('cake')
  expect(hit).toMatchObject({ status: 200, text: 'cake 1', cache: 'Hit from cloudfront', age: '29' })
  // The response headers policy applies to cached responses, too.
  expect([hit.header('x-baker'), hit.header('etag'), hit.header('cache-control')]).toEqual([
    'Ada',
    null,
    'public, max-age=30',
  ])
  await clock.advance(1000)
  expect(await get('cake')).toMatchObject({ text: 'cake 2', cache: 'Miss from cloudfront' })
})

test.each<[object, Record<string, string>, number]>([
  [{}, {}, 0],
  [{}, { 'cache-control': 'max-age=30, s-maxage=10' }, 10],
  [{}, { 'cache-control': 'max-age=3000' }, 300],
  [{}, { 'cache-control': 'max-age=30, no-store' }, 0],
  [{}, { 'cache-control': 'max-age=30, no-cache' }, 0],
  [{}, { 'cache-control': 'private, max-age=30' }, 0],
  [{ DefaultTTL: 40 }, {}, 40],
  [{ DefaultTTL: 40 }, { 'cache-control': 'max-age=0' }, 0],
  [{ MinTTL: 50 }, { 'cache-control': 'no-store' }, 50],
  [{ MinTTL: 50 }, { 'cache-control': 'max-age=10' }, 50],
])('with the policy %j, a response with %j is cached for %i seconds', async (policy, headers, seconds) => {
  await startWith(policy)
  respondWith(200, headers)
  await get('cake')
  await clock.advance(Math.max(0, seconds * 1000 - 1))
  expect((await get('cake')).text).toBe(seconds === 0 ? 'cake 2' : 'cake 1')
  await clock.advance(1)
  expect((await get('cake')).text).toBe(seconds === 0 ? 'cake 3' : 'cake 2')
})

test('the cache key contains the path and, if the policy selects it, the query, which also reaches the origin', async () => {
  const behaviors = [
    { ...ovenBehavior, CachePolicyId: { Ref: 'Minutes' }, OriginRequestPolicyId: { Ref: 'AWS::NoValue' } },
  ]
  await startWith({}, {}, { behaviors })
  respondWith(200, { 'cache-control': 'max-age=30' })
  expect(await texts('cake?size=1', 'cake?size=2', 'cake?size=1', 'bread')).toEqual([
    'cake 1',
    'cake 2',
    'cake 1',
    'cake 3',
  ])
  expect((await get('cake?size=1', { cookie: 'visit=7', authorization: 'Bearer x' })).text).toBe('cake 1')
  expect(kitchen.received.map(({ url }) => url)).toEqual(['/oven/cake?size=1', '/oven/cake?size=2', '/oven/bread'])
  await shop.stop()
  await startWith({}, { QueryStringsConfig: { QueryStringBehavior: 'none' } }, { behaviors })
  expect(await texts('cake?size=1', 'cake?size=2')).toEqual(['cake 4', 'cake 4'])
  expect(kitchen.received.at(-1)!.url).toBe('/oven/cake')
})

test.each([
  { QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['size'] } },
  { HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Accept-Language'] } },
  { CookiesConfig: { CookieBehavior: 'all' } },
])('a policy that selects %j is reported and caches nothing', async (parameters) => {
  await startWith({}, parameters)
  expect(shop.limitations).toEqual([expect.stringContaining('nothing is cached')])
  respondWith(200, { 'cache-control': 'max-age=30' })
  expect(await texts('cake', 'cake')).toEqual(['cake 1', 'cake 2'])
})

test('only responses to GET are cached; they serve HEAD and requests for a range', async () => {
  await startWith({}, {}, { behaviors: [{ ...ovenBehavior, CachePolicyId: { Ref: 'Minutes' } }] })
  respondWith(200, { 'cache-control': 'max-age=30', etag: '"one"' })
  const headers = { 'if-none-match': '"other"', range: 'bytes=0-1' }
  for (const cache of ['Miss from cloudfront', 'Hit from cloudfront'])
    expect(await get('cake', headers)).toMatchObject({ status: 200, text: 'cake 1', cache })
  expect(kitchen.received[0]!.headers).not.toMatchObject(headers)
  const head = await get('cake', {}, 'HEAD')
  expect([head.cache, head.text, head.header('content-length')]).toEqual(['Hit from cloudfront', '', '6'])
  expect((await get('cake', {}, 'POST')).text).toBe('cake 2')
  await get('bread', {}, 'HEAD')
  expect((await get('bread')).cache).toBe('Miss from cloudfront')
})

test('a viewer that has a cached object already gets 304 without it, also when it was not cached yet', async () => {
  await startWith({}, {}, { behaviors: [{ ...ovenBehavior, CachePolicyId: { Ref: 'Minutes' } }] })
  respondWith(200, { 'cache-control': 'max-age=30', etag: 'W/"one"' })
  for (const cache of ['Miss from cloudfront', 'Hit from cloudfront']) {
    const response = await get('cake', { 'if-none-match': '"zero", W/"one"' })
    expect(response).toMatchObject({ status: 304, text: '', cache })
    expect([response.header('etag'), response.header('cache-control')]).toEqual(['W/"one"', 'max-age=30'])
  }
  expect((await get('cake')).text).toBe('cake 1')
})

test('without caching, conditions reach the origin', async () => {
  await startWith({ MaxTTL: 0 })
  respondWith(200, { 'cache-control': 'max-age=30', etag: '"one"' })
  expect((await get('cake', { 'if-none-match': '"one"' })).status).toBe(200)
  expect(kitchen.received[0]!.headers['if-none-match']).toBe('"one"')
  expect((await get('cake')).text).toBe('cake 2')
})

test.each<[number, Record<string, string>, number]>([
  [404, {}, 10],
  [503, { 'cache-control': 'no-store' }, 10],
  [404, { 'cache-control': 'max-age=20' }, 20],
  [403, {}, 0],
  [400, { 'cache-control': 'max-age=5' }, 0],
  [500, {}, 3],
  [502, {}, 0],
])(
  'the error %i with %j is cached for %i seconds, even where caching is disabled',
  async (status, headers, seconds) => {
    const CustomErrorResponses = [
      { ErrorCode: 500, ErrorCachingMinTTL: 3 },
      { ErrorCode: 502, ErrorCachingMinTTL: 0 },
    ]
    await startWith({}, {}, { behaviors: [ovenBehavior], config: { CustomErrorResponses } })
    respondWith(status, headers)
    await get('cake', { authorization: 'Bearer one' })
    await clock.advance(Math.max(0, seconds * 1000 - 1))
    const again = await get('cake', { authorization: 'Bearer two' })
    expect(again).toMatchObject({ status, text: seconds === 0 ? 'cake 2' : 'cake 1', cache: 'Error from cloudfront' })
    await clock.advance(1)
    expect((await get('cake')).text).toBe(seconds === 0 ? 'cake 3' : 'cake 2')
  },
)

test('the memory of the cache is bounded: a large response, and the one unused for the longest time, are not kept', async () => {
  await startWith()
  const megabytes = (count: number) => Buffer.alloc(count * 1024 * 1024)
  respond = ({ url }, response) => {
    response.writeHead(200, { 'cache-control': 'max-age=60' }).end(megabytes(url!.includes('large') ? 9 : 8))
  }
  const cacheOf = async (path: string) => (await get(path)).cache!.split(' ')[0]
  expect([await cacheOf('large'), await cacheOf('large')]).toEqual(['Miss', 'Miss'])
  for (let at = 0; at < 8; at++) await get(`cake?${at}`)
  expect(await cacheOf('cake?0')).toBe('Hit')
  await get('cake?8')
  expect([await cacheOf('cake?0'), await cacheOf('cake?1')]).toEqual(['Hit', 'Miss'])
})

test('objects of a bucket are cached as well', async () => {
  await startWith()
  shop.put('shown/cake', 'plums')
  const read = async () => {
    const response = await fetch(`${shop.url}/cake`)
    return [await response.text(), response.headers.get('x-cache')]
  }
  expect(await read()).toEqual(['plums', 'Miss from cloudfront'])
  shop.put('shown/cake', 'pears')
  expect(await read()).toEqual(['plums', 'Hit from cloudfront'])
  await clock.advance(86_400_000)
  expect(await read()).toEqual(['pears', 'Miss from cloudfront'])
})

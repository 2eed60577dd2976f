import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendRaw } from '../wire/testing.ts'
import { bakery, oven, ovenBehavior, start, startOven } from './testing.ts'

let shop: Awaited<ReturnType<typeof start>>
let kitchen: Awaited<ReturnType<typeof startOven>>
let respond: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  respond = (_, response) => void response.end('baked')
  kitchen = await startOven((request, response) => respond(request, response))
})
afterEach(async () => {
  await shop?.stop()
  kitchen.stop()
})

const startShop = async (over: Parameters<typeof bakery>[0] = {}) => {
  shop = await start(bakery({ origins: [oven], behaviors: [ovenBehavior], ...over }), { ovenUrl: kitchen.url })
}

test('the first behavior whose pattern matches serves a request, or else the default one', async () => {
  await startShop({
    behaviors: [{ ...ovenBehavior, PathPattern: '/oven/cold*', TargetOriginId: 'images' }, ovenBehavior],
  })
  shop.put('shown/oven/cold-plums', 'plums')
  shop.put('shown/cake', 'cake')
  const texts = ['/oven/cold-plums', '/oven/hot', '/cake'].map(async (path) => (await fetch(shop.url + path)).text())
  expect(await Promise.all(texts)).toEqual(['plums', 'baked', 'cake'])
  expect(kitchen.received.map(({ url }) => url)).toEqual(['/oven/hot'])
})

test('an origin gets method, path, query, body and all headers except Host', async () => {
  await startShop()
  respond = (_, response) =>
    void response.writeHead(201, { location: '/oven/7', 'set-cookie': ['a=1', 'b=2'] }).end('{}')
  const response = await fetch(`${shop.url}/oven/plum%20cake?size=1&size=2&note=a%2Fb`, {
    method: 'POST',
    body: '{"sugar":1}',
    headers: { authorization: 'Bearer x', cookie: 'tray=3', 'content-type': 'application/json', 'x-baker': 'Ada' },
  })
  expect([response.status, await response.text(), response.headers.get('location')]).toEqual([201, '{}', '/oven/7'])
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(response.headers.get('x-amz-cf-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(kitchen.received).toMatchObject([
    {
      method: 'POST',
      url: '/oven/plum%20cake?size=1&size=2&note=a%2Fb',
      body: '{"sugar":1}',
      headers: {
        host: new URL(kitchen.url).host,
        authorization: 'Bearer x',
        cookie: 'tray=3',
        'content-type': 'application/json',
        'x-baker': 'Ada',
        'x-forwarded-for': '127.0.0.1',
      },
    },
  ])
})

test('an origin gets its own headers in place of those that the viewer sends under their names', async () => {
  await startShop({ origins: [{ ...oven, OriginCustomHeaders: [{ HeaderName: 'X-Baker', HeaderValue: 'Grace' }] }] })
  await fetch(`${shop.url}/oven/cake`, { headers: { 'x-baker': 'Ada' } })
  expect(kitchen.received[0]!.headers['x-baker']).toBe('Grace')
})

test('without an origin request policy, an origin gets neither query, cookie nor header of a GET', async () => {
  await startShop({ behaviors: [{ ...ovenBehavior, OriginRequestPolicyId: { Ref: 'AWS::NoValue' } }] })
  const headers = { authorization: 'Bearer x', cookie: 'tray=3', 'x-baker': 'Ada', 'user-agent': 'browser' }
  await fetch(`${shop.url}/oven/cake?size=1`, { headers })
  await fetch(`${shop.url}/oven/cake`, { method: 'DELETE', headers })
  const [read, deletion] = kitchen.received
  expect(read).toMatchObject({ url: '/oven/cake', headers: { 'user-agent': 'Amazon CloudFront' } })
  for (const name of ['authorization', 'cookie', 'x-baker']) expect(read!.headers[name]).toBeUndefined()
  expect(deletion!.headers).toMatchObject({ authorization: 'Bearer x' })
})

test('each behavior has its own methods and headers policy, and the path of its origin', async () => {
  await startShop({
    origins: [{ ...oven, OriginPath: '/kitchen' }],
    behaviors: [{ ...ovenBehavior, AllowedMethods: ['GET', 'HEAD'], ResponseHeadersPolicyId: { Ref: 'Headers' } }],
  })
  shop.put('shown/cake', 'cake')
  expect((await fetch(`${shop.url}/oven/cake`, { method: 'POST' })).status).toBe(403)
  expect((await fetch(`${shop.url}/oven/cake`)).headers.get('x-baker')).toBe('Ada')
  expect((await fetch(`${shop.url}/cake`)).headers.get('x-baker')).toBeNull()
  expect(kitchen.received.map(({ url }) => url)).toEqual(['/kitchen/oven/cake'])
})

test('the default root object is served for the root only', async () => {
  await startShop({ config: { DefaultRootObject: 'index.html' } })
  shop.put('shown/index.html', 'welcome')
  expect(await (await fetch(`${shop.url}/?from=mail`)).text()).toBe('welcome')
  expect((await fetch(`${shop.url}/cakes/`)).status).toBe(403)
})

test('an origin that does not respond, or not completely, is an error of the gateway', async () => {
  await startShop()
  respond = (_, response) =>
    void response.writeHead(200, { 'content-length': '10' }).write('part', () => response.destroy())
  expect((await fetch(`${shop.url}/oven/cake`)).status).toBe(502)
  kitchen.stop()
  expect((await fetch(`${shop.url}/oven/cake`)).status).toBe(502)
})

test('a page of another host that resolves to this machine is rejected', async () => {
  await startShop()
  const response = await sendRaw(shop.url, 'GET /oven/cake HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n')
  expect(response).toMatch(/^HTTP\/1\.1 403 /)
  expect(kitchen.received).toEqual([])
})

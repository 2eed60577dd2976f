import { bakery, oven, ovenBehavior, start, startOven } from './testing.ts'

let shop: Awaited<ReturnType<typeof start>>
let kitchen: Awaited<ReturnType<typeof startOven>>
beforeEach(async () => {
  kitchen = await startOven(
    (_, response) => void response.writeHead(200, { 'x-heat': 'high', 'set-cookie': 'a=1; Path=/' }).end('baked'),
  )
})
afterEach(async () => {
  await shop?.stop()
  kitchen.stop()
})

/** Starts a distribution whose behavior `/oven/*` runs the function. */
async function startWith(FunctionCode: string, EventType = 'viewer-request') {
  const FunctionConfig = { Comment: '', Runtime: 'cloudfront-js-2.0' }
  const resources = {
    Sign: {
      Type: 'AWS::CloudFront::Function',
      Properties: { Name: 'sign', AutoPublish: true, FunctionCode, FunctionConfig },
    },
  }
  const FunctionARN = { 'Fn::GetAtt': ['Sign', 'FunctionARN'] }
  const behaviors = [{ ...ovenBehavior, FunctionAssociations: [{ EventType, FunctionARN }] }]
  shop = await start(bakery({ resources, origins: [oven], behaviors }), { ovenUrl: kitchen.url })
}

test('a function changes path, query, headers and cookies of the request', async () => {
  await startWith(`async function handler(event) {
    const request = await event.request
    request.uri = request.uri.replace(/[^/]*$/, 'bread')
    request.querystring.extra = { multiValue: [{ value: '1' }, { value: '2' }] }
    request.headers['x-method'] = { value: request.method }
    delete request.cookies.secret
    return request
  }`)
  await fetch(`${shop.url}/oven/cake?size=a%20b`, { headers: { cookie: 'secret=1; tray=2' } })
  expect(kitchen.received).toMatchObject([
    { url: '/oven/bread?size=a%20b&extra=1&extra=2', headers: { 'x-method': 'GET', cookie: 'tray=2' } },
  ])
})

test('the event of a request has the documented structure', async () => {
  await startWith(`function handler(event) { return { statusCode: 200, body: JSON.stringify(event) } }`)
  const response = await fetch(`${shop.url}/oven/cake?q=1&q=2&none&constructor=3`, {
    headers: { 'X-Baker': 'Ada', cookie: 'a=1; b=x=y' },
  })
  const event: any = await response.json()
  const { host } = new URL(shop.url)
  expect(event).toMatchObject({
    version: '1.0',
    context: {
      distributionDomainName: shop.domain,
      eventType: 'viewer-request',
      requestId: response.headers.get('x-amz-cf-id'),
    },
    viewer: { ip: '127.0.0.1' },
    request: { method: 'GET', uri: '/oven/cake', headers: { host: { value: host }, 'x-baker': { value: 'Ada' } } },
  })
  expect(event.context.distributionId).toMatch(/^E[0-9A-Z]{13}$/)
  expect(event.request.headers.cookie).toBeUndefined()
  expect(event.request.cookies).toEqual({ a: { value: '1' }, b: { value: 'x=y' } })
  expect(event.request.querystring).toEqual({
    q: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
    none: { value: '' },
    constructor: { value: '3' },
  })
})

test('a function responds itself, without a request to the origin', async () => {
  await startWith(`function handler() {
    return {
      statusCode: 302,
      headers: { location: { value: '/closed' } },
    }
  }`)
  const response = await fetch(`${shop.url}/oven/cake`, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([302, '/closed'])
  expect(kitchen.received).toEqual([])
})

test.each([
  ['throws', 'function handler() { throw new Error("burnt") }', 'The function sign failed: burnt'],
  ['is not valid', 'function handler( {', 'The function sign failed: '],
  ['imports a module', `import cf from 'cloudfront'`, 'Cannot use import statement'],
  ['returns nothing', 'function handler() {}', 'The function sign failed: it returned nothing'],
  ['responds with cookies', 'function handler() { return { statusCode: 200, cookies: {} } }', 'not emulated'],
  ['returns no valid status', 'function handler() { return { statusCode: 99 } }', 'status code 99'],
  [
    'returns a path without a slash',
    'function handler({ request }) { return { ...request, uri: "cake" } }',
    'no valid uri',
  ],
  ['runs forever', 'function handler() { for (;;); }', 'timed out'],
  ['never settles', 'function handler() { return new Promise(() => {}) }', 'it returned nothing'],
  ['evaluates text', 'function handler({ request }) { eval("1"); return request }', 'Code generation from strings'],
])('a function that %s fails its requests with 503, and the reason is reported', async (_case, code, reason) => {
  await startWith(code)
  expect((await fetch(`${shop.url}/oven/cake`)).status).toBe(503)
  expect(shop.warnings).toEqual([expect.stringContaining(reason)])
  expect(kitchen.received).toEqual([])
})

test('a function sees no object of this process', async () => {
  await startWith(`function handler(event) {
    const names = ['process', 'require', 'fetch', 'setTimeout', 'Buffer', 'module']
    const outside = event.constructor.constructor
    let escaped = 'no'
    try { escaped = outside('return typeof process')() } catch {}
    return { statusCode: 200, body: names.filter((name) => name in globalThis).join() + ' ' + escaped }
  }`)
  expect(await (await fetch(`${shop.url}/oven/cake`)).text()).toBe(' no')
})

test('other runtimes and other events are rejected by name', async () => {
  const Properties = { Name: 'old', FunctionCode: '', FunctionConfig: { Runtime: 'cloudfront-js-1.0' } }
  const resources = { Old: { Type: 'AWS::CloudFront::Function', Properties } }
  await expect(start(bakery({ resources }))).rejects.toThrow('The runtime cloudfront-js-1.0 is not emulated.')
  await expect(startWith('', 'viewer-response')).rejects.toThrow('functions for the event viewer-response')
  shop = await start(bakery())
})

// "Maximum size of the function code and included libraries: 10 KB" (Amazon CloudFront Developer Guide, "Differences between
// CloudFront Functions and Lambda@Edge").
test.each([
  ['of 10 KB is accepted', 10 * 1024, undefined],
  ['of more than 10 KB is rejected', 10 * 1024 + 1, 'sign has more than 10 KB of code.'],
])('a function %s', async (_, bytes, problem) => {
  const code = 'function handler(event) { return event.request }'.padEnd(bytes, '/')
  const started = startWith(code)
  if (problem === undefined) return started
  await expect(started).rejects.toThrow(problem)
  shop = await start(bakery())
})

import { ManualClock } from '../clock.ts'
import { requireSize } from '../lambda/invoker.ts'
import type { Invoke } from '../lambda/service.ts'
import { AwsError } from '../wire/aws-error.ts'
import { sendRaw } from '../wire/testing.ts'
import { declarer, functionArn, library, stopServices } from './testing.ts'

afterEach(stopServices)

test('the trace header of a request, or a new one, is passed to the function', async () => {
  const { endpoint, invocations } = await library()
  const client = 'Root=1-5759e988-bd862e3fe1be46a994272793'
  await fetch(endpoint, { headers: { 'x-amzn-trace-id': client } })
  await fetch(endpoint)
  for (const { event, traceHeader } of invocations) expect(event.headers['x-amzn-trace-id']).toBe(traceHeader)
  const [first, second] = invocations.map(({ traceHeader }) => traceHeader)
  expect(first).toBe(client)
  expect(second).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)
})

test('names that every object has are plain names of parameters and headers', async () => {
  const { endpoint, invocations } = await library()
  await fetch(`${endpoint}/?constructor=1&toString=2&__proto__=3&constructor=4`, { headers: { constructor: 'x' } })
  await sendRaw(
    endpoint,
    'GET / HTTP/1.1\r\nHost: localhost\r\n__proto__: y\r\nvalueOf: z\r\nConnection: close\r\n\r\n',
  )
  const [first, second] = invocations.map(({ event }) => event)
  expect(Object.entries(first.queryStringParameters)).toEqual([
    ['constructor', '1,4'],
    ['toString', '2'],
    ['__proto__', '3'],
  ])
  expect(first.headers.constructor).toBe('x')
  expect(Object.entries(second.headers)).toEqual(
    expect.arrayContaining([
      ['__proto__', 'y'],
      ['valueof', 'z'],
    ]),
  )
})

test('a request for a foreign host gets a response of the gateway', async () => {
  const { endpoint, invocations } = await library()
  const head = 'GET / HTTP/1.1\r\nHost: evil.example:3000\r\n'
  const response = await sendRaw(endpoint, `${head}Connection: close\r\n\r\n`)
  expect(response).toContain('HTTP/1.1 403 ')
  expect(response).toContain('\r\n\r\n{"message":"The host evil.example:3000 is not this machine."}')
  expect(invocations).toEqual([])
})

test('a request line and header values of more than 10,240 bytes get a response of the gateway', async () => {
  const { endpoint, invocations } = await library()
  const send = async (path: string, note: string) => {
    const head = `GET /${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nNote: ${note}\r\n\r\n`
    return (await sendRaw(endpoint, head)).split('\r\n\r\n')[1]
  }
  const rest = 10_240 - 'GET / HTTP/1.1localhostclose'.length
  expect(await send('', 'x'.repeat(rest))).toBe('ok')
  expect(await send('?note=1', 'x'.repeat(rest - '?note=1'.length))).toBe('ok')
  for (const [path, note] of [
    ['', 'x'.repeat(rest + 1)],
    ['?', 'x'.repeat(rest + 1)],
    ['x'.repeat(30_000), ''],
  ] as const)
    expect(await send(path, note)).toBe('{"message":"Request Header Fields Too Large"}')
  expect(invocations).toHaveLength(2)
})

test('a function gets an event of payload format 2.0', async () => {
  const { endpoint, apiId, invocations } = await library({
    routes: [{ key: 'POST /members/{memberId}/loans/{proxy+}' }],
  })
  const response = await fetch(`${endpoint}/members/anna%20k/loans/a%2Bb/c?tag=x&tag=y%20z&empty=`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      Cookie: 'a=1; b=2',
      'X-Branch': 'north',
      'User-Agent': 'test/1',
    },
    body: '{"title":"Émile"}',
  })
  expect(response.status).toBe(200)
  const { event } = invocations[0]!
  expect(event).toEqual({
    version: '2.0',
    routeKey: 'POST /members/{memberId}/loans/{proxy+}',
    rawPath: '/members/anna k/loans/a+b/c',
    rawQueryString: 'tag=x&tag=y%20z&empty=',
    cookies: ['a=1', 'b=2'],
    headers: expect.objectContaining({
      'content-type': 'application/json; charset=utf-8',
      'x-branch': 'north',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      host: new URL(endpoint).host,
    }),
    queryStringParameters: { tag: 'x,y z', empty: '' },
    pathParameters: { memberId: 'anna k', proxy: 'a+b/c' },
    requestContext: {
      accountId: '000000000000',
      apiId,
      domainName: new URL(endpoint).host,
      domainPrefix: apiId,
      http: {
        method: 'POST',
        path: '/members/anna k/loans/a+b/c',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'test/1',
      },
      requestId: response.headers.get('apigw-requestid'),
      routeKey: 'POST /members/{memberId}/loans/{proxy+}',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    body: '{"title":"Émile"}',
    isBase64Encoded: false,
  })
  expect(event.headers).not.toHaveProperty('cookie')
})

test('members without a value are missing in the event', async () => {
  const { endpoint, invocations } = await library()
  await fetch(`${endpoint}/loans`)
  expect(invocations[0]!.event).toMatchObject({ rawQueryString: '', isBase64Encoded: false })
  for (const member of ['body', 'cookies', 'queryStringParameters', 'pathParameters']) {
    expect(invocations[0]!.event).not.toHaveProperty(member)
  }
  expect(invocations[0]!.event.requestContext).not.toHaveProperty('authorizer')
})

test.each(['image/png', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a body of %s is passed as base64',
  async (type) => {
    const { endpoint, invocations } = await library()
    const body = Buffer.from([0, 1, 254, 255])
    await fetch(endpoint, { method: 'POST', body, headers: { 'content-type': type } })
    expect(invocations[0]!.event).toMatchObject({ isBase64Encoded: true, body: body.toString('base64') })
  },
)

test.each(['application/json', 'application/problem+json', 'text/csv; header=present'])(
  'a body of %s is passed as text',
  async (type) => {
    const { endpoint, invocations } = await library()
    await fetch(endpoint, { method: 'POST', body: '{"a":1}', headers: { 'content-type': type } })
    expect(invocations[0]!.event).toMatchObject({ isBase64Encoded: false, body: '{"a":1}' })
  },
)

test('the gateway invokes with the route as source ARN', async () => {
  const { endpoint, apiId, invocations } = await library({
    routes: [{ key: 'ANY /loans/{loanId}' }, { key: '$default' }],
  })
  await fetch(`${endpoint}/loans/7`, { method: 'DELETE' })
  await fetch(`${endpoint}/other`)
  const source = `arn:aws:execute-api:us-east-1:000000000000:${apiId}/$default`
  expect(invocations.map(({ functionArn: to, caller }) => ({ to, caller }))).toEqual([
    {
      to: functionArn('loans'),
      caller: { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn: `${source}/DELETE/loans/{loanId}` },
    },
    {
      to: functionArn('loans'),
      caller: { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn: `${source}/$default` },
    },
  ])
})

test('a function sets status, headers, cookies and body', async () => {
  const payload = {
    statusCode: '201',
    headers: { Location: '/loans/1', 'X-Count': 3 },
    cookies: ['a=1; Path=/', 'b=2'],
    body: '{"loanId":1}',
  }
  const { endpoint } = await library({}, async () => ({ payload }))
  const response = await fetch(endpoint)
  expect(response.status).toBe(201)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    location: '/loans/1',
    'x-count': '3',
    'content-type': 'text/plain;charset=UTF-8',
  })
  expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
  expect(await response.json()).toEqual({ loanId: 1 })
})

test('members of a response that are null are absent', async () => {
  const payload = { statusCode: 204, headers: null, cookies: null, body: null }
  const { endpoint } = await library({}, async () => ({ payload }))
  expect((await fetch(endpoint)).status).toBe(204)
})

test('HEAD gets the headers of the response and no body', async () => {
  const { endpoint } = await library({}, async () => ({ payload: { statusCode: 200, body: 'four' } }))
  const response = await fetch(endpoint, { method: 'HEAD' })
  expect(response.headers.get('content-length')).toBe('4')
  expect(await response.text()).toBe('')
})

test.each<[string, number, string, () => ReturnType<Invoke>]>([
  [
    'that throws',
    500,
    'Internal Server Error',
    async () => ({ payload: { errorMessage: 'secret' }, functionError: 'Unhandled' }),
  ],
  ['whose response is malformed', 500, 'Internal Server Error', async () => ({ payload: { statusCode: 'fine' } })],
  [
    'that denies the gateway',
    500,
    'Internal Server Error',
    async () => {
      throw new AwsError('AccessDeniedException', 'secret')
    },
  ],
  [
    'for which the event is too large',
    413,
    'Request Entity Too Large',
    async () => {
      requireSize('secret', 5)
      return { payload: null }
    },
  ],
])('a function %s results in %i', async (_, status, message, invoke) => {
  const { endpoint, lines } = await library({}, invoke)
  const response = await fetch(endpoint)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.text()).toBe(JSON.stringify({ message }))
  expect(lines[0]).toMatchObject({ status, reason: expect.any(String) })
})

test('an integration that exceeds its timeout results in 503', async () => {
  const clock = new ManualClock()
  const { endpoint } = await library(
    { integration: { TimeoutInMillis: 2000 } },
    () => clock.advance(2000).then(() => new Promise(() => {})),
    clock,
  )
  const response = await fetch(endpoint)
  expect(response.status).toBe(503)
  expect(await response.json()).toEqual({ message: 'Service Unavailable' })
})

test('a request without a matching route or $default gets 404', async () => {
  const { endpoint, invocations } = await library({ routes: [{ key: 'GET /loans' }] })
  for (const [method, path] of [
    ['POST', '/loans'],
    ['GET', '/loans/'],
    ['GET', '/'],
  ] as const) {
    const response = await fetch(endpoint + path, { method })
    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}'])
    expect(response.headers.get('apigw-requestid')).toBeTruthy()
  }
  expect(invocations).toEqual([])
})

test('a body over 10 MB gets 413, one of 10 MB is accepted', async () => {
  const { endpoint, invocations } = await library()
  const tooLarge = await fetch(endpoint, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) })
  expect([tooLarge.status, await tooLarge.text()]).toEqual([413, '{"message":"Request Entity Too Large"}'])
  expect(invocations).toEqual([])
  expect((await fetch(endpoint, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024) })).status).toBe(200)
})

test('a path with invalid percent-encoding gets 400', async () => {
  const { endpoint } = await library()
  expect((await fetch(`${endpoint}/%zz`)).status).toBe(400)
})

test('every request is counted for its API, and whether it failed', async () => {
  const { endpoint, apiId, metrics } = await library(
    { routes: [{ key: 'GET /loans' }, { key: 'GET /broken' }] },
    async ({ event }) => ({ payload: { statusCode: event.rawPath === '/broken' ? 502 : 200 } }),
  )
  for (const path of ['/loans', '/broken', '/nowhere']) await (await fetch(`${endpoint}${path}`)).text()
  expect(metrics.values('AWS/ApiGateway', 'Count', { ApiId: apiId })).toEqual([1, 1, 1])
  expect(metrics.values('AWS/ApiGateway', '5xx', { ApiId: apiId })).toEqual([0, 1, 0])
})

const lambdaProxy = { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn('f'), PayloadFormatVersion: '2.0' }
const simpleAuthorizer = {
  AuthorizerType: 'REQUEST',
  AuthorizerUri: functionArn('f'),
  AuthorizerPayloadFormatVersion: '2.0',
  EnableSimpleResponses: true,
}

// "Custom timeout between … 50 and 30,000 milliseconds for HTTP APIs"; of an authorizer's result, "the maximum value is 3600,
// or 1 hour" (API Gateway Version 2 API Reference).
test.each([
  ['Api', { ProtocolType: 'WEBSOCKET' }, 'WEBSOCKET'],
  ['Api', { ProtocolType: 'HTTP', CorsConfiguration: { AllowOrigins: ['https://*'] } }, 'https://*'],
  ['Api', { ProtocolType: 'HTTP', CorsConfiguration: { AllowOrigins: ['https://*.example'] } }, 'https://*.example'],
  ['Integration', { IntegrationType: 'HTTP_PROXY' }, 'AWS_PROXY'],
  [
    'Integration',
    { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn('f'), PayloadFormatVersion: '1.0' },
    '2.0',
  ],
  [
    'Integration',
    { IntegrationType: 'AWS_PROXY', IntegrationUri: 'https://example.com', PayloadFormatVersion: '2.0' },
    'function',
  ],
  ['Integration', { ...lambdaProxy, TimeoutInMillis: 30_001 }, 'TimeoutInMillis 30001; it must be'],
  ['Integration', { ...lambdaProxy, TimeoutInMillis: 49 }, 'TimeoutInMillis 49; it must be'],
  ['Authorizer', { ...simpleAuthorizer, AuthorizerResultTtlInSeconds: 3601 }, 'AuthorizerResultTtlInSeconds 3601'],
  ['Route', { RouteKey: 'GET /', Target: 'integrations/i', AuthorizationType: 'AWS_IAM' }, 'AWS_IAM'],
  ['Route', { RouteKey: 'GET /', Target: 'integrations/i' }, 'integrations/i'],
  ['Authorizer', { AuthorizerType: 'REQUEST', AuthorizerPayloadFormatVersion: '1.0' }, '2.0'],
  ['Authorizer', { AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'] }, 'JwtConfiguration'],
  ['Authorizer', { AuthorizerType: 'JWT', IdentitySource: ['$request.querystring.t'] }, '$request.querystring.t'],
])('%s %j is rejected with the value that is not supported', async (type, properties, message) => {
  const { service, apiId } = await library()
  await expect(declarer(service)(type, 'Rejected', { ApiId: apiId, ...properties })).rejects.toThrow(message)
})

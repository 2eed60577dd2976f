import { functionArn, library, stopServices } from './testing.ts'

const cors = {
  AllowOrigins: ['https://library.example'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['Authorization'],
  ExposeHeaders: ['Location'],
  AllowCredentials: true,
  MaxAge: 600,
}

const payload = { statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://evil.example' }, body: 'ok' }
const started = (options: Parameters<typeof library>[0]) => library(options, async () => ({ payload }))
afterEach(stopServices)

const preflight = (url: string, origin: string) =>
  fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })

test.each([{ key: 'POST /loans' }, { key: '$default' }])(
  'a preflight gets a response without invoking the function ($key)',
  async ({ key }) => {
    const { endpoint, invocations } = await started({ routes: [{ key }], api: { CorsConfiguration: cors } })
    const response = await preflight(`${endpoint}/loans`, 'https://library.example')
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://library.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization',
      'access-control-expose-headers': 'location',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
    })
    expect(invocations).toEqual([])
  },
)

test('an origin that is not allowed gets no CORS headers', async () => {
  const { endpoint } = await started({
    routes: [{ key: '$default' }],
    api: { CorsConfiguration: cors },
  })
  for (const response of [
    await preflight(endpoint, 'https://evil.example'),
    await fetch(endpoint, { headers: { origin: 'https://evil.example' } }),
  ]) {
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  }
})

// "For the OPTIONS method, your request must contain an origin header and an Access-Control-Request-Method header" (API Gateway
// Developer Guide, "Configure CORS for HTTP APIs").
test.each(['/loans', '/absent'])('OPTIONS %s without a requested method gets no CORS headers', async (path) => {
  const { endpoint } = await started({ routes: [{ key: 'ANY /loans' }], api: { CorsConfiguration: cors } })
  const { headers } = await fetch(endpoint + path, {
    method: 'OPTIONS',
    headers: { origin: 'https://library.example' },
  })
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
})

test('all responses, including errors, have the configured headers and not those of the function', async () => {
  const routes = [{ key: 'GET /loans' }]
  const { endpoint } = await started({ routes, api: { CorsConfiguration: { AllowOrigins: ['*'] } } })
  for (const path of ['/loans', '/absent']) {
    const response = await fetch(endpoint + path, { headers: { origin: 'https://other.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  }
})

test('without a CORS configuration OPTIONS is an ordinary route with the headers of its function', async () => {
  const { endpoint, invocations } = await started({ routes: [{ key: 'ANY /loans' }] })
  const response = await preflight(`${endpoint}/loans`, 'https://library.example')
  expect(response.headers.get('access-control-allow-origin')).toBe('https://evil.example')
  expect(invocations).toHaveLength(1)
})

test('an authorizer denies preflights that match its route', async () => {
  const { endpoint } = await started({
    api: { CorsConfiguration: cors },
    authorizers: {
      Staff: {
        AuthorizerType: 'REQUEST',
        AuthorizerUri: functionArn('staff'),
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        IdentitySource: ['$request.header.Authorization'],
      },
    },
    routes: [{ key: 'ANY /loans', properties: { AuthorizationType: 'CUSTOM', Authorizer: 'Staff' } }],
  })
  expect((await preflight(`${endpoint}/loans`, 'https://library.example')).status).toBe(401)
})

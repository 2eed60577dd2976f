import { ManualClock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import { functionArn, library, stopServices, type Invocation } from './testing.ts'

type Result = { payload: unknown; functionError?: string }

let clock: ManualClock
let authorizerCalls: Invocation[]
let loans: Invocation[]
let authorize: () => Promise<Result>

beforeEach(() => {
  clock = new ManualClock()
  authorizerCalls = []
  loans = []
  authorize = async () => ({ payload: { isAuthorized: true, context: { staffId: 's-1', shifts: ['night'] } } })
})
afterEach(stopServices)

async function libraryWith(authorizer: object = {}) {
  const invoke = async (invocation: Invocation) => {
    const isAuthorizer = invocation.functionArn === functionArn('staff')
    ;(isAuthorizer ? authorizerCalls : loans).push(invocation)
    return isAuthorizer ? authorize() : { payload: 'ok' }
  }
  const custom = { AuthorizationType: 'CUSTOM', Authorizer: 'Staff' }
  const options = {
    authorizers: {
      Staff: {
        AuthorizerType: 'REQUEST',
        AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn('staff')}/invocations`,
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: 0,
        IdentitySource: ['$request.header.Authorization', '$request.header.X-Branch'],
        ...authorizer,
      },
    },
    routes: [
      { key: 'GET /staff/{staffId}', properties: custom },
      { key: 'GET /rota', properties: custom },
    ],
  }
  return library(options, invoke, clock)
}

const get = async (url: string, authorization = 'secret', branch = 'north') => {
  const response = await fetch(url, { headers: { authorization, 'x-branch': branch } })
  return [response.status, await response.text()]
}

test('the function is invoked with the event of payload format 2.0 and the authorizer as source', async () => {
  const { endpoint, apiId } = await libraryWith()
  expect((await get(`${endpoint}/staff/7`))[0]).toBe(200)
  expect(authorizerCalls[0]!.event).toMatchObject({
    version: '2.0',
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/$default/GET/staff/{staffId}`,
    identitySource: ['secret', 'north'],
    routeKey: 'GET /staff/{staffId}',
    rawPath: '/staff/7',
    headers: { authorization: 'secret' },
    pathParameters: { staffId: '7' },
    requestContext: { apiId, http: { method: 'GET' }, stage: '$default' },
  })
  expect(authorizerCalls[0]!.caller).toEqual({
    kind: 'service',
    service: 'apigateway.amazonaws.com',
    sourceArn: expect.stringMatching(
      new RegExp(`^arn:aws:execute-api:us-east-1:000000000000:${apiId}/authorizers/[a-z0-9]{10}$`),
    ),
  })
})

test('the context of the authorizer is passed to the function of the route', async () => {
  const { endpoint } = await libraryWith()
  await get(`${endpoint}/rota`)
  expect(loans[0]!.event.requestContext.authorizer).toEqual({ lambda: { staffId: 's-1', shifts: ['night'] } })
})

test('a missing identity source gets 401 without an invocation', async () => {
  const { endpoint } = await libraryWith()
  expect(await get(`${endpoint}/rota`, 'secret', '')).toEqual([401, '{"message":"Unauthorized"}'])
  expect(authorizerCalls).toEqual([])
})

test.each<[string, () => Promise<Result>, number, string]>([
  ['denies access', async () => ({ payload: { isAuthorized: false } }), 403, 'Forbidden'],
  [
    'throws Unauthorized',
    async () => ({ payload: { errorMessage: 'Unauthorized' }, functionError: 'Unhandled' }),
    401,
    'Unauthorized',
  ],
  [
    'throws something else',
    async () => ({ payload: { errorMessage: 'Unauthorized user' }, functionError: 'Unhandled' }),
    500,
    'Internal Server Error',
  ],
  ['returns null', async () => ({ payload: null }), 500, 'Internal Server Error'],
  ['returns an invalid response', async () => ({ payload: { isAuthorized: 'yes' } }), 500, 'Internal Server Error'],
  [
    'cannot be invoked',
    async () => {
      throw new AwsError('AccessDeniedException', 'no')
    },
    500,
    'Internal Server Error',
  ],
  // "Timeout for Lambda authorizer response: 10000 ms" (API Gateway Developer Guide, "Quotas for configuring and running an
  // HTTP API").
  [
    'does not respond within ten seconds',
    () => clock.advance(10_000).then(() => new Promise(() => {})),
    500,
    'Internal Server Error',
  ],
])('an authorizer function that %s results in an error response', async (_, make, status, message) => {
  authorize = make
  const { endpoint } = await libraryWith()
  expect(await get(`${endpoint}/rota`)).toEqual([status, JSON.stringify({ message })])
  expect(loans).toEqual([])
})

test('results are cached for the TTL by identity, for all routes of the authorizer', async () => {
  const { endpoint } = await libraryWith({ AuthorizerResultTtlInSeconds: 300 })
  await get(`${endpoint}/rota`)
  await get(`${endpoint}/staff/7`)
  expect(authorizerCalls).toHaveLength(1)
  expect(loans[1]!.event.requestContext.authorizer).toEqual(loans[0]!.event.requestContext.authorizer)
  await get(`${endpoint}/rota`, 'secret', 'south')
  await get(`${endpoint}/rota`, 'other')
  expect(authorizerCalls).toHaveLength(3)
  await clock.advance(300_000)
  await get(`${endpoint}/rota`)
  expect(authorizerCalls).toHaveLength(4)
})

test('a denial is cached, an error is not', async () => {
  const { endpoint } = await libraryWith({ AuthorizerResultTtlInSeconds: 300 })
  authorize = async () => ({ payload: { errorMessage: 'Unauthorized' }, functionError: 'Unhandled' })
  expect((await get(`${endpoint}/rota`))[0]).toBe(401)
  authorize = async () => ({ payload: { isAuthorized: false } })
  expect((await get(`${endpoint}/rota`))[0]).toBe(403)
  authorize = async () => ({ payload: { isAuthorized: true } })
  expect((await get(`${endpoint}/rota`))[0]).toBe(403)
})

test('a TTL of 0 disables the cache', async () => {
  const { endpoint } = await libraryWith()
  await get(`${endpoint}/rota`)
  await get(`${endpoint}/rota`)
  expect(authorizerCalls).toHaveLength(2)
})

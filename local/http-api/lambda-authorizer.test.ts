import { ManualClock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import { HttpApiService } from './service.ts'
import { declareLibrary, functionArn } from './testing.ts'

type Answer = { payload: unknown; functionError?: string }

let clock: ManualClock
let service: HttpApiService
let asked: { event: any; caller: unknown }[]
let loans: any[]
let answer: () => Promise<Answer>

beforeEach(() => {
  clock = new ManualClock()
  asked = []
  loans = []
  answer = async () => ({ payload: { isAuthorized: true, context: { staffId: 's-1', shifts: ['night'] } } })
  service = new HttpApiService({
    clock,
    invoke: async (arn, event, caller) => {
      if (arn === functionArn('staff')) {
        asked.push({ event, caller })
        return answer()
      }
      loans.push(event)
      return { payload: 'ok' }
    },
  })
})
afterEach(() => service.stop())

async function library(authorizer: object = {}) {
  const custom = { AuthorizationType: 'CUSTOM', Authorizer: 'Staff' }
  return declareLibrary(service, {
    authorizers: {
      Staff: {
        AuthorizerType: 'REQUEST',
        AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn('staff')}/invocations`,
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: 0,
        IdentitySource: ['$request.header.Authorization', '$request.querystring.branch'],
        ...authorizer,
      },
    },
    routes: [
      { key: 'GET /staff/{staffId}', properties: custom },
      { key: 'GET /rota', properties: custom },
    ],
  })
}

const get = async (url: string, authorization = 'secret') => {
  const response = await fetch(url, { headers: { authorization } })
  return [response.status, await response.text()]
}

test('the function is asked with the event of payload 2.0, in the name of the authorizer', async () => {
  const { endpoint, apiId } = await library()
  expect((await get(`${endpoint}/staff/7?branch=north`))[0]).toBe(200)
  expect(asked[0]!.event).toMatchObject({
    version: '2.0',
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/$default/GET/staff/{staffId}`,
    identitySource: ['secret', 'north'],
    routeKey: 'GET /staff/{staffId}',
    rawPath: '/staff/7',
    rawQueryString: 'branch=north',
    headers: { authorization: 'secret' },
    queryStringParameters: { branch: 'north' },
    pathParameters: { staffId: '7' },
    requestContext: { apiId, http: { method: 'GET' }, stage: '$default' },
  })
  expect(asked[0]!.caller).toEqual({
    kind: 'service',
    service: 'apigateway.amazonaws.com',
    sourceArn: expect.stringMatching(
      new RegExp(`^arn:aws:execute-api:us-east-1:000000000000:${apiId}/authorizers/[a-z0-9]{10}$`),
    ),
  })
})

test('its context reaches the route’s function', async () => {
  const { endpoint } = await library()
  await get(`${endpoint}/rota?branch=north`)
  expect(loans[0].requestContext.authorizer).toEqual({ lambda: { staffId: 's-1', shifts: ['night'] } })
})

test('a missing identity source: 401, and nobody is asked', async () => {
  const { endpoint } = await library()
  expect(await get(`${endpoint}/rota`)).toEqual([401, '{"message":"Unauthorized"}'])
  expect(asked).toEqual([])
})

test.each<[string, () => Promise<Answer>, number, string]>([
  ['denies', async () => ({ payload: { isAuthorized: false } }), 403, 'Forbidden'],
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
  ['answers nothing', async () => ({ payload: null }), 500, 'Internal Server Error'],
  ['answers a policy', async () => ({ payload: { isAuthorized: 'yes' } }), 500, 'Internal Server Error'],
  [
    'may not be invoked',
    async () => {
      throw new AwsError('AccessDeniedException', 'no')
    },
    500,
    'Internal Server Error',
  ],
])('a function that %s', async (_, make, status, message) => {
  answer = make
  const { endpoint } = await library()
  expect(await get(`${endpoint}/rota?branch=north`)).toEqual([status, JSON.stringify({ message })])
  expect(loans).toEqual([])
})

test('answers are kept for the TTL by identity, over all routes of the authorizer', async () => {
  const { endpoint } = await library({ AuthorizerResultTtlInSeconds: 300 })
  await get(`${endpoint}/rota?branch=north`)
  await get(`${endpoint}/staff/7?branch=north`)
  expect(asked).toHaveLength(1)
  expect(loans[1].requestContext.authorizer).toEqual(loans[0].requestContext.authorizer)
  await get(`${endpoint}/rota?branch=south`)
  await get(`${endpoint}/rota?branch=north`, 'other')
  expect(asked).toHaveLength(3)
  await clock.advance(300_000)
  await get(`${endpoint}/rota?branch=north`)
  expect(asked).toHaveLength(4)
})

test('a denial is kept too, an error is not', async () => {
  const { endpoint } = await library({ AuthorizerResultTtlInSeconds: 300 })
  answer = async () => ({ payload: { errorMessage: 'Unauthorized' }, functionError: 'Unhandled' })
  expect((await get(`${endpoint}/rota?branch=north`))[0]).toBe(401)
  answer = async () => ({ payload: { isAuthorized: false } })
  expect((await get(`${endpoint}/rota?branch=north`))[0]).toBe(403)
  answer = async () => ({ payload: { isAuthorized: true } })
  expect((await get(`${endpoint}/rota?branch=north`))[0]).toBe(403)
})

test('with the route key as an identity source each route is asked for', async () => {
  const { endpoint } = await library({
    AuthorizerResultTtlInSeconds: 300,
    IdentitySource: ['$request.header.Authorization', '$context.routeKey'],
  })
  await get(`${endpoint}/rota`)
  await get(`${endpoint}/staff/7`)
  expect(asked.map(({ event }) => event.identitySource)).toEqual([
    ['secret', 'GET /rota'],
    ['secret', 'GET /staff/{staffId}'],
  ])
})

test('a TTL of 0 keeps nothing', async () => {
  const { endpoint } = await library()
  await get(`${endpoint}/rota?branch=north`)
  await get(`${endpoint}/rota?branch=north`)
  expect(asked).toHaveLength(2)
})

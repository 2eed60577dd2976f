import { ManualClock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import { declarer, library, stopServices } from './testing.ts'

afterEach(stopServices)

test('a named stage is served below its name, with its own throttles and access log, beside $default', async () => {
  const log = (name: string) => ({
    DestinationArn: `arn:aws:logs:us-east-1:000000000000:log-group:${name}`,
    Format: '$context.stage $context.routeKey $context.path',
  })
  const { service, endpoint, apiId, invocations, logged } = await library({
    routes: [{ key: 'GET /loans/{loanId}' }],
    stage: { AccessLogSettings: log('default') },
  })
  await declarer(service)('Stage', 'Live', {
    ApiId: apiId,
    StageName: 'live',
    RouteSettings: { 'GET /loans/{loanId}': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } },
    AccessLogSettings: log('live'),
  })
  const statusOf = async (path: string) => (await fetch(endpoint + path)).status
  expect(await statusOf('/live/loans/7')).toBe(200)
  expect(await statusOf('/live/loans/7')).toBe(429)
  expect(await statusOf('/loans/7')).toBe(200)
  expect(invocations.map(({ event }) => event)).toMatchObject([
    {
      rawPath: '/live/loans/7',
      pathParameters: { loanId: '7' },
      requestContext: { stage: 'live', http: { path: '/live/loans/7' } },
    },
    { rawPath: '/loans/7', requestContext: { stage: '$default', http: { path: '/loans/7' } } },
  ])
  const lines = logged.map(({ group, message }) => `${group.split(':').at(-1)}: ${message}`)
  expect(lines).toEqual([
    'live: live GET /loans/{loanId} /live/loans/7',
    'live: live GET /loans/{loanId} /live/loans/7',
    'default: $default GET /loans/{loanId} /loans/7',
  ])
})

test('an API without $default serves only its named stages', async () => {
  const { endpoint } = await library({ routes: [{ key: 'GET /loans' }], stage: { StageName: 'live' } })
  expect((await fetch(`${endpoint}/loans`)).status).toBe(404)
  expect((await fetch(`${endpoint}/live/loans`)).status).toBe(200)
})

test('a stage throttles each route with a separate token bucket', async () => {
  const clock = new ManualClock()
  const stage = {
    DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 },
    RouteSettings: { 'GET /members': { ThrottlingBurstLimit: 1 } },
  }
  const { endpoint } = await library(
    { routes: [{ key: 'GET /loans' }, { key: 'GET /members' }], stage },
    undefined,
    clock,
  )
  const statuses = async (path: string) => (await fetch(endpoint + path)).status
  expect([await statuses('/loans'), await statuses('/loans')]).toEqual([200, 200])
  const third = await fetch(`${endpoint}/loans`)
  expect([third.status, await third.text()]).toEqual([429, '{"message":"Too Many Requests"}'])
  expect([await statuses('/members'), await statuses('/members')]).toEqual([200, 429])
  await clock.advance(1000)
  expect([await statuses('/loans'), await statuses('/loans')]).toEqual([200, 429])
})

test('access logs are written to their log group in their format', async () => {
  const group = 'arn:aws:logs:us-east-1:000000000000:log-group:access'
  const stage = {
    AccessLogSettings: {
      DestinationArn: group,
      Format: '{"m":"$context.httpMethod","r":"$context.routeKey","s":$context.status,"x":"$context.unknown"}',
    },
  }
  const { endpoint, logged } = await library({ routes: [{ key: 'GET /loans/{loanId}' }], stage })
  await fetch(`${endpoint}/loans/7`)
  expect(logged).toEqual([{ group, message: '{"m":"GET","r":"GET /loans/{loanId}","s":200,"x":"-"}' }])
})

test('a quote in a value leaves the line of an access log JSON', async () => {
  const stage = { AccessLogSettings: { DestinationArn: 'access', Format: '{"e":"$context.error.message"}' } }
  const { endpoint, logged } = await library({ stage }, () => Promise.reject(new AwsError('Lost', 'No "loans"')))
  await fetch(`${endpoint}/loans`)
  expect(JSON.parse(logged[0]!.message)).toEqual({ e: 'Lost: No "loans"' })
})

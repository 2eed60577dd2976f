import { ManualClock } from '../clock.ts'
import { RecordedMetrics } from '../cloudwatch/recorded-metrics.ts'
import { HttpApiService } from './service.ts'
import { declareLibrary } from './testing.ts'

test('every request is counted for its API and stage, including rejected and failed ones', async () => {
  const metrics = new RecordedMetrics()
  const clock = new ManualClock()
  const service = new HttpApiService({
    clock,
    metrics,
    invoke: async (_arn, event) => {
      await clock.advance(25)
      return { payload: { statusCode: (event as { rawPath: string }).rawPath === '/broken' ? 502 : 200 } }
    },
  })
  const { apiId: ApiId, endpoint } = await declareLibrary(service, {
    routes: [{ key: 'GET /loans' }, { key: 'GET /broken' }],
  })
  for (const path of ['/loans', '/broken', '/nowhere']) await (await fetch(`${endpoint}${path}`)).text()
  const of = (name: string, dimensions: Record<string, string> = { ApiId }) =>
    metrics.values('AWS/ApiGateway', name, dimensions)
  expect(of('Count')).toEqual([1, 1, 1])
  expect(of('4xx')).toEqual([0, 0, 1])
  expect(of('5xx')).toEqual([0, 1, 0])
  expect(of('Latency')).toEqual([25, 25, 0])
  expect(of('5xx', { ApiId, Stage: '$default' })).toEqual([0, 1, 0])
  await service.stop()
})

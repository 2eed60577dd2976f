import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { capturedLogs } from '#test/support/captured-logs.ts'

const logs = capturedLogs()

/** A module of its own, since the stage is read when it is loaded. */
async function telemetryOfStage(): Promise<typeof import('./telemetry.ts')> {
  process.env['STAGE'] = 'dev'
  const module = './telemetry.ts?stage=dev'
  return await import(module)
}

afterAll(() => {
  for (const name of ['STAGE', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_VERSION']) delete process.env[name]
})

test('every metric has the dimension stage', async () => {
  const { flushMetrics, metrics } = await telemetryOfStage()
  for (const type of ['standard', 'express']) {
    metrics.addDimension('OrderType', type)
    metrics.addMetric('ItemsSold', MetricUnit.Count, 1)
    flushMetrics()
  }
  const lines = logs.lines()
  expect(lines.map(({ stage, OrderType }) => [stage, OrderType])).toEqual([
    ['dev', 'standard'],
    ['dev', 'express'],
  ])
  for (const line of lines) {
    const [{ Dimensions }] = line['_aws'].CloudWatchMetrics
    expect(Dimensions).toEqual([expect.arrayContaining(['stage', 'OrderType'])])
    expect(Dimensions[0]).toHaveLength(3)
  }
})

test('a 5xx response is counted by function version, separately from the invocation’s metrics', async () => {
  const { countServerError, flushMetrics, metrics } = await telemetryOfStage()
  countServerError()
  expect(logs.text()).toBe('')
  process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'shop-place-order'
  process.env['AWS_LAMBDA_FUNCTION_VERSION'] = '7'
  metrics.addMetric('ItemsSold', MetricUnit.Count, 1)
  countServerError()
  const [line, ...others] = logs.lines()
  expect(others).toEqual([])
  expect(line).toMatchObject({
    ServerErrors: 1,
    stage: 'dev',
    function_name: 'shop-place-order',
    function_version: '7',
  })
  expect(line!['_aws'].CloudWatchMetrics[0].Dimensions[0].toSorted()).toEqual([
    'function_name',
    'function_version',
    'service',
    'stage',
  ])
  flushMetrics()
  expect(logs.lines()[1]).toMatchObject({ ItemsSold: 1 })
  expect(logs.lines()[1]).not.toHaveProperty('function_version')
})

import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { capturedLogs } from '#test/support/captured-logs.ts'

const logs = capturedLogs()

test('metrics of a function say which stage they are of, beside their own dimensions', async () => {
  process.env['STAGE'] = 'dev'
  const { flushMetrics, metrics } = await import('./telemetry.ts')
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

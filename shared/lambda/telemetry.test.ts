import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { flushMetrics, logger, logWithMetrics, metrics } from './telemetry.ts'

const logs = capturedLogs()

test('an email address in an error message is redacted', () => {
  const error = new Error('Email address is not verified: mira.novak+shop@mail.example.com in US-EAST-1')
  logger.error('Sending failed', { error })
  expect(logs.text()).not.toContain('mira.novak')
  expect(logs.lines()[0]!['error'].message).toBe('Email address is not verified: [address] in US-EAST-1')
})

test.each(['é@example.com', 'jürgen.o@bücher.example', '山田@例え.jp'])('the address %s is redacted', (address) => {
  logger.info(`Local address contains control or whitespace: ${address}`)
  expect(logs.lines()[0]!['message']).toBe('Local address contains control or whitespace: [address]')
})

test('an item on an error is not logged, its cancellation reasons are', () => {
  const error = Object.assign(new Error('Transaction cancelled'), {
    CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: { shippingAddress: { S: 'Mill Lane 1' } } }],
  })
  logger.error('Writing failed', { error })
  expect(logs.text()).not.toContain('Mill Lane')
  expect(logs.lines()[0]!['error'].CancellationReasons).toEqual([{ Code: 'ConditionalCheckFailed' }])
})

test('paths of scoped packages in a stack trace are not redacted', () => {
  logger.info('at /var/task/node_modules/@aws-sdk/client-sesv2/index.js:1:2')
  expect(logs.lines()[0]!['message']).toContain('node_modules/@aws-sdk/client-sesv2/index.js')
})

test('metrics are flushed once; an invocation without metrics writes none', () => {
  flushMetrics()
  expect(logs.text()).toBe('')
  metrics.addMetric('MailsSent', MetricUnit.Count, 2)
  flushMetrics()
  flushMetrics()
  expect(logs.lines().map((line) => line['MailsSent'])).toEqual([2])
})

test('the last line of an invocation has its metrics, each once, and no line of their own', () => {
  metrics.addDimension('OrderType', 'express')
  metrics.addMetric('ItemsSold', MetricUnit.Count, 3)
  logWithMetrics('info', 'POST /orders', { status: 201 })
  logWithMetrics('info', 'GET /orders', { status: 200 })
  const [first, second, ...others] = logs.lines()
  expect(others).toEqual([])
  expect(first).toMatchObject({ message: 'POST /orders', status: 201, OrderType: 'express', ItemsSold: 3 })
  expect(first!['_aws'].CloudWatchMetrics[0].Dimensions).toEqual([['service', 'OrderType']])
  expect(first).toHaveProperty('service')
  for (const name of ['sampling_rate', 'xray_trace_id']) expect(first).not.toHaveProperty(name)
  expect(second).toMatchObject({ message: 'GET /orders', status: 200 })
  expect(second).not.toHaveProperty('_aws')
})

import { RecordedMetrics } from '../cloudwatch/testing.ts'
import { ManualClock } from '../clock.ts'
import { administrator, Bakery, until } from './testing.ts'

let bakery: Bakery
let metrics: RecordedMetrics
beforeEach(() => (metrics = new RecordedMetrics()))
afterEach(() => bakery.stop())

const of = (name: string, dimensions: Record<string, string> = { FunctionName: 'bakery' }) =>
  metrics.values('AWS/Lambda', name, dimensions)

test('each invocation is counted for the function and for the invoked name', async () => {
  bakery = new Bakery({ metrics })
  const arn = await bakery.deploy()
  await bakery.create('AWS::Lambda::Alias', { FunctionName: arn, Name: 'live', FunctionVersion: '1' })
  await bakery.lambda.invoke(arn, { behavior: 'echo' }, administrator)
  await bakery.lambda.invoke(`${arn}:live`, { behavior: 'throw' }, administrator)
  expect(of('Invocations')).toEqual([1, 1])
  expect(of('Errors')).toEqual([0, 1])
  expect(of('Throttles')).toEqual([0, 0])
  expect(of('Errors', { FunctionName: 'bakery', Resource: 'bakery:live' })).toEqual([1])
  expect(of('Invocations', { FunctionName: 'bakery', Resource: 'bakery' })).toEqual([1])
})

const mapping = async (properties: Record<string, unknown>) => {
  const created = await bakery.create('AWS::Lambda::EventSourceMapping', {
    FunctionName: await bakery.deploy({ Handler: 'consumer.handler' }),
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 0,
    ...properties,
  })
  return { EventSourceMappingUUID: created.ref }
}

test('a stream publishes the age of its records, and its mapping counts those that were sent to the destination', async () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1))
  bakery = new Bakery({ metrics, clock })
  const EventSourceArn = await bakery.table()
  const uuid = await mapping({
    EventSourceArn,
    MetricsConfig: { Metrics: ['EventCount'] },
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
  })
  await bakery.putItems('rye', 'poison')
  await clock.advance(150_000)
  bakery.lambda.start()
  await until(() => of('OnFailureDestinationDeliveredEventCount', uuid).length > 0)
  expect(of('IteratorAge')[0]).toBe(150_000)
  expect(of('OnFailureDestinationDeliveredEventCount', uuid)).toEqual([1])
})

import { RecordedMetrics } from '../cloudwatch/recorded-metrics.ts'
import { ManualClock } from '../clock.ts'
import { administrator, Bakery, until } from './testing.ts'

let shop: Bakery
let metrics: RecordedMetrics
beforeEach(() => (metrics = new RecordedMetrics()))
afterEach(() => shop.stop())

const of = (name: string, dimensions: Record<string, string> = { FunctionName: 'bakery' }) =>
  metrics.values('AWS/Lambda', name, dimensions)

test('each invocation counts, for the function and for the name that it was called by', async () => {
  shop = new Bakery({ metrics })
  const arn = await shop.deploy()
  await shop.create('AWS::Lambda::Alias', { FunctionName: arn, Name: 'live', FunctionVersion: '1' })
  await shop.lambda.invoke(arn, { manner: 'echo' }, administrator)
  await shop.lambda.invoke(`${arn}:live`, { manner: 'throw' }, administrator)
  expect(of('Invocations')).toEqual([1, 1])
  expect(of('Errors')).toEqual([0, 1])
  expect(of('Errors', {})).toEqual([0, 1])
  expect(of('Throttles')).toEqual([0, 0])
  expect(of('ConcurrentExecutions')).toEqual([1, 1])
  expect(of('Duration')).toHaveLength(2)
  expect(of('Errors', { FunctionName: 'bakery', Resource: 'bakery:live' })).toEqual([1])
  expect(of('Invocations', { FunctionName: 'bakery', Resource: 'bakery' })).toEqual([1])
})

test('a throttled call is a throttle and no invocation', async () => {
  shop = new Bakery({ metrics })
  const arn = await shop.deploy({ ReservedConcurrentExecutions: 0 })
  await expect(shop.lambda.invoke(arn, {}, administrator)).rejects.toThrow('Rate Exceeded')
  expect(of('Throttles')).toEqual([1])
  expect(of('Invocations')).toEqual([])
})

const mapping = async (properties: Record<string, unknown>) => {
  const created = await shop.create('AWS::Lambda::EventSourceMapping', {
    FunctionName: await shop.deploy({ Handler: 'consumer.handler' }),
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 0,
    ...properties,
  })
  return { EventSourceMappingUUID: created.ref }
}

test('a stream tells how old its records are, and its mapping what became of them', async () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1))
  shop = new Bakery({ metrics, clock })
  const EventSourceArn = await shop.table()
  const uuid = await mapping({
    EventSourceArn,
    MetricsConfig: { Metrics: ['EventCount'] },
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::kept' } },
  })
  await shop.bake('rye', 'poison')
  await clock.advance(150_000)
  shop.lambda.start()
  await until(() => of('OnFailureDestinationDeliveredEventCount', uuid).length > 0)
  expect(of('IteratorAge')[0]).toBe(150_000)
  expect(of('OnFailureDestinationDeliveredEventCount', uuid)).toEqual([1])
  expect(of('PolledEventCount', uuid)).toEqual([2])
  expect(of('DroppedEventCount', uuid)).toEqual([])
})

test('without a destination discarded records are dropped; a mapping that does not ask counts nothing', async () => {
  shop = new Bakery({ metrics })
  const EventSourceArn = await shop.table()
  const asking = await mapping({ EventSourceArn, MetricsConfig: { Metrics: ['EventCount'] } })
  await shop.bake('poison')
  shop.lambda.start()
  await until(() => of('DroppedEventCount', asking).length > 0)
  expect(of('DroppedEventCount', asking)).toEqual([1])
  expect(of('OnFailureDestinationDeliveredEventCount', asking)).toEqual([])
})

test('the mapping of a queue counts events too', async () => {
  shop = new Bakery({ metrics })
  const EventSourceArn = shop.queue('orders')
  const uuid = await mapping({ EventSourceArn, MetricsConfig: { Metrics: ['EventCount'] } })
  shop.sqs.send(EventSourceArn, { body: 'rye' })
  shop.lambda.start()
  await until(() => of('DeletedEventCount', uuid).length > 0)
  for (const name of ['PolledEventCount', 'InvokedEventCount', 'DeletedEventCount']) expect(of(name, uuid)).toEqual([1])
})

test('asynchronous events count when they are accepted and when they are dropped', async () => {
  shop = new Bakery({ metrics })
  const arn = await shop.deploy()
  await shop.create('AWS::Lambda::EventInvokeConfig', { FunctionName: arn, MaximumRetryAttempts: 0 })
  shop.lambda.invokeAsync(arn, { manner: 'throw' }, administrator)
  shop.lambda.start()
  await until(() => of('AsyncEventsDropped').length > 0)
  expect(of('AsyncEventsReceived')).toEqual([1])
  expect(of('AsyncEventAge')).toHaveLength(1)
  expect(of('Errors')).toEqual([1])
})

import { stageOf } from '#infra/stages.ts'
import { synthesize } from '#test/infra/synthesized.ts'

const { shipping, prefix } = stageOf('prod')
const prod = await synthesize('prod')
const queues = prod.ofType('AWS::SQS::Queue')
const queueNamed = (name: string) =>
  queues.find(({ properties }) => properties.QueueName === `${prefix}-shipping-${name}`)!

test.each([
  ['create-shipment-standard', shipping.handlingDelaySeconds],
  ['create-shipment-express', shipping.expressHandlingDelaySeconds],
  ['deliver-sandbox-parcel', shipping.deliveryDelaySeconds],
  ['void-shipment', 0],
])('the queue %s holds an event back for %d seconds, which is not late', (name, seconds) => {
  const queue = queueNamed(name)
  expect(queue.properties.DelaySeconds ?? 0).toBe(seconds)
  const [late] = prod
    .ofType('AWS::CloudWatch::Alarm')
    .filter(
      (alarm) =>
        alarm.properties.MetricName === 'ApproximateAgeOfOldestMessage' &&
        prod.referred(alarm, alarm.properties.Dimensions[0].Value) === queue,
    )
  expect(late!.properties.Threshold).toBe(300 + seconds)
})

test('a paid order is in the queue of its type, and express orders wait for no batch to fill', () => {
  const rules = prod
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.Name?.startsWith(`${prefix}-shipping-create-shipment`))
  const typesByQueue = rules.map((rule) => [
    prod.referred(rule, rule.properties.Targets[0].Arn)!.properties.QueueName,
    rule.properties.EventPattern.detail,
  ])
  expect(typesByQueue).toEqual(
    ['express', 'standard'].map((type) => [
      `${prefix}-shipping-create-shipment-${type}`,
      { data: { orderType: [type] } },
    ]),
  )
  const windows = prod
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(
      (mapping) => prod.referred(mapping, mapping.properties.EventSourceArn) === queueNamed('create-shipment-express'),
    )
    .map(({ properties }) => properties.MaximumBatchingWindowInSeconds)
  expect(windows).toEqual([0])
})

test('labels and invoices are deleted after a day', () => {
  const bucket = prod.ofType('AWS::S3::Bucket').find(({ logicalId }) => logicalId.startsWith('documents'))!
  expect(bucket.properties.LifecycleConfiguration.Rules).toMatchObject([{ ExpirationInDays: 1, Status: 'Enabled' }])
})

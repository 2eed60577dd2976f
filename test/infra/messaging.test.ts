import { globSync } from 'node:fs'
import { compilePattern } from '@cartwheel/local/events/pattern.ts'
import * as catalog from '#services/catalog/events.ts'
import * as inventory from '#services/inventory/events.ts'
import { leaseMs } from '#services/notifications/use-cases/send-notice.ts'
import * as orders from '#services/orders/events.ts'
import * as thumbnails from '#services/thumbnails/events.ts'
import * as users from '#services/users/events.ts'
import { triggers } from '#services/orders/domain/transitions.ts'
import { labelled, root, synthesize, type Resource } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const defined = [catalog, inventory, orders, thumbnails, users].flatMap((module) =>
  Object.values(module as Record<string, any>).filter((member) => member.source && member.type),
)

const dev = await synthesize()
const queues = dev.ofType('AWS::SQS::Queue')
const rules = dev.ofType('AWS::Events::Rule')
const alarms = dev.ofType('AWS::CloudWatch::Alarm')
const mappings = dev.ofType('AWS::Lambda::EventSourceMapping')
const queueMappings = mappings.filter((mapping) => dev.referred(mapping, mapping.properties.EventSourceArn))
const streamMappings = mappings.filter((mapping) => !queueMappings.includes(mapping))

const deadLetterQueues = new Set(
  queues.flatMap((queue) => dev.referred(queue, queue.properties.RedrivePolicy?.deadLetterTargetArn) ?? []),
)

const policiesOf = (queue: Resource) =>
  dev
    .ofType('AWS::SQS::QueuePolicy')
    .filter((policy) => policy.properties.Queues.some((member: unknown) => dev.referred(policy, member) === queue))
    .flatMap((policy) => policy.properties.PolicyDocument.Statement)

const alarmsOf = (queue: Resource, metric: string) =>
  alarms.filter(
    (alarm) =>
      alarm.properties.MetricName === metric &&
      alarm.properties.Dimensions.some((dimension: any) => dev.referred(alarm, dimension.Value) === queue),
  )

test('there is something to look at', () => {
  expect(rules.length).toBeGreaterThanOrEqual(4)
  expect(queueMappings).toHaveLength(6)
  expect(streamMappings).toHaveLength(1)
})

describe.each(labelled(rules))('rule %s', (_label, rule) => {
  test.each<any>(rule.properties.Targets)(
    'tries for four hours, then keeps what it cannot deliver to $Id',
    (target) => {
      expect(target.RetryPolicy).toEqual({ MaximumRetryAttempts: 100, MaximumEventAgeInSeconds: 4 * 3600 })
      const queue = dev.referred(rule, target.DeadLetterConfig?.Arn)!
      expect(queue.type).toBe('AWS::SQS::Queue')
      expect(alarmsOf(queue, 'ApproximateNumberOfMessagesVisible')).toHaveLength(1)
    },
  )

  test.each<any>(rule.properties.Targets)('may send to $Id and to its dead-letter queue', (target) => {
    for (const arn of [target.Arn, target.DeadLetterConfig.Arn]) {
      const allowed = policiesOf(dev.referred(rule, arn)!).filter(
        (statement) =>
          statement.Effect === 'Allow' &&
          statement.Principal.Service === 'events.amazonaws.com' &&
          dev.referred(rule, statement.Condition.ArnEquals['aws:SourceArn']) === rule,
      )
      expect(allowed).toHaveLength(1)
    }
  })

  test('asks for events that their owner defines, of one source', () => {
    if (rule.properties.EventBusName === undefined) return expect(ofAws(rule)).toMatch(/^aws\./)
    const { source, 'detail-type': types } = rule.properties.EventPattern
    expect(source).toHaveLength(1)
    for (const type of types) expect(defined).toContainEqual(expect.objectContaining({ source: source[0], type }))
  })
})

test('the archive keeps the events of every service', () => {
  const [archive, ...others] = dev.ofType('AWS::Events::Archive')
  expect(others).toEqual([])
  const matches = compilePattern(archive!.properties.EventPattern)
  const sources = new Set(defined.map(({ source }) => source))
  expect(sources.size).toBe(globSync('services/*/events.ts', { cwd: root }).length)
  const lost = defined.filter(({ source, type }) => !matches({ source, 'detail-type': type, detail: {} }))
  expect(lost).toEqual([])
})

/** AWS tells its own events on the default bus, and nobody else's are there. */
const ofAws = (rule: Resource) => rule.properties.EventPattern.source.join()

test('only pictures of products come to the catalogue', () => {
  const [rule, ...others] = rules.filter(({ properties }) => properties.EventPattern.detail?.data)
  expect(others).toEqual([])
  expect(dev.referred(rule!, rule!.properties.Targets[0].Arn)!.properties.QueueName).toMatch(/catalog-link-images$/)
  expect(rule!.properties.EventPattern.detail).toEqual({ data: { purpose: ['product-image'] } })
  const purposes = thumbnails.ThumbnailsReady.data.def.right.options.map((subject) => subject.shape.purpose.value)
  expect(purposes).toContain('product-image')
})

test('who hears of what', () => {
  const subscriptions = rules.flatMap((rule) =>
    rule.properties.Targets.map((target: any) => [
      dev.referred(rule, target.Arn)!.properties.QueueName,
      ...rule.properties.EventPattern['detail-type'],
    ]),
  )
  expect(subscriptions.toSorted()).toEqual([
    [`${applicationId}-dev-catalog-link-images`, 'ThumbnailsReady'],
    [`${applicationId}-dev-inventory-reserve-stock`, 'OrderPlaced'],
    [`${applicationId}-dev-notifications-send-mail`, 'OrderReserved', 'OrderRejected'],
    [`${applicationId}-dev-notifications-send-mail`, 'UserRegistered'],
    [`${applicationId}-dev-orders-apply-events`, ...triggers.map(({ type }) => type)],
    [`${applicationId}-dev-orders-watch-order`, 'OrderPlaced'],
    [`${applicationId}-dev-thumbnails-make-thumbnails`, 'Object Created'],
  ])
})

describe.each(labelled(queues))('queue %s', (_label, queue) => {
  test('has a dead-letter queue with an alarm, or is one', () => {
    if (deadLetterQueues.has(queue)) {
      const [alarm] = alarmsOf(queue, 'ApproximateNumberOfMessagesVisible')
      expect(alarm?.properties).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' })
      expect(queue.properties.MessageRetentionPeriod).toBe(14 * 86_400)
    } else {
      expect(queue.properties.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5)
      expect(alarmsOf(queue, 'ApproximateAgeOfOldestMessage')).toHaveLength(1)
    }
  })

  test('is encrypted so that EventBridge can send, and refuses connections without TLS', () => {
    expect(queue.properties.SqsManagedSseEnabled).toBe(true)
    expect(queue.properties.KmsMasterKeyId).toBeUndefined()
    expect(policiesOf(queue)).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    )
  })
})

describe.each(labelled(queueMappings))('queue mapping %s', (_label, mapping) => {
  const queue = dev.referred(mapping, mapping.properties.EventSourceArn)!
  const consumer = dev.referred(mapping, mapping.properties.FunctionName)!

  test('takes failures message by message', () => {
    expect(mapping.properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
    expect(mapping.properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2)
  })

  test('hides a message for six timeouts and its window', () => {
    const windowSeconds = mapping.properties.MaximumBatchingWindowInSeconds ?? 0
    expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * consumer.properties.Timeout + windowSeconds)
    if (mapping.properties.BatchSize > 10) expect(windowSeconds).toBeGreaterThanOrEqual(1)
  })
})

test('the claim on a mail outlives the function that sends it, and ends before its message comes again', () => {
  const mapping = queueMappings.find(
    (candidate) =>
      dev.referred(candidate, candidate.properties.FunctionName)?.properties.FunctionName ===
      `${applicationId}-dev-notifications-send-mail`,
  )!
  const sender = dev.referred(mapping, mapping.properties.FunctionName)!
  const queue = dev.referred(mapping, mapping.properties.EventSourceArn)!
  expect(leaseMs).toBeGreaterThan(sender.properties.Timeout * 1000)
  expect(leaseMs).toBeLessThan(queue.properties.VisibilityTimeout * 1000)
})

describe.each(labelled(streamMappings))('stream mapping %s', (_label, mapping) => {
  test('retries within bounds, halves batches, and keeps whole what fails', () => {
    expect(mapping.properties).toMatchObject({
      MaximumRetryAttempts: 5,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      StartingPosition: 'TRIM_HORIZON',
    })
    const bucketArn = dev.followImport(mapping.properties.DestinationConfig.OnFailure.Destination)
    const bucket = dev.resources.find(({ logicalId }) => logicalId === bucketArn['Fn::GetAtt'][0])
    expect(bucket?.type).toBe('AWS::S3::Bucket')
  })

  test('raises alarms when records are kept and when they wait', () => {
    const of = alarms.filter(({ stack }) => stack === mapping.stack).map(({ properties }) => properties.MetricName)
    expect(of.toSorted()).toEqual(['IteratorAge', 'OnFailureDestinationDeliveredEventCount'])
  })
})

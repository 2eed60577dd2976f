import { marshall } from '@aws-sdk/util-dynamodb'
import { compileEventPattern } from '@cartwheel/local/testing'
import { services } from '#infra/services.ts'
import { leaseMs } from '#services/notifications/use-cases/send-notice.ts'
import { triggers } from '#services/orders/domain/transitions.ts'
import type { EventDefinition } from '#shared/events/envelope.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { labelled, synthesize, type Resource } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const defined = services.flatMap(({ events }) =>
  Object.values(events as Record<string, Partial<EventDefinition>>).filter(({ source, type }) => source && type),
)

const dev = await synthesize()
const queues = dev.ofType('AWS::SQS::Queue')
const rules = dev.ofType('AWS::Events::Rule')
const alarms = dev.ofType('AWS::CloudWatch::Alarm')
const mappings = dev.ofType('AWS::Lambda::EventSourceMapping')
const queueMappings = mappings.filter((mapping) => dev.referred(mapping, mapping.properties.EventSourceArn))
const streamMappings = mappings.filter((mapping) => !queueMappings.includes(mapping))

const schedules = dev.ofType('AWS::Scheduler::Schedule')
const asyncInvocations = dev.ofType('AWS::Lambda::EventInvokeConfig')

const deadLetterQueues = new Set([
  ...queues.flatMap((queue) => dev.referred(queue, queue.properties.RedrivePolicy?.deadLetterTargetArn) ?? []),
  ...schedules.map((schedule) => dev.referred(schedule, schedule.properties.Target.DeadLetterConfig?.Arn)!),
])

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

const sourceArnsOf = ({ Condition }: any): any[] => [Condition.ArnEquals['aws:SourceArn']].flat()

test('the policy of a queue is far below the limits of SQS, however many services publish events', () => {
  for (const { properties } of dev.ofType('AWS::SQS::QueuePolicy')) {
    const statements: any[] = properties.PolicyDocument.Statement
    const conditions = statements.flatMap(({ Condition = {} }) => Object.values<object>(Condition).flatMap(Object.keys))
    expect(conditions.length).toBeLessThanOrEqual(3)
    expect(statements.length).toBeLessThanOrEqual(3)
    expect(JSON.stringify(properties.PolicyDocument).length).toBeLessThan(4096)
  }
})

describe.each(labelled(rules))('rule %s', (_label, rule) => {
  test.each<any>(rule.properties.Targets)(
    'retries delivery to $Id for four hours, then sends the event to a dead-letter queue',
    (target) => {
      expect(target.RetryPolicy).toEqual({ MaximumRetryAttempts: 100, MaximumEventAgeInSeconds: 4 * 3600 })
      const queue = dev.referred(rule, target.DeadLetterConfig?.Arn)!
      expect(queue.type).toBe('AWS::SQS::Queue')
      expect(alarmsOf(queue, 'ApproximateNumberOfMessagesVisible')).toHaveLength(1)
    },
  )

  test.each<any>(rule.properties.Targets)('is allowed to send to $Id and to its dead-letter queue', (target) => {
    for (const arn of [target.Arn, target.DeadLetterConfig.Arn]) {
      const allowed = policiesOf(dev.referred(rule, arn)!).filter(
        (statement) =>
          statement.Effect === 'Allow' &&
          statement.Principal.Service === 'events.amazonaws.com' &&
          sourceArnsOf(statement).some((source) => source['Fn::Join'][1].at(-1).endsWith(`/${rule.properties.Name}`)),
      )
      expect(allowed).toHaveLength(1)
    }
  })

  // "EventBridge sends the event directly to the dead-letter queue" when a permission is missing, and that queue's policy
  // would be missing too (EventBridge User Guide, "Using dead-letter queues").
  test('is created after the policies of its queues', () => {
    const dependencies = dev.templates.get(rule.stack).Resources[rule.logicalId].DependsOn
    const needed = dev.ofType('AWS::SQS::QueuePolicy').filter(({ stack }) => stack === rule.stack)
    const ofTargets = needed.filter(({ properties }) =>
      rule.properties.Targets.flatMap((target: any) => [target.Arn, target.DeadLetterConfig.Arn]).some(
        (arn: any) => properties.Queues[0].Ref === arn['Fn::GetAtt'][0],
      ),
    )
    expect(dependencies.toSorted()).toEqual(ofTargets.map(({ logicalId }) => logicalId).toSorted())
  })

  test('matches defined events of one source', () => {
    if (rule.properties.EventBusName === undefined) return expect(ofAws(rule)).toMatch(/^aws\./)
    const { source, 'detail-type': types } = rule.properties.EventPattern
    expect(source).toHaveLength(1)
    for (const type of types) expect(defined).toContainEqual(expect.objectContaining({ source: source[0], type }))
  })
})

describe.each(labelled(schedules))('schedule %s', (_label, schedule) => {
  const { Target, FlexibleTimeWindow } = schedule.properties
  const role = dev.referred(schedule, Target.RoleArn)!
  const queue = dev.referred(schedule, Target.DeadLetterConfig.Arn)!

  test('is retried for an hour, then sent to a dead-letter queue with an alarm', () => {
    expect(FlexibleTimeWindow).toEqual({ Mode: 'OFF' })
    expect(Target.RetryPolicy).toEqual({ MaximumRetryAttempts: 100, MaximumEventAgeInSeconds: 3600 })
    expect(alarmsOf(queue, 'ApproximateNumberOfMessagesVisible')).toHaveLength(1)
  })

  test('sends what its function fails to handle to the same queue', () => {
    const [config] = asyncInvocations.filter((each) => each.properties.FunctionName.Ref === Target.Arn['Fn::GetAtt'][0])
    expect(config!.properties).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 })
    expect(dev.referred(config!, config!.properties.DestinationConfig.OnFailure.Destination)).toBe(queue)
  })

  test('has a role that only Scheduler of this account assumes, for its function and its queue only', () => {
    const [trust] = role.properties.AssumeRolePolicyDocument.Statement
    expect(trust.Principal).toEqual({ Service: 'scheduler.amazonaws.com' })
    expect(JSON.stringify(trust.Condition.ArnEquals['aws:SourceArn'])).toContain(':schedule-group/default')
    const statements = dev
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => properties.Roles.some(({ Ref }: any) => Ref === role.logicalId))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    expect(statements).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: Target.Arn },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: Target.DeadLetterConfig.Arn },
    ])
  })
})

test('the archive stores the events of every service', () => {
  const [archive, ...others] = dev.ofType('AWS::Events::Archive')
  expect(others).toEqual([])
  const matches = compileEventPattern(archive!.properties.EventPattern)
  for (const { source, type } of defined)
    expect(matches({ source: source!, 'detail-type': type!, detail: {} })).toBe(true)
})

/** Events of AWS services, which are published on the default bus only. */
const ofAws = (rule: Resource) => rule.properties.EventPattern.source.join()

test('apply-events receives exactly the triggers of the order transitions that an installed service publishes', () => {
  const queueName = `${applicationId}-dev-orders-apply-events`
  const types = rules.flatMap((rule) =>
    rule.properties.Targets.flatMap((target: any) =>
      dev.referred(rule, target.Arn)!.properties.QueueName === queueName
        ? rule.properties.EventPattern['detail-type']
        : [],
    ),
  )
  const published = triggers.filter((trigger) => defined.includes(trigger))
  expect(types.toSorted()).toEqual(published.map(({ type }) => type).toSorted())
})

describe.each(labelled(queues))('queue %s', (_label, queue) => {
  test('is a dead-letter queue, or has one with an alarm', () => {
    if (deadLetterQueues.has(queue)) {
      const [alarm] = alarmsOf(queue, 'ApproximateNumberOfMessagesVisible')
      expect(alarm?.properties).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' })
      expect(queue.properties.MessageRetentionPeriod).toBe(14 * 86_400)
    } else {
      // A message keeps its enqueue time in the dead-letter queue, where it must remain for a while.
      expect(queue.properties.MessageRetentionPeriod).toBe(7 * 86_400)
      expect(queue.properties.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5)
      expect(alarmsOf(queue, 'ApproximateAgeOfOldestMessage')).toHaveLength(1)
    }
  })

  test('is encrypted so that EventBridge can send, and rejects connections without TLS', () => {
    expect(queue.properties.SqsManagedSseEnabled).toBe(true)
    expect(queue.properties.KmsMasterKeyId).toBeUndefined()
    expect(policiesOf(queue)).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Resource: { 'Fn::GetAtt': [queue.logicalId, 'Arn'] },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    )
  })
})

describe.each(labelled(queueMappings))('queue mapping %s', (_label, mapping) => {
  const queue = dev.referred(mapping, mapping.properties.EventSourceArn)!
  const consumer = dev.referred(mapping, mapping.properties.FunctionName)!

  test('reports batch item failures', () => {
    expect(mapping.properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
    expect(mapping.properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2)
  })

  test('has a visibility timeout of six function timeouts plus the batching window', () => {
    const windowSeconds = mapping.properties.MaximumBatchingWindowInSeconds
    expect(windowSeconds).toBeGreaterThanOrEqual(0)
    expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * consumer.properties.Timeout + windowSeconds)
    if (mapping.properties.BatchSize > 10) expect(windowSeconds).toBeGreaterThanOrEqual(1)
  })
})

test('the lease on an email outlasts the function timeout, and expires before the message is redelivered', () => {
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
  test('retries until a record is 20 hours old, bisects failed batches, then stores the complete records', () => {
    expect(mapping.properties).toMatchObject({
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 20 * 3600,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      StartingPosition: 'TRIM_HORIZON',
    })
    const bucketArn = dev.followImport(mapping.properties.DestinationConfig.OnFailure.Destination)
    const bucket = dev.resources.find(({ logicalId }) => logicalId === bucketArn['Fn::GetAtt'][0])
    expect(bucket?.type).toBe('AWS::S3::Bucket')
  })

  test('allows Lambda to store them, and the function its own, each below a prefix', () => {
    const arn = mapping.properties.DestinationConfig.OnFailure.Destination
    const granted = dev
      .ofType('AWS::IAM::Policy')
      .filter(({ stack }) => stack === mapping.stack)
      .flatMap(({ properties }) => properties.PolicyDocument.Statement)
      .filter(({ Action }) => [Action].flat().some((action: string) => action.startsWith('s3:')))
    const below = (prefix: string) => ({ 'Fn::Join': ['', [arn, `/${prefix}*`]] })
    expect(granted.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['s3:PutObject', [below('aws/lambda/'), below('relay/')]],
      ['s3:ListBucket', arn],
    ])
  })

  test('raises alarms for stored and for late records', () => {
    const of = alarms.filter(({ stack }) => stack === mapping.stack).map(({ properties }) => properties.MetricName)
    expect(of.toSorted()).toEqual(['IteratorAge', 'OnFailureDestinationDeliveredEventCount', 'RecordsStored'])
  })

  test('passes new and changed items with events, as their writers write them, and no other record', () => {
    const filters: { Pattern: string }[] = mapping.properties.FilterCriteria.Filters
    const patterns = filters.map(({ Pattern }) => compileEventPattern(Pattern))
    const isPassed = (eventName: string, NewImage?: Record<string, unknown>, OldImage?: Record<string, unknown>) => {
      const image = (item: object) => marshall(item, { removeUndefinedValues: true })
      const dynamodb = {
        ...(NewImage && { NewImage: image(NewImage) }),
        ...(OldImage && { OldImage: image(OldImage) }),
      }
      return patterns.some((matches) => matches({ eventName, dynamodb } as unknown as Parameters<typeof matches>[0]))
    }
    const item = { PK: 'STOCK#MUG', SK: 'STOCK', available: 4 }
    const withEvents = { ...item, ...outboxOf([{ metadata: { id: 'StockLow/MUG/3' } }]) }
    expect(isPassed('INSERT', withEvents)).toBe(true)
    expect(isPassed('MODIFY', withEvents, item)).toBe(true)
    expect(isPassed('MODIFY', { ...item, ...outboxOf([]) }, withEvents)).toBe(false)
    expect(isPassed('REMOVE', undefined, withEvents)).toBe(false)
    expect(isPassed('INSERT', item)).toBe(false)
  })
})

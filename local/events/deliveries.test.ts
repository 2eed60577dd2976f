import { dayMs } from '../clock.ts'
import { RecordedMetrics } from '../cloudwatch/testing.ts'
import { RecordedAccess } from '../iam/testing.ts'
import { newStateFile } from '../test/folders.ts'
import { AwsError } from '../wire/aws-error.ts'
import { entry, startEvents } from './testing.ts'

type Events = Awaited<ReturnType<typeof startEvents>>
const slicer = 'arn:aws:lambda:us-east-1:000000000000:function:slice'
const oven = 'arn:aws:sqs:us-east-1:000000000000:oven'
const running: Events[] = []

async function start(options: Parameters<typeof startEvents>[0] = {}): Promise<Events> {
  const events = await startEvents(options)
  running.push(events)
  return events
}
afterEach(async () => {
  for (const events of running.splice(0)) await events.stop()
})

const rule = (events: Events, target: object) =>
  events.declare('AWS::Events::Rule', 'R', { EventPattern: { source: ['bakery'] }, Targets: [{ Id: 't', ...target }] })
const put = (events: Events, more: object = {}) => events.client.putEvents({ Entries: [entry(more)] })
const TraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'

/** A function whose first `failures` invocations are throttled. */
function throttled(failures: number) {
  const times: number[] = []
  const invoke = (now: () => number) => {
    times.push(now())
    if (times.length <= failures) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.')
  }
  return { times, invoke }
}

async function startThrottled(failures: number, target: object = {}) {
  const throttle = throttled(failures)
  const events: Events = await start({ invoke: () => throttle.invoke(() => events.clock.now()) })
  const dead = events.queue('dead')
  await rule(events, { Arn: slicer, ...target })
  events.service.start()
  return { events, dead, times: throttle.times }
}

const attributesOf = async (events: Events, queueArn: string) => {
  const [message] = await events.received(queueArn)
  const attributes = Object.entries(message?.messageAttributes ?? {})
  return {
    body: message?.body,
    attributes: Object.fromEntries(attributes.map(([name, value]) => [name, value.StringValue])),
  }
}

test('a throttled delivery is retried with exponential backoff until it succeeds', async () => {
  const { events, times } = await startThrottled(4)
  const startMs = events.clock.now()
  await put(events)
  expect(events.pending()).toBe(1)
  await events.clock.advance(60_000)
  expect(times.map((time) => time - startMs)).toEqual([0, 1000, 3000, 7000, 15_000])
  expect(events.pending()).toBe(0)
})

test('after the retries of its retry policy the complete event is in the dead-letter queue with the reason', async () => {
  const dead = 'arn:aws:sqs:us-east-1:000000000000:dead'
  const { events, times } = await startThrottled(99, {
    RetryPolicy: { MaximumRetryAttempts: 2 },
    DeadLetterConfig: { Arn: dead },
  })
  const { Entries } = await put(events)
  await events.clock.advance(60_000)
  expect(times).toHaveLength(3)
  const { body, attributes } = await attributesOf(events, dead)
  expect(JSON.parse(body!)).toMatchObject({ id: Entries![0]!.EventId, detail: { kind: 'rye' } })
  expect(attributes).toEqual({
    RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/bakery-R',
    TARGET_ARN: slicer,
    ERROR_CODE: 'THROTTLING',
    ERROR_MESSAGE: 'Rate Exceeded.',
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    RETRY_ATTEMPTS: '2',
  })
})

test('an event older than its retry policy allows is sent to the dead-letter queue', async () => {
  const DeadLetterConfig = { Arn: 'arn:aws:sqs:us-east-1:000000000000:dead' }
  const { events, dead, times } = await startThrottled(99, {
    RetryPolicy: { MaximumEventAgeInSeconds: 60 },
    DeadLetterConfig,
  })
  await put(events)
  await events.clock.advance(120_000)
  expect(times).toHaveLength(6)
  expect((await attributesOf(events, dead)).attributes['EXHAUSTED_RETRY_CONDITION']).toBe('MaximumEventAgeInSeconds')
})

test('without a retry policy the event is retried 185 times within 24 hours, then reported as lost', async () => {
  const { events, times } = await startThrottled(999)
  await put(events)
  await events.clock.advance(dayMs)
  expect(times).toHaveLength(186)
  expect(events.lost).toEqual([
    expect.stringMatching(/^Event lost because its target has no dead-letter queue: .*THROTTLING/),
  ])
})

test('a delivery to a queue that does not exist is not retried', async () => {
  const events = await start()
  const dead = events.queue('dead')
  await rule(events, { Arn: oven, DeadLetterConfig: { Arn: dead } })
  await put(events)
  expect(events.pending()).toBe(0)
  expect((await attributesOf(events, dead)).attributes).toMatchObject({
    ERROR_CODE: 'NO_RESOURCE',
    RETRY_ATTEMPTS: '0',
  })
})

test('a queue that denies the rule gets no event: EventBridge sends as a service principal with the rule as source', async () => {
  const access = new RecordedAccess(({ resource }) => resource === oven)
  const events = await start({ access })
  events.queue('oven')
  const dead = events.queue('dead')
  const created = await rule(events, { Arn: oven, DeadLetterConfig: { Arn: dead } })
  await put(events)
  expect(await events.received(oven)).toEqual([])
  expect((await attributesOf(events, dead)).attributes).toMatchObject({
    ERROR_CODE: 'NO_PERMISSIONS',
    ERROR_MESSAGE: `The test denies sqs:SendMessage on ${oven}.`,
  })
  const principal = { kind: 'service', service: 'events.amazonaws.com', sourceArn: created.attributes!['Arn'] }
  expect(access.requests).toEqual([oven, dead].map((resource) => ({ action: 'sqs:SendMessage', resource })))
  expect(access.principals).toEqual([principal, principal])
})

test('an event whose dead-letter queue does not exist is reported as lost, and counted by rule and custom bus', async () => {
  const metrics = new RecordedMetrics()
  const events = await start({ metrics })
  const target = { Id: 't', Arn: oven, DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:none' } }
  await rule(events, target)
  await events.declare('AWS::Events::EventBus', 'Bus', { Name: 'shop' })
  const EventPattern = { source: ['bakery'] }
  await events.declare('AWS::Events::Rule', 'S', { EventBusName: 'shop', Name: 's', EventPattern, Targets: [target] })
  await put(events)
  await put(events, { EventBusName: 'shop' })
  const lost = expect.stringContaining('dead-letter queue arn:aws:sqs:us-east-1:000000000000:none rejected it')
  expect(events.lost).toEqual([lost, lost])
  const counted = (dimensions: Record<string, string>) =>
    metrics.values('AWS/Events', 'InvocationsFailedToBeSentToDlq', dimensions)
  expect(counted({ RuleName: 'bakery-R' })).toEqual([1])
  expect(counted({ RuleName: 's', EventBusName: 'shop' })).toEqual([1])
})

test('a failing target does not affect the other targets', async () => {
  const events = await start()
  const shelf = events.queue('shelf')
  await events.declare('AWS::Events::Rule', 'R', {
    EventPattern: { source: ['bakery'] },
    Targets: [
      { Id: 'a', Arn: oven },
      { Id: 'b', Arn: shelf },
    ],
  })
  await put(events)
  expect(await events.received(shelf)).toHaveLength(1)
})

test('a pending retry survives a restart', async () => {
  const stateFile = newStateFile()
  const before = await start({
    stateFile,
    invoke: () => {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.')
    },
  })
  await rule(before, { Arn: slicer })
  await put(before, { TraceHeader })
  await running.pop()!.stop()
  const after = await start({ stateFile })
  expect(after.pending()).toBe(1)
  after.service.start()
  await after.clock.advance(1000)
  expect(after.invoked).toMatchObject([
    [slicer, { source: 'bakery' }, 'arn:aws:events:us-east-1:000000000000:rule/bakery-R', TraceHeader],
  ])
  expect(after.pending()).toBe(0)
  for (const events of running.splice(0)) await events.stop()
})

test('an event published in a transaction that is rolled back is not delivered', async () => {
  const events = await start()
  const shelf = events.queue('shelf')
  await rule(events, { Arn: shelf })
  const rolledBack = () =>
    events.state.transaction(() => {
      events.service.publish({ busName: 'default', source: 'bakery', detailType: 'Baked', detail: {} })
      throw new Error('no')
    })
  expect(rolledBack).toThrow('no')
  expect(await events.received(shelf)).toEqual([])
})

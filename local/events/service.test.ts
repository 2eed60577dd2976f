import { entry, startEvents } from './testing.ts'

let events: Awaited<ReturnType<typeof startEvents>>
let oven: string

beforeEach(async () => {
  events = await startEvents()
  oven = events.queue('oven')
})
afterEach(() => events.stop())

const put = (...Entries: object[]) => events.client.putEvents({ Entries })
const rule = (properties: object = {}) =>
  events.declare('AWS::Events::Rule', 'R', {
    EventPattern: { source: ['bakery'] },
    Targets: [{ Id: 'oven', Arn: oven }],
    ...properties,
  })

test('an event reaches the queue of a matching rule, in the format and member order of EventBridge', async () => {
  await rule()
  const Time = new Date('2026-03-04T05:06:07.890Z')
  const { Entries, FailedEntryCount } = await put(entry({ Resources: ['loaf/1'], Time }))
  expect(FailedEntryCount).toBe(0)
  const [message] = await events.received(oven)
  const event = JSON.parse(message!.body)
  expect(Object.entries(event)).toEqual([
    ['version', '0'],
    ['id', Entries![0]!.EventId],
    ['detail-type', 'Baked'],
    ['source', 'bakery'],
    ['account', '000000000000'],
    ['time', '2026-03-04T05:06:07Z'],
    ['region', 'us-east-1'],
    ['resources', ['loaf/1']],
    ['detail', { kind: 'rye' }],
  ])
})

test('an event that matches no rule, or only a disabled one, is not delivered', async () => {
  await rule({ EventPattern: { source: ['butcher'] } })
  await put(entry())
  await rule({ State: 'DISABLED' })
  await put(entry())
  expect(await events.received(oven)).toEqual([])
})

test('a rule only matches events on its own bus', async () => {
  const bus = await events.declare('AWS::Events::EventBus', 'Bus', { Name: 'shop' })
  const created = await rule({ EventBusName: bus.ref })
  expect(created).toEqual({
    ref: 'shop|bakery-R',
    attributes: { Arn: 'arn:aws:events:us-east-1:000000000000:rule/shop/bakery-R' },
    limitations: [],
  })
  await put(entry())
  expect(await events.received(oven)).toEqual([])
  await put(entry({ EventBusName: bus.attributes!['Arn'] }), entry({ EventBusName: 'shop' }))
  expect(await events.received(oven)).toHaveLength(2)
})

test('malformed entries fail individually, at their position', async () => {
  await rule()
  const { Entries, FailedEntryCount } = await put(
    entry({ Source: '' }),
    entry({ DetailType: undefined }),
    entry({ Detail: undefined }),
    entry({ Detail: '{' }),
    entry({ Detail: '[1]' }),
    entry({ Source: 'aws.bakery' }),
    entry(),
  )
  expect(FailedEntryCount).toBe(6)
  expect(Entries!.map((result) => result.ErrorCode)).toEqual([
    'InvalidArgument',
    'InvalidArgument',
    'InvalidArgument',
    'MalformedDetail',
    'MalformedDetail',
    'NotAuthorizedForSourceException',
    undefined,
  ])
  expect(await events.received(oven)).toHaveLength(1)
})

test.each(['none', 'arn:aws:events:eu-west-1:000000000000:event-bus/default'])(
  'an event for a bus that does not exist (%s) is accepted and lost, which is reported',
  async (bus) => {
    await rule()
    const { Entries, FailedEntryCount } = await put(entry({ EventBusName: bus }))
    expect(FailedEntryCount).toBe(0)
    expect(Entries).toEqual([{ EventId: expect.any(String) }])
    expect(events.lost).toEqual([`Event lost because the event bus ${bus} does not exist: Baked of bakery`])
    expect(await events.received(oven)).toEqual([])
  },
)

test.each([
  ['none', []],
  ['11', Array.from({ length: 11 }, () => entry())],
  [
    'more than 1 MiB',
    [
      entry({ Detail: JSON.stringify({ a: 'x'.repeat(600_000) }) }),
      entry({ Detail: JSON.stringify({ a: 'x'.repeat(600_000) }) }),
    ],
  ],
])('a request with %s entries is rejected as a whole', async (_, entries) => {
  await rule()
  await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException' })
  expect(await events.received(oven)).toEqual([])
})

test('PutEvents is authorized per bus, with source and detail type', () => {
  const requests = events.service.wire.operations['PutEvents']!.access({
    Entries: [entry({ EventBusName: 'shop' }), entry()],
  })
  expect(requests).toEqual(
    ['shop', 'default'].map((bus) => ({
      action: 'events:PutEvents',
      resource: `arn:aws:events:us-east-1:000000000000:event-bus/${bus}`,
      context: { 'events:source': ['bakery'], 'events:detail-type': ['Baked'] },
    })),
  )
})

test('a function is invoked with the event and the rule as source', async () => {
  const created = await rule({ Targets: [{ Id: 'f', Arn: 'arn:aws:lambda:us-east-1:000000000000:function:slice' }] })
  await put(entry())
  expect(events.invoked).toEqual([
    [
      'arn:aws:lambda:us-east-1:000000000000:function:slice',
      expect.objectContaining({ source: 'bakery' }),
      created.attributes!['Arn'],
      undefined,
    ],
  ])
})

test('a valid trace header is passed to queues and functions, outside of the event', async () => {
  const TraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
  const slice = { Id: 'f', Arn: 'arn:aws:lambda:us-east-1:000000000000:function:slice' }
  await rule({ Targets: [{ Id: 'q', Arn: oven }, slice] })
  await put(entry({ TraceHeader }), entry({ TraceHeader: 'Root=invalid' }))
  const messages = await events.received(oven)
  expect(messages.map(({ attributes }) => attributes.AWSTraceHeader)).toEqual([TraceHeader, undefined])
  for (const { body } of messages) expect(body).not.toContain('1-5759e988')
  expect(events.invoked.map(([, , , traceHeader]) => traceHeader)).toEqual([TraceHeader, undefined])
})

const queueTarget = 'arn:aws:sqs:us-east-1:000000000000:oven'

// "Each rule can have up to five (5) targets associated with it at one time" (EventBridge API Reference, PutTargets). The ranges
// of a retry policy are those of RetryPolicy there, the names those of PutRule: "Maximum length of 64. Pattern: [\.\-_A-Za-z0-9]+".
test.each([
  ['six targets', { Targets: Array.from('abcdef', (Id) => ({ Id, Arn: queueTarget })) }, 'more than 5 targets'],
  [
    'a retry of events older than a day',
    { Targets: [{ Id: 'x', Arn: queueTarget, RetryPolicy: { MaximumEventAgeInSeconds: 86_401 } }] },
    'MaximumEventAgeInSeconds 86401; it must be a whole number from 60 to 86400',
  ],
  [
    'too many retries',
    { Targets: [{ Id: 'x', Arn: queueTarget, RetryPolicy: { MaximumRetryAttempts: '186' } }] },
    'MaximumRetryAttempts 186; it must be a whole number from 0 to 185',
  ],
  ['a name of 65 characters', { Name: 'r'.repeat(65) }, 'it must have 1 to 64 letters'],
  ['a name with a space', { Name: 'fresh bread' }, 'Name fresh bread; it must have'],
  ['an invalid pattern', { EventPattern: { source: 'bakery' } }, 'Event pattern is not valid'],
  [
    'a target that is not emulated',
    { Targets: [{ Id: 'x', Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:oven' }] },
    'are emulated',
  ],
  ['a target setting that is not emulated', { Targets: [{ Id: 'x', Arn: queueTarget, Input: '{}' }] }, 'sets Input'],
  ['a schedule instead of a pattern', { EventPattern: undefined, ScheduleExpression: 'rate(1 minute)' }, 'Scheduler'],
])('a rule with %s is rejected', async (_, properties, message) => {
  await expect(rule(properties)).rejects.toThrow(message)
})

test('a rule may have five targets, a name of 64 characters and the most retries', async () => {
  const RetryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }
  await rule({ Name: 'r'.repeat(64), Targets: Array.from('abcde', (Id) => ({ Id, Arn: queueTarget, RetryPolicy })) })
})

test('a topic as a target is reported as a limitation and gets no events, other targets do', async () => {
  const news = { Id: 'news', Arn: 'arn:aws:sns:us-east-1:000000000000:news' }
  const { limitations } = await rule({ Targets: [news, { Id: 'oven', Arn: oven }] })
  expect(limitations).toEqual([
    'Its target arn:aws:sns:us-east-1:000000000000:news gets no events: SNS is not emulated.',
  ])
  await put(entry())
  expect(await events.received(oven)).toHaveLength(1)
  expect(events.pending()).toBe(0)
  expect(events.lost).toEqual([])
})

test('a bus, its rules and their targets can be read', async () => {
  await events.declare('AWS::Events::EventBus', 'Bus', { Name: 'shop' })
  const created = await rule({ EventBusName: 'shop' })
  const { client } = events
  const Arn = 'arn:aws:events:us-east-1:000000000000:event-bus/shop'
  expect(await client.describeEventBus({ Name: 'shop' })).toMatchObject({ Name: 'shop', Arn })
  expect((await client.listRules({ EventBusName: 'shop' })).Rules).toEqual([
    {
      Name: 'bakery-R',
      Arn: created.attributes!['Arn'],
      EventBusName: 'shop',
      State: 'ENABLED',
      EventPattern: '{"source":["bakery"]}',
    },
  ])
  expect((await client.listRules()).Rules).toEqual([])
  const targets = (Rule: string) => client.listTargetsByRule({ EventBusName: Arn, Rule })
  expect((await targets('bakery-R')).Targets).toMatchObject([{ Id: 'oven', Arn: oven }])
  const unknown = { name: 'ResourceNotFoundException' }
  await expect(targets('none')).rejects.toMatchObject(unknown)
  await expect(client.describeEventBus({ Name: 'none' })).rejects.toMatchObject(unknown)
  await expect(client.listRules({ NamePrefix: 'b' })).rejects.toThrow('the parameter NamePrefix')
})

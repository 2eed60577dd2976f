import { setImmediate } from 'node:timers/promises'
import { EventBridgeClient, type PutEventsCommand, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge'
import { startEventBus } from '@cartwheel/local/testing'
import { eventBusContract, storedEvent } from '../ports.contract.ts'
import { eventBridge } from './event-bridge.ts'

describe('EventBridge', () => {
  let events: Awaited<ReturnType<typeof startEventBus>>
  beforeEach(async () => {
    events = await startEventBus()
    await events.declare('AWS::Events::EventBus', 'bus', { Name: 'shop-bus' })
  })
  afterEach(() => events.stop())

  eventBusContract(async () => {
    const queue = events.queue('everything')
    await events.declare('AWS::Events::Rule', 'everything', {
      EventBusName: 'shop-bus',
      EventPattern: { source: [{ prefix: '' }] },
      Targets: [{ Id: 'queue', Arn: queue }],
    })
    return {
      bus: eventBridge(events.client, 'shop-bus'),
      received: async () =>
        (await events.received(queue)).map(({ body }) => {
          const { source, 'detail-type': type, time, detail } = JSON.parse(body)
          return { source, type, time, detail }
        }),
    }
  })
})

type Output = Pick<PutEventsCommandOutput, 'Entries' | 'FailedEntryCount'>
type Entries = NonNullable<PutEventsCommand['input']['Entries']>

/** A client that records the entries of each request, and how many requests were under way at once. */
function clientReturning(outputOf: (entries: Entries, request: number) => Output) {
  const requests: Entries[] = []
  const concurrent = { now: 0, most: 0 }
  const send = async ({ input }: PutEventsCommand) => {
    const request = requests.push(input.Entries!)
    concurrent.now += 1
    concurrent.most = Math.max(concurrent.most, concurrent.now)
    await setImmediate()
    concurrent.now -= 1
    return { ...outputOf(input.Entries!, request), $metadata: {} }
  }
  return { requests, concurrent, client: { send } as unknown as EventBridgeClient }
}

const accepting = (entries: Entries): Output => ({ Entries: entries.map((_, index) => ({ EventId: `${index}` })) })
const many = (count: number) => Array.from({ length: count }, (_, index) => storedEvent(index))

test('an entry has the stored event as its detail, and the trace as X-Ray’s header', async () => {
  const { requests, client } = clientReturning(accepting)
  const event = storedEvent(1)
  await eventBridge(client, 'shop-bus').publish([event])
  expect(requests).toEqual([
    [
      {
        EventBusName: 'shop-bus',
        Source: 'loans.app',
        DetailType: 'BookLent',
        Detail: JSON.stringify({ metadata: event.metadata, data: event.data }),
        Time: new Date('2026-05-01T10:00:00.000Z'),
        TraceHeader: 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1',
      },
    ],
  ])
})

test('a request has at most ten entries, in order', async () => {
  const { requests, client } = clientReturning(accepting)
  expect(await eventBridge(client, 'shop-bus').publish(many(23))).toEqual({ published: many(23), rejected: [] })
  expect(requests.map((entries) => entries.length)).toEqual([10, 10, 3])
  expect(requests.flat().map(({ Detail }) => JSON.parse(Detail!).data.count)).toEqual([...Array(23).keys()])
})

test('ten requests are sent at a time', async () => {
  const { requests, concurrent, client } = clientReturning(accepting)
  expect(await eventBridge(client, 'shop-bus').publish(many(215))).toEqual({ published: many(215), rejected: [] })
  expect(requests).toHaveLength(22)
  expect(concurrent.most).toBe(10)
})

test('a request has at most 256 KB', async () => {
  const { requests, client } = clientReturning(accepting)
  const large = many(3).map((event) => ({ ...event, data: { text: 'x'.repeat(120_000) } }))
  await eventBridge(client, 'shop-bus').publish(large)
  expect(requests.map((entries) => entries.length)).toEqual([2, 1])
})

/** Entries with these indexes fail with a code; the request succeeds, as it does on AWS. */
const failing =
  (ErrorCode: string, ...indexes: number[]) =>
  (entries: Entries) => ({
    FailedEntryCount: indexes.length,
    Entries: entries.map((_, index) =>
      indexes.includes(index) ? { ErrorCode, ErrorMessage: 'no' } : { EventId: `${index}` },
    ),
  })

test.each([
  'InvalidArgument',
  'MalformedDetail',
  'RedactionFailure',
  'NotAuthorizedForSourceException',
  'NotAuthorizedForDetailTypeException',
])('an entry with %s is rejected permanently, and the others are published', async (code) => {
  const { requests, client } = clientReturning((entries, request) =>
    request === 1 ? failing(code, 4, 7)(entries) : accepting(entries),
  )
  expect(await eventBridge(client, 'shop-bus').publish(many(25))).toEqual({
    published: many(25).filter((_, index) => ![4, 7].includes(index)),
    rejected: [4, 7].map((index) => ({ index, error: new Error(`${code}: no`) })),
  })
  expect(requests).toHaveLength(3)
})

test.each([
  'ThrottlingException',
  'InternalFailure',
  'ServiceUnavailable',
  'AccessDeniedException',
  'InvalidAccountIdException',
])('an entry with %s may be accepted later: only the requests under way are published', async (code) => {
  const { requests, client } = clientReturning((entries, request) =>
    request === 1 ? failing(code, 4, 7)(entries) : accepting(entries),
  )
  expect(await eventBridge(client, 'shop-bus').publish(many(125))).toEqual({
    published: many(100).filter((_, index) => ![4, 7].includes(index)),
    rejected: [],
    unavailable: { index: 4, error: new Error(`${code}: no`) },
  })
  expect(requests).toHaveLength(10)
})

test('entries of one request can be rejected, published and unavailable', async () => {
  const { client } = clientReturning(() => ({
    Entries: [{ ErrorCode: 'MalformedDetail' }, { EventId: '1' }, { ErrorCode: 'InternalFailure' }, { EventId: '3' }],
  }))
  expect(await eventBridge(client, 'shop-bus').publish(many(4))).toEqual({
    published: [storedEvent(1), storedEvent(3)],
    rejected: [{ index: 0, error: new Error('MalformedDetail: unknown') }],
    unavailable: { index: 2, error: new Error('InternalFailure: unknown') },
  })
})

test('an entry that makes a request invalid is found by sending each one alone', async () => {
  const invalid = Object.assign(new Error('detailType must have length less than or equal to 128'), {
    name: 'ValidationException',
  })
  const { requests, client } = clientReturning((entries) => {
    if (entries.some(({ DetailType }) => DetailType!.length > 128)) throw invalid
    return accepting(entries)
  })
  const events = many(12).map((event, index) => (index === 3 ? { ...event, type: 'B'.repeat(129) } : event))
  expect(await eventBridge(client, 'shop-bus').publish(events)).toEqual({
    published: events.filter((_, index) => index !== 3),
    rejected: [{ index: 3, error: invalid }],
  })
  expect(requests.map((entries) => entries.length)).toEqual([10, 2, ...Array.from({ length: 10 }, () => 1)])
})

test('a bus that becomes unavailable while entries are sent one by one stops there', async () => {
  const invalid = Object.assign(new Error('invalid'), { name: 'ValidationException' })
  const lost = new Error('connection lost')
  const { requests, client } = clientReturning((entries) => {
    if (entries.length > 1) throw invalid
    if (requests.length === 3) throw lost
    return accepting(entries)
  })
  expect(await eventBridge(client, 'shop-bus').publish(many(5))).toEqual({
    published: many(1),
    rejected: [],
    unavailable: { index: 1, error: lost },
  })
})

test('an entry of exactly 256 KB is sent, one byte more is rejected', async () => {
  const { requests, client } = clientReturning(accepting)
  const sized = (bytes: number) => {
    const { source, type, metadata, data: _data } = storedEvent(1)
    const rest = 14 + source.length + type.length + JSON.stringify({ metadata, data: { text: '' } }).length
    return storedEvent(1, { data: { text: 'x'.repeat(bytes - rest) } })
  }
  expect(await eventBridge(client, 'shop-bus').publish([sized(256 * 1024), sized(256 * 1024 + 1)])).toEqual({
    published: [sized(256 * 1024)],
    rejected: [{ index: 1, error: new Error('BookLent has 262145 bytes; the limit is 262144.') }],
  })
  expect(requests).toHaveLength(1)
})

test.each([
  ['no result', []],
  ['a result without an id', [{}]],
])('an entry with %s may be accepted later', async (_, rest) => {
  const { client } = clientReturning(() => ({ Entries: [{ EventId: '1' }, ...rest] }))
  expect(await eventBridge(client, 'shop-bus').publish(many(2))).toEqual({
    published: many(1),
    rejected: [],
    unavailable: { index: 1, error: new Error('NoResponse: unknown') },
  })
})

test('a request that throws is unavailable from its first entry on; the first of several counts', async () => {
  const lost = [new Error('connection lost'), new Error('connection lost again')]
  const { client } = clientReturning((entries, request) => {
    if (request === 2) throw lost[0]!
    if (request === 4) throw lost[1]!
    return accepting(entries)
  })
  expect(await eventBridge(client, 'shop-bus').publish(many(35))).toEqual({
    published: many(35).filter((_, index) => index < 10 || (index >= 20 && index < 30)),
    rejected: [],
    unavailable: { index: 10, error: lost[0] },
  })
})

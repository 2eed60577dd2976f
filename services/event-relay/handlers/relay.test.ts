import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { capturedLogs } from '#test/support/captured-logs.ts'
import type { BusEntry } from '../domain/bus-entry.ts'
import { relayHandler } from './relay.ts'

const logs = capturedLogs()

const event = (id: string, data: Record<string, unknown> = { loanId: id }) => ({
  source: 'loans.app',
  type: 'BookLent',
  metadata: {
    id,
    version: 1,
    time: '2026-05-01T10:00:00.000Z',
    correlationId: `c-${id}`,
    causationId: 'r-1',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  },
  data,
})

interface ChangeOf {
  readonly name?: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly before?: unknown[]
  readonly after?: unknown[]
  /** Set for removals by TTL. */
  readonly byTtl?: boolean
}

const image = (events: unknown[] | undefined) =>
  events && (marshall({ PK: 'LOAN#1', SK: 'LOAN', title: 'secret', events }) as never)

const stream = (...changes: ChangeOf[]) => ({
  Records: changes.map(({ name = 'INSERT', before, after, byTtl }, index): DynamoDBRecord => ({
    eventName: name,
    eventSource: 'aws:dynamodb',
    dynamodb: { SequenceNumber: `seq-${index}`, OldImage: image(before)!, NewImage: image(after)! },
    ...(byTtl ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
  })),
})

const idOf = ({ detail }: BusEntry): string => JSON.parse(detail).metadata.id

/** A bus that keeps what it took, in requests, and refuses the ids it is told to. */
function busRefusing(...refused: string[]) {
  const requests: BusEntry[][] = []
  return {
    requests,
    ids: () => requests.flat().map(idOf),
    async publish(entries: readonly BusEntry[]) {
      requests.push([...entries])
      return entries.map((entry) => (refused.includes(idOf(entry)) ? 'InternalFailure: no' : undefined))
    },
  }
}

const failedAt = (sequenceNumber: string) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumber }] })
const allDone = { batchItemFailures: [] }
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ after: [event(`e-${index}`)] }))

test('a stored event is published exactly as it is stored', async () => {
  const bus = busRefusing()
  expect(await relayHandler(bus)(stream({ after: [event('a')] }))).toEqual(allDone)
  const [[entry]] = bus.requests as [[BusEntry]]
  expect(entry).toEqual({
    source: 'loans.app',
    detailType: 'BookLent',
    detail: JSON.stringify({ metadata: event('a').metadata, data: { loanId: 'a' } }),
    time: new Date('2026-05-01T10:00:00.000Z'),
    traceHeader: 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1',
  })
})

test('a change publishes what it added, in the order of the stream', async () => {
  const bus = busRefusing()
  await relayHandler(bus)(
    stream(
      { after: [event('a')] },
      { name: 'MODIFY', before: [event('a')], after: [event('a'), event('b'), event('c')] },
      { name: 'MODIFY', before: [event('x')], after: [event('x')] },
      { after: [event('d')] },
    ),
  )
  expect(bus.ids()).toEqual(['a', 'b', 'c', 'd'])
})

test.each([false, true])('a removal publishes nothing (by expiry: %s)', async (byTtl) => {
  const bus = busRefusing()
  expect(await relayHandler(bus)(stream({ name: 'REMOVE', before: [event('a')], byTtl }))).toEqual(allDone)
  expect(bus.requests).toEqual([])
})

test('an item without events asks nothing of the bus', async () => {
  const bus = busRefusing()
  const Records = [{ ...stream({}).Records[0]!, dynamodb: { SequenceNumber: 's', NewImage: { PK: { S: 'STOCK#1' } } } }]
  expect(await relayHandler(bus)({ Records })).toEqual(allDone)
  expect(bus.requests).toEqual([])
})

test('ten entries go in one request, the next in another', async () => {
  const bus = busRefusing()
  await relayHandler(bus)(stream(...many(23)))
  expect(bus.requests.map((request) => request.length)).toEqual([10, 10, 3])
  expect(bus.ids()).toEqual(many(23).map((_, index) => `e-${index}`))
})

test('entries that are too large together go in separate requests', async () => {
  const bus = busRefusing()
  const large = ['a', 'b', 'c'].map((id) => ({ after: [event(id, { text: 'x'.repeat(120_000) })] }))
  await relayHandler(bus)(stream(...large))
  expect(bus.requests.map((request) => request.length)).toEqual([2, 1])
})

describe('when something cannot be published', () => {
  test('the first failed record is answered, and no later request overtakes it', async () => {
    const bus = busRefusing('e-4', 'e-7')
    expect(await relayHandler(bus)(stream(...many(25)))).toEqual(failedAt('seq-4'))
    expect(bus.requests).toHaveLength(1)
  })

  test('what was published before it is not published again by going on from there', async () => {
    const changes = many(12)
    const bus = busRefusing('e-11')
    expect(await relayHandler(bus)(stream(...changes))).toEqual(failedAt('seq-11'))
    const retried = busRefusing()
    expect(await relayHandler(retried)(stream(...changes.slice(11)))).toEqual(allDone)
    expect(retried.ids()).toEqual(['e-11'])
  })

  test('a record of several events fails as one', async () => {
    const bus = busRefusing('b')
    const answer = await relayHandler(bus)(stream({ after: [event('z')] }, { after: [event('a'), event('b')] }))
    expect(answer).toEqual(failedAt('seq-1'))
  })

  test('a malformed event fails its record; those before it are published, those after it wait', async () => {
    const bus = busRefusing()
    const malformed = { after: [{ ...event('b'), metadata: { id: 'b' } }] }
    expect(await relayHandler(bus)(stream({ after: [event('a')] }, malformed, { after: [event('c')] }))).toEqual(
      failedAt('seq-1'),
    )
    expect(bus.ids()).toEqual(['a'])
  })

  test('an event beyond the bus’s size fails its record without asking the bus', async () => {
    const bus = busRefusing()
    const oversized = { after: [event('b', { text: 'ø'.repeat(132_000) })] }
    expect(await relayHandler(bus)(stream({ after: [event('a')] }, oversized))).toEqual(failedAt('seq-1'))
    expect(bus.ids()).toEqual(['a'])
  })

  test('a request that fails as a whole fails from its first record on', async () => {
    let requests = 0
    const bus = {
      async publish(entries: readonly BusEntry[]) {
        requests += 1
        if (requests === 2) throw new Error('connection lost')
        return entries.map(() => undefined)
      },
    }
    expect(await relayHandler(bus)(stream(...many(25)))).toEqual(failedAt('seq-10'))
    expect(logs.lines().find((line) => line['level'] === 'ERROR')).toMatchObject({
      sequence_number: 'seq-10',
      error: { message: 'connection lost' },
    })
  })
})

test('each published event is one line with its correlation id, and counted; none of its data is logged', async () => {
  await relayHandler(busRefusing('c'))(
    stream({ after: [event('a')] }, { after: [event('b')] }, { after: [event('c')] }),
  )
  const published = logs.lines().filter((line) => line['message'] === 'BookLent published')
  expect(published.map((line) => [line['correlation_id'], line['event_id']])).toEqual([
    ['c-a', 'a'],
    ['c-b', 'b'],
  ])
  expect(logs.lines().find((line) => 'EventsPublished' in line)).toMatchObject({ EventsPublished: 2 })
  expect(logs.text()).not.toMatch(/secret|loanId/)
})

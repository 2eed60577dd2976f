import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { capturedLogs } from '#test/support/captured-logs.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'
import type { Publication, UnpublishedRecord } from '../ports.ts'
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
    eventID: `record-${index}`,
    eventName: name,
    eventSource: 'aws:dynamodb',
    dynamodb: { SequenceNumber: `seq-${index}`, OldImage: image(before)!, NewImage: image(after)! },
    ...(byTtl ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
  })),
})

interface Refusals {
  /** Ids of events that the bus never accepts. */
  readonly rejected?: readonly string[]
  /** The id of the event at which the bus becomes unavailable. */
  readonly unavailableAt?: string
  /** Ids of records that the bucket does not accept. */
  readonly notStored?: readonly string[]
}

/** A relay with what it published and stored. As EventBridge does, the bus accepts the other events of a request. */
function relayWith({ rejected = [], unavailableAt, notStored = [] }: Refusals = {}) {
  const published: StoredEvent[] = []
  const stored: UnpublishedRecord[] = []
  const isAccepted = ({ metadata }: StoredEvent) => metadata.id !== unavailableAt && !rejected.includes(metadata.id)
  const bus = {
    async publish(events: readonly StoredEvent[]): Promise<Publication> {
      const accepted = events.filter(isAccepted)
      published.push(...accepted)
      const failures = events.map(({ metadata: { id } }, index) => ({ id, index, error: new Error(`no to ${id}`) }))
      const unavailable = failures.find(({ id }) => id === unavailableAt)
      return {
        published: accepted,
        rejected: failures.filter(({ id }) => rejected.includes(id)),
        ...(unavailable ? { unavailable } : {}),
      }
    },
  }
  const unpublished = {
    async store(record: UnpublishedRecord) {
      if (notStored.includes(record.id)) throw new Error('SlowDown')
      stored.push(record)
    },
  }
  return {
    handle: relayHandler({ bus, unpublished }),
    ids: () => published.map(({ metadata }) => metadata.id),
    stored: () => stored.map(({ id }) => id),
    records: stored,
  }
}

const failedAt = (sequenceNumber: string) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumber }] })
const allDone = { batchItemFailures: [] }
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ after: [event(`e-${index}`)] }))

const malformed = { after: [{ ...event('b'), metadata: { id: 'b', time: 'a secret' } }] }

test('a change publishes the events that it added, in the order of the stream', async () => {
  const relay = relayWith()
  await relay.handle(
    stream(
      { after: [event('a')] },
      { name: 'MODIFY', before: [event('a')], after: [event('a'), event('b'), event('c')] },
      { name: 'MODIFY', before: [event('x')], after: [event('x')] },
      { after: [event('d')] },
    ),
  )
  expect(relay.ids()).toEqual(['a', 'b', 'c', 'd'])
})

test.each([false, true])('a removal publishes no events (by TTL: %s)', async (byTtl) => {
  const relay = relayWith()
  expect(await relay.handle(stream({ name: 'REMOVE', before: [event('a')], byTtl }))).toEqual(allDone)
  expect(relay.ids()).toEqual([])
})

test('an item without events publishes none', async () => {
  const relay = relayWith()
  const Records = [{ ...stream({}).Records[0]!, dynamodb: { SequenceNumber: 's', NewImage: { PK: { S: 'STOCK#1' } } } }]
  expect(await relay.handle({ Records })).toEqual(allDone)
  expect(relay.ids()).toEqual([])
})

describe('a record that can never be published is stored whole, and the others are published', () => {
  test('malformed and rejected ones among good ones', async () => {
    const relay = relayWith({ rejected: ['e-1', 'd'] })
    const batch = stream(
      ...many(3),
      malformed,
      { after: [event('c')] },
      { after: [event('d')] },
      { after: [event('e')] },
    )
    expect(await relay.handle(batch)).toEqual(allDone)
    expect(relay.ids()).toEqual(['e-0', 'e-2', 'c', 'e'])
    expect(relay.records).toEqual([
      { id: 'record-1', problem: 'no to e-1', record: batch.Records[1] },
      { id: 'record-3', problem: expect.stringContaining('metadata.correlationId'), record: batch.Records[3] },
      { id: 'record-5', problem: 'no to d', record: batch.Records[5] },
    ])
  })

  test('99 good records are published although the first of the batch is malformed', async () => {
    const relay = relayWith()
    expect(await relay.handle(stream(malformed, ...many(99)))).toEqual(allDone)
    expect(relay.ids()).toHaveLength(99)
    expect(relay.stored()).toEqual(['record-0'])
  })

  test('a record with several rejected events is stored once, and its other events are published', async () => {
    const relay = relayWith({ rejected: ['a', 'c'] })
    expect(await relay.handle(stream({ after: [event('a'), event('b'), event('c')] }))).toEqual(allDone)
    expect(relay.ids()).toEqual(['b'])
    expect(relay.stored()).toEqual(['record-0'])
  })

  test('it is logged and counted, without values of the record', async () => {
    await relayWith({ rejected: ['e-1'] }).handle(stream(...many(2), malformed))
    const errors = logs.lines().filter((line) => line['level'] === 'ERROR')
    expect(errors.map((line) => [line['sequence_number'], line['record_id']])).toEqual([
      ['seq-1', 'record-1'],
      ['seq-2', 'record-2'],
    ])
    expect(logs.lines().find((line) => 'RecordsStored' in line)).toMatchObject({ RecordsStored: 2 })
    expect(logs.text()).not.toMatch(/secret|loanId/)
  })

  test('one that cannot be stored is reported, with none after it stored', async () => {
    const relay = relayWith({ rejected: ['e-1', 'e-2', 'e-3'], notStored: ['record-2'] })
    expect(await relay.handle(stream(...many(5)))).toEqual(failedAt('seq-2'))
    expect(relay.stored()).toEqual(['record-1'])
  })
})

describe('while the bus is unavailable', () => {
  test('the first record that may be accepted later is reported, and nothing is stored for it', async () => {
    const relay = relayWith({ unavailableAt: 'e-4' })
    expect(await relay.handle(stream(...many(9)))).toEqual(failedAt('seq-4'))
    expect(relay.stored()).toEqual([])
  })

  test('poison before that record is stored, poison from it on is left to the retry', async () => {
    const relay = relayWith({ rejected: ['e-0', 'e-3'], unavailableAt: 'e-2' })
    expect(await relay.handle(stream(...many(3), malformed, { after: [event('e-3')] }))).toEqual(failedAt('seq-2'))
    expect(relay.stored()).toEqual(['record-0'])
  })

  test('a retry publishes from the reported record on, and stores each poison record once', async () => {
    const batch = stream(...many(8), malformed, { after: [event('z')] })
    const down = relayWith({ unavailableAt: 'e-6' })
    expect(await down.handle(batch)).toEqual(failedAt('seq-6'))
    const up = relayWith()
    expect(await up.handle({ Records: batch.Records.slice(6) })).toEqual(allDone)
    expect(up.ids()).toEqual(['e-6', 'e-7', 'z'])
    expect(up.stored()).toEqual(['record-8'])
  })

  test('a record with several events fails as one', async () => {
    const relay = relayWith({ unavailableAt: 'b' })
    const response = await relay.handle(stream({ after: [event('z')] }, { after: [event('a'), event('b')] }))
    expect(response).toEqual(failedAt('seq-1'))
  })

  test('the failure is logged with its sequence number', async () => {
    await relayWith({ unavailableAt: 'e-1' }).handle(stream(...many(2)))
    expect(logs.lines().find((line) => line['level'] === 'ERROR')).toMatchObject({
      sequence_number: 'seq-1',
      error: { message: 'no to e-1' },
    })
  })
})

test('the published events of each request are logged in one line and counted, without their data', async () => {
  const sameRequest = { ...event('a2'), metadata: { ...event('a2').metadata, correlationId: 'c-a' } }
  await relayWith({ unavailableAt: 'c' }).handle(
    stream({ after: [event('a'), sameRequest] }, { after: [event('b')] }, { after: [event('c')] }),
  )
  const published = logs.lines().filter((line) => line['message'] === 'BookLent published')
  expect(published.map((line) => [line['correlation_id'], line['event_ids']])).toEqual([
    ['c-a', ['a', 'a2']],
    ['c-b', ['b']],
  ])
  expect(logs.lines().find((line) => 'EventsPublished' in line)).toMatchObject({ EventsPublished: 3 })
  expect(logs.text()).not.toMatch(/secret|loanId/)
})

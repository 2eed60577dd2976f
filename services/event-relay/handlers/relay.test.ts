import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { capturedLogs } from '#test/support/captured-logs.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'
import type { Publication } from '../ports.ts'
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

/** A bus that rejects some ids. As EventBridge does, it accepts the other events of the same request. */
function busRejecting(...rejected: string[]) {
  const published: StoredEvent[] = []
  const isAccepted = ({ metadata }: StoredEvent) => !rejected.includes(metadata.id)
  return {
    ids: () => published.map(({ metadata }) => metadata.id),
    async publish(events: readonly StoredEvent[]): Promise<Publication> {
      const accepted = events.filter(isAccepted)
      published.push(...accepted)
      const index = events.findIndex((each) => !isAccepted(each))
      return { published: accepted, ...(index === -1 ? {} : { failure: { index, error: 'InternalFailure: no' } }) }
    },
  }
}

const failedAt = (sequenceNumber: string) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumber }] })
const allDone = { batchItemFailures: [] }
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ after: [event(`e-${index}`)] }))

test('a change publishes the events that it added, in the order of the stream', async () => {
  const bus = busRejecting()
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

test.each([false, true])('a removal publishes nothing (by TTL: %s)', async (byTtl) => {
  const bus = busRejecting()
  expect(await relayHandler(bus)(stream({ name: 'REMOVE', before: [event('a')], byTtl }))).toEqual(allDone)
  expect(bus.ids()).toEqual([])
})

test('an item without events publishes nothing', async () => {
  const bus = busRejecting()
  const Records = [{ ...stream({}).Records[0]!, dynamodb: { SequenceNumber: 's', NewImage: { PK: { S: 'STOCK#1' } } } }]
  expect(await relayHandler(bus)({ Records })).toEqual(allDone)
  expect(bus.ids()).toEqual([])
})

describe('when something cannot be published', () => {
  test('the first failed record is reported', async () => {
    expect(await relayHandler(busRejecting('e-4', 'e-7'))(stream(...many(9)))).toEqual(failedAt('seq-4'))
  })

  test('a retry from the failed record publishes none of the records before it again', async () => {
    const changes = many(12)
    const bus = busRejecting('e-11')
    expect(await relayHandler(bus)(stream(...changes))).toEqual(failedAt('seq-11'))
    const retried = busRejecting()
    expect(await relayHandler(retried)(stream(...changes.slice(11)))).toEqual(allDone)
    expect(retried.ids()).toEqual(['e-11'])
  })

  test('a record with several events fails as one', async () => {
    const bus = busRejecting('b')
    const answer = await relayHandler(bus)(stream({ after: [event('z')] }, { after: [event('a'), event('b')] }))
    expect(answer).toEqual(failedAt('seq-1'))
  })

  test('a malformed event fails its record; events before it are published, events after it are not', async () => {
    const bus = busRejecting()
    const malformed = { after: [{ ...event('b'), metadata: { id: 'b' } }] }
    expect(await relayHandler(bus)(stream({ after: [event('a')] }, malformed, { after: [event('c')] }))).toEqual(
      failedAt('seq-1'),
    )
    expect(bus.ids()).toEqual(['a'])
  })

  test('a rejected event is reported rather than a malformed one after it', async () => {
    const malformed = { after: [{ ...event('b'), metadata: { id: 'b' } }] }
    const answer = await relayHandler(busRejecting('a'))(stream({ after: [event('a')] }, malformed))
    expect(answer).toEqual(failedAt('seq-0'))
  })

  test('the failure is logged with its sequence number', async () => {
    await relayHandler(busRejecting('e-1'))(stream(...many(2)))
    expect(logs.lines().find((line) => line['level'] === 'ERROR')).toMatchObject({
      sequence_number: 'seq-1',
      error: { message: 'InternalFailure: no' },
    })
  })
})

test('each published event is logged with its correlation id and counted, without its data', async () => {
  await relayHandler(busRejecting('c'))(
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

import type { PutObjectCommand } from '@aws-sdk/client-s3'
import { marshall } from '@aws-sdk/util-dynamodb'
import { unpublishedBucket } from '#services/event-relay/adapters/unpublished-bucket.ts'
import { problemText } from '#services/event-relay/domain/problem-text.ts'
import type { EventBus } from '#services/event-relay/ports.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { publishChanges, readUnpublished as readObject } from './unpublished-events.ts'

const event = (id: string) => ({
  source: 'orders.app',
  type: 'OrderPlaced',
  metadata: { id, version: 1, time: '2026-11-21T13:00:00.000Z', correlationId: 'c', causationId: 'r' },
  data: {},
})
const record = (sequenceNumber: number, events: unknown[], before?: unknown[]) => ({
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(sequenceNumber),
    Keys: { PK: { S: 'ORDER#1' } },
    NewImage: marshall({ PK: 'ORDER#1', secret: 'x', events }),
    ...(before ? { OldImage: marshall({ events: before }) } : {}),
  },
})
const readUnpublished = (text: string) => readObject('aws/lambda/mapping/shard/2026/11/21/x', text)

/** In the format of Lambda: the batch is a JSON string in the object. */
const stored = (...Records: object[]) =>
  JSON.stringify({
    requestContext: { condition: 'RetryAttemptsExhausted' },
    payload: JSON.stringify({ Records }),
  })

/** A bus that rejects some ids. As EventBridge does, it accepts the other events of the same request. */
function busRejecting(...ids: string[]): EventBus {
  const isAccepted = ({ metadata }: StoredEvent) => !ids.includes(metadata.id)
  return {
    async publish(events) {
      const rejected = events.flatMap((each, index) =>
        isAccepted(each) ? [] : [{ index, error: new Error('MalformedDetail: no') }],
      )
      return { published: events.filter(isAccepted), rejected }
    },
  }
}

test('an object of Lambda is read as the relay reads the stream: the events that a change added', () => {
  const { reason, changes } = readUnpublished(stored(record(1, [event('a'), event('b')], [event('a')]), record(2, [])))
  expect(reason).toBe('RetryAttemptsExhausted')
  expect(changes.map(({ events }) => events)).toEqual([[event('b')], []])
})

test('an object of the relay is read as one of Lambda is', async () => {
  let text = ''
  const client = { send: async (command: PutObjectCommand) => void (text = command.input.Body as string) }
  const unpublished = unpublishedBucket(client, 'bucket')
  await unpublished.store({ id: 'e-1', problem: 'OrderPlaced is too large', record: record(1, [event('a')]) })
  expect(readObject('relay/e-1.json', text)).toEqual({
    reason: 'OrderPlaced is too large',
    changes: [{ sequenceNumber: '1', events: [event('a')], problem: undefined }],
  })
})

test('a malformed event is reported by its path without its content', () => {
  const { changes } = readUnpublished(stored(record(1, [{ ...event('a'), metadata: { id: 'a', time: 'a secret' } }])))
  expect(changes[0]!.events).toEqual([])
  expect(changes[0]!.problem).toContain('metadata.correlationId (invalid_type)')
  expect(changes[0]!.problem).not.toContain('secret')
})

test.each([
  ['not JSON', 'text'],
  ['without a payload', '{"requestContext":{"condition":"x"}}'],
  ['with a payload that is not JSON', '{"requestContext":{"condition":"x"},"payload":"{"}'],
  ['of something else', JSON.stringify({ requestContext: { condition: 'x' }, payload: '{"Records":[{"body":"m"}]}' })],
])('an object %s is rejected in one line', (_name, text) => {
  const read = () => readUnpublished(text)
  expect(read).toThrow()
  try {
    read()
  } catch (error) {
    expect(problemText(error)).not.toContain('\n')
  }
})

test('events behind a rejected or malformed one are published', async () => {
  const { changes } = readUnpublished(
    stored(
      record(1, [event('a')]),
      record(2, [event('b'), event('c')]),
      record(3, [{ poison: true }]),
      record(4, [event('d')]),
    ),
  )
  const { eventIds, problems } = await publishChanges(busRejecting('b'), changes)
  expect(new Set(eventIds)).toEqual(new Set(['a', 'c', 'd']))
  expect(problems.toSorted((a, b) => Number(a.sequenceNumber) - Number(b.sequenceNumber))).toEqual([
    { sequenceNumber: '2', problem: 'MalformedDetail: no' },
    { sequenceNumber: '3', problem: expect.stringContaining('not an event') },
  ])
})

test('a failed request ends the command, since the state of its events is unknown', async () => {
  const { changes } = readUnpublished(stored(record(1, [event('a')])))
  const bus: EventBus = {
    publish: async () => ({ published: [], rejected: [], unavailable: { index: 0, error: new Error('AccessDenied') } }),
  }
  await expect(publishChanges(bus, changes)).rejects.toThrow('AccessDenied')
})

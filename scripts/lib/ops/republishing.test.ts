import { marshall } from '@aws-sdk/util-dynamodb'
import type { BusEntry } from '#services/event-relay/domain/bus-entry.ts'
import { publishChanges } from './publish-changes.ts'
import { problemText, readUnpublished } from './unpublished-object.ts'

const event = (id: string, data: object = {}) => ({
  source: 'orders.app',
  type: 'OrderPlaced',
  metadata: { id, version: 1, time: '2026-11-21T13:00:00.000Z', correlationId: 'c', causationId: 'r' },
  data,
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
/** As Lambda writes it: the batch is a text within. */
const kept = (...Records: object[]) =>
  JSON.stringify({
    requestContext: { condition: 'RetryAttemptsExhausted' },
    payload: JSON.stringify({ Records }),
  })

const idOf = ({ detail }: BusEntry): string => JSON.parse(detail).metadata.id
function busRefusing(...refused: string[]) {
  const taken: string[] = []
  return {
    taken,
    async publish(entries: readonly BusEntry[]) {
      taken.push(...entries.map(idOf).filter((id) => !refused.includes(id)))
      return entries.map((entry) => (refused.includes(idOf(entry)) ? 'InternalFailure: no' : undefined))
    },
  }
}

test('an object of Lambda is read as the relay reads the stream: what a change added', () => {
  const { condition, changes } = readUnpublished(kept(record(1, [event('a'), event('b')], [event('a')]), record(2, [])))
  expect(condition).toBe('RetryAttemptsExhausted')
  expect(changes.map(({ events }) => events)).toEqual([[event('b')], []])
})

test('a malformed event is told by its place and not by its content', () => {
  const { changes } = readUnpublished(kept(record(1, [{ ...event('a'), metadata: { id: 'a', time: 'a secret' } }])))
  expect(changes[0]!.events).toEqual([])
  expect(changes[0]!.problem).toContain('metadata.correlationId (invalid_type)')
  expect(changes[0]!.problem).not.toContain('secret')
})

test.each([
  ['not JSON', 'text'],
  ['without a payload', '{"requestContext":{"condition":"x"}}'],
  ['with a payload that is not JSON', '{"requestContext":{"condition":"x"},"payload":"{"}'],
  ['of something else', JSON.stringify({ requestContext: { condition: 'x' }, payload: '{"Records":[{"body":"m"}]}' })],
])('an object %s is refused in one line', (_name, text) => {
  const read = () => readUnpublished(text)
  expect(read).toThrow()
  try {
    read()
  } catch (error) {
    expect(problemText(error)).not.toContain('\n')
  }
})

test('what stands behind an event that is refused is published all the same', async () => {
  const { changes } = readUnpublished(
    kept(record(1, [event('a')]), record(2, [event('b')]), record(3, [{ poison: true }]), record(4, [event('d')])),
  )
  const bus = busRefusing('b')
  const { eventIds, problems } = await publishChanges(bus, changes)
  expect(new Set(eventIds)).toEqual(new Set(['a', 'd']))
  expect(problems).toEqual([
    { sequenceNumber: '2', problem: 'InternalFailure: no' },
    { sequenceNumber: '3', problem: expect.stringContaining('not an event') },
  ])
  expect(new Set(bus.taken)).toEqual(new Set(['a', 'd']))
})

test('an event that is too large for a bus is told', async () => {
  const { changes } = readUnpublished(kept(record(1, [event('a', { text: 'x'.repeat(300_000) })])))
  const { problems } = await publishChanges(busRefusing(), changes)
  expect(problems[0]!.problem).toMatch(/^a has \d+ bytes/)
})

test('a request that fails as a whole ends everything: nothing about its events is known', async () => {
  const { changes } = readUnpublished(kept(record(1, [event('a')])))
  const bus = { publish: () => Promise.reject(new Error('AccessDenied')) }
  await expect(publishChanges(bus, changes)).rejects.toThrow('AccessDenied')
})

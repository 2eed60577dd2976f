import { EventBridgeClient, type PutEventsCommand, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge'
import { startTestEventBus, type TestEventBus } from '#test/support/event-bus.ts'
import type { BusEntry } from '../domain/bus-entry.ts'
import { eventBusContract } from '../ports.contract.ts'
import { eventBridge } from './event-bridge.ts'

describe('EventBridge', () => {
  let shopBus: TestEventBus
  beforeEach(async () => {
    shopBus = await startTestEventBus('shop-bus')
  })
  afterEach(() => shopBus.stop())

  eventBusContract(async () => ({
    bus: eventBridge(shopBus.client, 'shop-bus'),
    received: async () =>
      (await shopBus.received()).map(({ source, 'detail-type': type, time, detail }) => ({
        source,
        type,
        time,
        detail,
      })),
  }))

  test('a bus that is not there takes nothing, which is told for each entry', async () => {
    const answers = await eventBridge(shopBus.client, 'another-bus').publish([entry('BookLent'), entry('BookBack')])
    expect(answers).toEqual([expect.stringContaining('ResourceNotFound'), expect.stringContaining('ResourceNotFound')])
    expect(await shopBus.received()).toEqual([])
  })
})

const entry = (detailType: string): BusEntry => ({
  source: 'loans.app',
  detailType,
  detail: '{"data":{}}',
  time: new Date('2026-05-01T10:00:00.000Z'),
  traceHeader: 'Root=1-a-b',
})

/** A client that remembers what it was asked and answers as told. */
function clientAnswering(answer: Pick<PutEventsCommandOutput, 'Entries' | 'FailedEntryCount'>) {
  const asked: PutEventsCommand['input'][] = []
  const send = async (command: PutEventsCommand) => {
    asked.push(command.input)
    return { ...answer, $metadata: {} }
  }
  return { asked, client: { send } as unknown as EventBridgeClient }
}

test('entries go to the bus in their order, as they are', async () => {
  const { asked, client } = clientAnswering({ FailedEntryCount: 0, Entries: [{ EventId: '1' }, { EventId: '2' }] })
  expect(await eventBridge(client, 'shop-bus').publish([entry('BookLent'), entry('BookBack')])).toEqual([
    undefined,
    undefined,
  ])
  expect(asked).toEqual([
    {
      Entries: ['BookLent', 'BookBack'].map((DetailType) => ({
        EventBusName: 'shop-bus',
        Source: 'loans.app',
        DetailType,
        Detail: '{"data":{}}',
        Time: new Date('2026-05-01T10:00:00.000Z'),
        TraceHeader: 'Root=1-a-b',
      })),
    },
  ])
})

test('an entry that the bus did not take is told, though the request succeeded', async () => {
  const { client } = clientAnswering({
    FailedEntryCount: 1,
    Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }],
  })
  expect(await eventBridge(client, 'shop-bus').publish([entry('A'), entry('B')])).toEqual([
    undefined,
    'ThrottlingException: slow down',
  ])
})

test('an entry without an answer was not taken', async () => {
  const { client } = clientAnswering({ Entries: [{ EventId: '1' }] })
  const [first, second] = await eventBridge(client, 'shop-bus').publish([entry('A'), entry('B')])
  expect([first, second]).toEqual([undefined, expect.stringContaining('NoAnswer')])
})

import { OrderPlaced } from '#services/orders/events.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { noPauses } from '#test/support/backoff.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { logReader, logWriter } from '../adapters/log-table.ts'
import { adminListEvents } from '../routes.ts'
import { adminListEventsHandler } from './list-events.ts'
import { recordEventsHandler } from './record-events.ts'

const logs = capturedLogs()
const now = () => new Date('2026-11-20T12:00:10.000Z')
const backoff = noPauses(3)

let table: TestTable
beforeEach(async () => {
  table = await createTestTable()
})

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, seconds))
const placed = (orderId: string, seconds = 0) => orderEvent(OrderPlaced, { orderId }, { time: at(seconds) })
const record = (...events: Parameters<typeof queueEvent>[0][number][]) =>
  recordEventsHandler(logWriter(table, backoff), now)(queueEvent(events))
const list = (query?: Record<string, string>) =>
  callApi(adminListEventsHandler(logReader(table), now), {
    path: '/admin/events',
    staff: 'sam',
    ...(query && { query }),
  })

test('staff see an event with its data, correlation and cause, and nothing of the trace', async () => {
  const event = placed('ord_1')
  await record({
    ...event,
    metadata: { ...event.metadata, traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
  } as never)
  const { status, body } = await list()
  expect(status).toBe(200)
  expect(body.items).toEqual([
    {
      id: 'OrderPlaced/ord_1/1',
      type: 'OrderPlaced',
      source: 'orders.app',
      time: at(0).toISOString(),
      data: event.data,
      correlationId: 'correlation-1',
      causationId: 'request-1',
    },
  ])
})

test('the cursor of each response leads to the newer events', async () => {
  await record(placed('ord_1'), placed('ord_2'))
  const first = await list({ limit: '1' })
  expect(first.body.items).toHaveLength(1)
  await record(placed('ord_3'), placed('ord_4'))
  const second = await list({ after: first.body.nextCursor, limit: '1' })
  const third = await list({ after: second.body.nextCursor })
  const fourth = await list({ after: third.body.nextCursor })
  const shown = [second, third, fourth].map(({ body }) => body.items.map(({ data }: any) => data.orderId))
  expect(shown).toEqual([['ord_3'], ['ord_4'], []])
})

test('events of a batch are sorted by their time, and written together', async () => {
  await record(placed('ord_3', 3), placed('ord_1', 1), placed('ord_2', 2))
  expect((await list()).body.items.map(({ data }: any) => data.orderId)).toEqual(['ord_3', 'ord_2', 'ord_1'])
  expect(table.calls('PutItem')).toBe(1)
  expect(logs.lines().filter(({ message }) => message === 'Events recorded')).toEqual([
    expect.objectContaining({ recorded: 3, unreadable: 0 }),
  ])
})

test('an event of an unknown type and version is recorded too', async () => {
  const event = placed('ord_1')
  await record({ ...event, type: 'OrderPraised', metadata: { ...event.metadata, version: 7 } } as never)
  expect((await list()).body.items).toMatchObject([{ type: 'OrderPraised', data: event.data }])
})

test('only a message that is no event fails', async () => {
  const sent = queueEvent([placed('ord_1'), placed('ord_2')])
  const handler = recordEventsHandler(logWriter(table, backoff), now)
  const { batchItemFailures } = await handler({ Records: [{ ...sent.Records[0]!, body: '{}' }, sent.Records[1]!] })
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'm0' }])
  expect((await list()).body.items.map(({ data }: any) => data.orderId)).toEqual(['ord_2'])
})

test.each(['nonsense', Buffer.from('{"position":-1,"index":0}').toString('base64url')])(
  'the cursor %s is rejected with a problem that the route declares',
  async (after) => {
    const { status, body } = await list({ after })
    expect([status, body.code]).toEqual([400, 'invalid-cursor'])
    expect(adminListEvents.problems).toHaveProperty(body.code)
  },
)

test.each([{ after: '' }, { cursor: 'x' }, { limit: '0' }, { limit: '1e1' }])('the query %j is 422', async (query) => {
  expect((await list(query as unknown as Record<string, string>)).status).toBe(422)
})

import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { eventually } from '#scripts/lib/api-client.ts'
import { eventDefinitions } from '#scripts/lib/events/recorded-events.ts'
import { orderReader } from '#services/orders/adapters/order-table.ts'
import type { Order } from '#services/orders/domain/order.ts'
import { rebuild, type PublishedEvent } from '#services/orders/domain/rebuild.ts'
import { createDocumentClient } from '#shared/dynamodb/table.ts'
import { testWith } from '../installed.ts'
import { api, deployment, staffToken } from '../shop.ts'

/**
 * Runs after the other files of the suite, over every event that they caused. The cursor is of the time before the first
 * of them; scripts/commands/test-e2e.ts sets it where activity is installed.
 */
const before = process.env['CARTWHEEL_EVENTS_AFTER']

interface ListedEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly time: string
  readonly data: Record<string, unknown>
}

const client = new DynamoDBClient(deployment.clientConfiguration)
const orders = orderReader({ client: createDocumentClient(client), name: deployment.tableName })
afterAll(() => client.destroy())

const eventsSince = async (cursor: string): Promise<ListedEvent[]> => {
  const events = new Map<string, ListedEvent>()
  for (let after = cursor; ;) {
    const query = new URLSearchParams({ after, limit: '100' })
    const { status, body } = await api('GET', `/admin/events?${query}`, { token: await staffToken() })
    expect(status).toBe(200)
    for (const event of body.items) events.set(event.id, event)
    if (body.items.length === 0 || body.nextCursor === after) return [...events.values()]
    after = body.nextCursor
  }
}

const test = testWith('activity')

test('every event that was published is of a defined type and fits its schema', async () => {
  const definitions = new Map((await eventDefinitions()).map(({ definition }) => [definition.type, definition]))
  const events = await eventsSince(before!)
  expect(events.length).toBeGreaterThan(0)
  for (const { type, source, data } of events) {
    const definition = definitions.get(type)
    expect({ type, source }).toEqual({ type: definition?.type, source: definition?.source })
    definition!.data.parse(data)
  }
})

/** An event of an order that was placed before the suite has no beginning here. */
const ordersIn = (events: readonly ListedEvent[]): Map<string, PublishedEvent[]> => {
  const published = new Map<string, PublishedEvent[]>()
  for (const { id, type, source, time, data } of events) {
    if (source !== 'orders.app') continue
    const orderId = String(data['orderId'])
    published.set(orderId, [...(published.get(orderId) ?? []), { type, metadata: { id, time }, data }])
  }
  return new Map([...published].filter(([, list]) => list.some(({ type }) => type === 'OrderPlaced')))
}

test('every order is what its published events say, but for its address and the hash of its request', async () => {
  // An order may go on while it is read: each is compared with as many events as its version has.
  const checked = await eventually('the last events to be published', async () => {
    const pairs: { order: Order; events: PublishedEvent[] }[] = []
    for (const [orderId, events] of ordersIn(await eventsSince(before!))) {
      const order = await orders.find(orderId)
      if (order?.version !== events.length) return undefined
      pairs.push({ order, events })
    }
    return pairs
  })
  expect(checked.length).toBeGreaterThan(0)
  for (const { order, events } of checked) {
    const { shippingAddress: _, trail: __, customerDeleted: ___, fingerprint: ____, ...stored } = order
    expect(rebuild(events)).toEqual(stored)
  }
})

import { randomUUID } from 'node:crypto'
import { eventually } from '#scripts/lib/api-client.ts'
import { testWith } from './installed.ts'
import { api, decided, placeOrder, setStock, sharedCustomer, skuOf, staffToken, trailOf } from './shop.ts'

const eventsPage = async (query: string) => {
  const { status, body } = await api('GET', `/admin/events?${query}`, { token: await staffToken() })
  expect(status).toBe(200)
  return body
}

testWith('activity', 'inventory')(
  'staff who follow the events see each event of an order, related to its request and its cause',
  async () => {
    const { token } = await sharedCustomer()
    const sku = await skuOf(3)
    await setStock(sku, 5)
    let { nextCursor: after } = await eventsPage('limit=1')
    const correlationId = `followed-${randomUUID()}`
    const { body: placed } = await placeOrder(token, [{ sku, quantity: 1 }], { 'x-correlation-id': correlationId })
    await decided(token, placed.orderId)
    const trail = await trailOf(token, placed.orderId)
    expect(trail.length).toBeGreaterThanOrEqual(3)

    const seen = new Map<string, any>()
    await eventually('the events of the order', async () => {
      const { items, nextCursor } = await eventsPage(`limit=5&after=${after}`)
      after = nextCursor
      for (const event of items) if (event.correlationId === correlationId) seen.set(event.id, event)
      return trail.every(({ id }) => seen.has(id))
    })
    for (const { id, causationId, type, data } of trail.map((each) => seen.get(each.id))) {
      const requested = type === 'OrderPlaced'
      expect({ id, hasCause: requested || seen.has(causationId) }).toEqual({ id, hasCause: true })
      if (type.startsWith('Order')) expect(data).toMatchObject({ orderId: placed.orderId, total: placed.total })
    }
  },
)

testWith('activity')('staff see the depth of each queue and the state of each alarm', async () => {
  const { status, body } = await api('GET', '/admin/operations', { token: await staffToken() })
  expect(status).toBe(200)
  const deadLetters = body.queues.filter(({ isDeadLetterQueue }) => isDeadLetterQueue)
  expect([deadLetters.length > 0, body.queues.length > deadLetters.length]).toEqual([true, true])
  for (const { state } of body.alarms) expect(['OK', 'ALARM', 'INSUFFICIENT_DATA']).toContain(state)
  expect(body.alarms.map(({ name }) => name)).toContainEqual(expect.stringMatching(/-api-server-errors$/))
})

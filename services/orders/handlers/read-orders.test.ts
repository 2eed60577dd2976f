import '#test/support/silence.ts'
import { newId } from '#shared/ids.ts'
import { callApi } from '#test/support/api-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderChanges, orderReader } from '../adapters/order-table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { applyStockAnswer } from '../domain/apply-stock-answer.ts'
import { noon, stockReserved } from '../domain/order.fixture.ts'
import { placement } from '../ports.contract.ts'
import { listOrderEventsHandler } from './list-order-events.ts'
import { adminGetOrderHandler, adminListOrdersHandler, getOrderHandler, listOrdersHandler } from './read-order.ts'

async function shop() {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS' })
  await table.put({ PK: 'USER#bob', SK: 'COUNTERS' })
  const placements = placementTable(table)
  const reader = orderReader(table)
  return {
    getOrder: getOrderHandler(reader),
    listOrders: listOrdersHandler(reader),
    listOrderEvents: listOrderEventsHandler(reader),
    adminGetOrder: adminGetOrderHandler(reader),
    adminListOrders: adminListOrdersHandler(reader, () => noon),
    async place(customerId: string, minute = 0) {
      const wanted = placement({ customerId, time: new Date(noon.getTime() + minute * 60_000) })
      await placements.place(wanted)
      return wanted.order
    },
    async reserve(order: Awaited<ReturnType<typeof placement>>['order']) {
      const answer = stockReserved(order)
      const decision = applyStockAnswer(order, answer, noon)
      await orderChanges(table).record({ from: order, answer, decision, time: noon })
    },
  }
}

test('a customer reads an order without what only staff see', async () => {
  const { getOrder, adminGetOrder, place } = await shop()
  const { customerId, ...order } = await place('ada')
  const parameters = { orderId: order.orderId }
  expect((await callApi(getOrder, { customer: 'ada', parameters })).body).toEqual(order)
  expect((await callApi(adminGetOrder, { staff: 'clerk', parameters })).body).toEqual({ ...order, customerId })
})

test('another customer’s order, an absent one and what is no order’s id get the same 404', async () => {
  const { getOrder, listOrderEvents, place } = await shop()
  const { orderId } = await place('ada')
  for (const handler of [getOrder, listOrderEvents]) {
    const answers = await Promise.all(
      [orderId, newId('ord', noon), 'x', 'x'.repeat(5000)].map((wanted) =>
        callApi(handler, { customer: 'bob', path: '/orders/_', parameters: { orderId: wanted } }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(answers[0]!.body.code).toBe('not-found')
  }
})

test('own orders are listed newest first, with a cursor while there are more', async () => {
  const { listOrders, place } = await shop()
  const ids = []
  for (const minute of [0, 1, 2]) ids.unshift((await place('ada', minute)).orderId)
  await place('bob', 1)
  const list = (query: Record<string, string>) => callApi(listOrders, { customer: 'ada', query })
  const first = await list({ limit: '2' })
  expect(first.body.items.map((order: any) => order.orderId)).toEqual(ids.slice(0, 2))
  expect(first.body.items[0].customerId).toBeUndefined()
  const second = await list({ limit: '2', cursor: first.body.nextCursor })
  expect(second.body).toEqual({ items: [expect.objectContaining({ orderId: ids[2] })] })
})

test('staff list everybody’s orders', async () => {
  const { adminListOrders, place } = await shop()
  const older = await place('ada', -2)
  const newer = await place('bob', -1)
  const first = await callApi(adminListOrders, { staff: 'clerk', query: { limit: '1' } })
  expect(first.body.items).toEqual([newer])
  const rest = await callApi(adminListOrders, { staff: 'clerk', query: { cursor: first.body.nextCursor } })
  expect(rest.body).toEqual({ items: [older] })
})

test('the trail tells oldest first what happened, page by page, the stock’s answer included', async () => {
  const { listOrderEvents, place, reserve } = await shop()
  const order = await place('ada')
  await reserve(order)
  const list = (query: Record<string, string>) =>
    callApi(listOrderEvents, { customer: 'ada', parameters: { orderId: order.orderId }, query })
  const all = await list({})
  expect(all.body.items.map((event: any) => [event.type, event.source])).toEqual([
    ['OrderPlaced', 'orders.app'],
    ['StockReserved', 'inventory.app'],
    ['OrderReserved', 'orders.app'],
  ])
  expect(Object.keys(all.body.items[0]).toSorted()).toEqual(['data', 'id', 'source', 'time', 'type'])
  const first = await list({ limit: '2' })
  const second = await list({ limit: '2', cursor: first.body.nextCursor })
  expect([...first.body.items, ...second.body.items]).toEqual(all.body.items)
  expect(second.body.nextCursor).toBeUndefined()
})

test.each([
  ['text', 'nonsense'],
  ['a cursor of another shape', Buffer.from('{"after":"CUSTOMER#bob"}').toString('base64url')],
])('%s is no cursor of any list', async (_, cursor) => {
  const { listOrders, listOrderEvents, adminListOrders, place } = await shop()
  const parameters = { orderId: (await place('ada')).orderId }
  const answers = await Promise.all([
    callApi(listOrders, { customer: 'ada', query: { cursor } }),
    callApi(listOrderEvents, { customer: 'ada', parameters, query: { cursor } }),
    callApi(adminListOrders, { staff: 'clerk', query: { cursor } }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
  expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['invalid-cursor']))
})

test.each(['0', '101', '1.5', 'many'])('a limit of %s is refused', async (limit) => {
  const { listOrders } = await shop()
  const answer = await callApi(listOrders, { customer: 'ada', query: { limit } })
  expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/query/limit'])
})

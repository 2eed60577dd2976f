import { silence } from '#test/support/captured-logs.ts'
import { newId } from '#shared/ids.ts'
import { paymentKey } from '#services/payments/keys.ts'
import { euros } from '#shared/money.ts'
import { profileKey, userMailKey } from '#services/users/keys.ts'
import { callApi } from '#test/support/api-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { customerDirectory, orderChanges, orderItem, orderReader, paymentBalances } from '../adapters/order-table.ts'
import { placementTable } from '../adapters/placement-table.ts'
import {
  cause,
  changeOf,
  noon,
  obeyed,
  paidOrder,
  shippedOrder,
  stockRejected,
  stockReserved,
} from '../domain/order.fixture.ts'
import { StaffOrder, stateOf, type Order } from '../domain/order.ts'
import type { TrailEntry } from '../domain/trail.ts'
import { placement } from '../ports.contract.ts'
import {
  adminGetOrderHandler,
  adminListOrdersHandler,
  getOrderHandler,
  listOrderEventsHandler,
  listOrdersHandler,
} from './read-orders.ts'

silence()

async function start() {
  const table = await createTestTable()
  await table.put({ PK: 'USER#ada', SK: 'COUNTERS' })
  await table.put({ PK: 'USER#bob', SK: 'COUNTERS' })
  const placements = placementTable(table)
  const reader = orderReader(table)
  return {
    table,
    getOrder: getOrderHandler(reader),
    listOrders: listOrdersHandler(reader),
    listOrderEvents: listOrderEventsHandler(reader),
    adminGetOrder: adminGetOrderHandler({
      orders: reader,
      customers: customerDirectory(table),
      payments: paymentBalances(table),
    }),
    adminListOrders: adminListOrdersHandler({ orders: reader, customers: customerDirectory(table), now: () => noon }),
    async place(customerId: string, minute = 0) {
      const wanted = placement({ customerId, time: new Date(noon.getTime() + minute * 60_000) })
      await placements.place(wanted)
      return wanted.order
    },
    reserve: (order: Order) => orderChanges(table).save(changeOf(order, stockReserved(order))),
    reject: (order: Order) => orderChanges(table).save(changeOf(order, stockRejected(order))),
  }
}

test('a customer reads an order without the customer id, which staff see', async () => {
  const { getOrder, adminGetOrder, place } = await start()
  const { customerId, trail: _, ...order } = await place('ada')
  const parameters = { orderId: order.orderId }
  expect((await callApi(getOrder, { customer: 'ada', parameters })).body).toEqual(order)
  const { body } = await callApi(adminGetOrder, { staff: 'clerk', parameters })
  expect(body).toEqual({
    ...order,
    customerId,
    chargedBack: euros(0),
    trail: [expect.objectContaining({ type: 'OrderPlaced' })],
  })
})

test('staff see the email address of the customer, and who caused each event of the trail', async () => {
  const { table, adminGetOrder, place } = await start()
  await table.put({ ...profileKey('ada'), email: 'ada@example.com', name: 'Ada' })
  const order = await place('ada')
  await orderChanges(table).save(obeyed(order, { type: 'cancel' }, { actor: 'staff/clerk' }))
  const { body } = await callApi(adminGetOrder, { staff: 'clerk', parameters: { orderId: order.orderId } })
  expect(body.customerEmail).toBe('ada@example.com')
  expect(body.trail.map(({ actor }: { actor: string }) => actor)).toEqual(['customer', 'staff/clerk'])
  expect(body.trail[1].correlationId).toEqual(expect.any(String))
})

test('staff see what a refund would give back after the customer’s bank has taken money back', async () => {
  const { table, adminGetOrder } = await start()
  const order = paidOrder(placement({ customerId: 'ada', time: noon }).order)
  await table.put(orderItem(order))
  const read = async () => {
    const { body } = await callApi(adminGetOrder, { staff: 'clerk', parameters: { orderId: order.orderId } })
    return [body.refundable, body.chargedBack]
  }
  expect(await read()).toEqual([order.total, euros(0)])
  const payment = { ...paymentKey(order.orderId), orderId: order.orderId, status: 'captured', amount: order.total }
  await table.put({ ...payment, refunds: [{ refundId: 'a', amount: euros(1) }], chargedBack: euros(300) })
  expect(await read()).toEqual([euros(order.total.amount - 301), euros(300)])
})

test('an internal field of a stored order is visible to neither customers nor staff', async () => {
  const { table, place, getOrder, listOrders, adminGetOrder, adminListOrders } = await start()
  const { orderId } = await place('ada', -1)
  const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
  const items = item['items'].map((line: object) => ({ ...line, margin: 'internal' }))
  await table.put({ ...item, items, riskScore: 'internal' })
  const parameters = { orderId }
  const responses = await Promise.all([
    callApi(getOrder, { customer: 'ada', parameters }),
    callApi(listOrders, { customer: 'ada' }),
    callApi(adminGetOrder, { staff: 'clerk', parameters }),
    callApi(adminListOrders, { staff: 'clerk' }),
  ])
  for (const { status, body } of responses) {
    expect(status).toBe(200)
    expect(JSON.stringify(body)).toContain(orderId)
    expect(JSON.stringify(body)).not.toContain('internal')
  }
})

test('another customer’s order, an unknown order and a malformed id return the same 404', async () => {
  const { getOrder, listOrderEvents, place } = await start()
  const { orderId } = await place('ada')
  for (const handler of [getOrder, listOrderEvents]) {
    const responses = await Promise.all(
      [orderId, newId('ord', noon), 'x', 'x'.repeat(5000)].map((wanted) =>
        callApi(handler, { customer: 'bob', path: '/orders/_', parameters: { orderId: wanted } }),
      ),
    )
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    expect(new Set(responses.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(responses[0]!.body.code).toBe('not-found')
  }
})

test('a customer’s orders are listed newest first, with a cursor while there are more', async () => {
  const { listOrders, place } = await start()
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

test('staff list all customers’ orders', async () => {
  const { adminListOrders, place } = await start()
  const older = await place('ada', -2)
  const newer = await place('bob', -1)
  const first = await callApi(adminListOrders, { staff: 'clerk', query: { limit: '1' } })
  expect(first.body.items).toEqual([StaffOrder.parse(newer)])
  const rest = await callApi(adminListOrders, { staff: 'clerk', query: { cursor: first.body.nextCursor } })
  expect(rest.body).toEqual({ items: [StaffOrder.parse(older)] })
})

test('staff list the orders in a status, in pages that continue after the last order that was read', async () => {
  const { adminListOrders, place, reserve, table } = await start()
  const list = (query: Record<string, string>) => callApi(adminListOrders, { staff: 'clerk', query })
  const placed: Order[] = []
  for (let minute = -350; minute < 0; minute += 1) placed.unshift(await place('ada', minute))
  const wanted = [placed[0]!, placed[1]!, placed[320]!]
  for (const order of wanted) await reserve(order)

  const before = table.calls('BatchGetItem')
  const first = await list({ status: 'RESERVED' })
  expect(first.body.items.map(({ orderId }: any) => orderId)).toEqual(wanted.slice(0, 2).map(({ orderId }) => orderId))
  // At most 300 orders are read.
  expect(table.calls('BatchGetItem') - before).toBe(3)
  const second = await list({ status: 'RESERVED', cursor: first.body.nextCursor })
  expect(second.body).toEqual({ items: [expect.objectContaining({ orderId: wanted[2]!.orderId })] })

  const one = await list({ status: 'RESERVED', limit: '1' })
  const next = await list({ status: 'RESERVED', limit: '1', cursor: one.body.nextCursor })
  expect(next.body.items[0].orderId).toBe(wanted[1]!.orderId)
  expect((await list({ status: 'LOST' })).body.errors[0].pointer).toBe('/query/status')
})

test('staff list the orders of the customer with an email address, also in a status', async () => {
  const { adminListOrders, place, reserve, table } = await start()
  await table.put({ ...userMailKey('ada@example.com'), userId: 'ada' })
  const [older, newer] = [await place('ada', -3), await place('ada', -1)]
  await place('bob', -2)
  await reserve(older)
  const idsOf = async (query: Record<string, string>) =>
    (await callApi(adminListOrders, { staff: 'clerk', query })).body.items.map(({ orderId }: any) => orderId)
  expect(await idsOf({ email: 'Ada@Example.com' })).toEqual([newer.orderId, older.orderId])
  expect(await idsOf({ email: 'ada@example.com', status: 'RESERVED' })).toEqual([older.orderId])
  expect(await idsOf({ email: 'carl@example.com' })).toEqual([])
})

test('the trail lists published and received events oldest first, page by page', async () => {
  const { listOrderEvents, place, reserve } = await start()
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
  expect(Object.keys(all.body.items[0]).toSorted()).toEqual([
    'actor',
    'causationId',
    'data',
    'id',
    'source',
    'time',
    'type',
  ])
  const first = await list({ limit: '2' })
  const second = await list({ limit: '2', cursor: first.body.nextCursor })
  expect([...first.body.items, ...second.body.items]).toEqual(all.body.items)
  expect(second.body.nextCursor).toBeUndefined()
})

test('the trail shows the data of stock events and of the order’s own events', async () => {
  const { listOrderEvents, place, reserve, reject } = await start()
  const [reserved, rejected] = [await place('ada'), await place('ada')]
  await reserve(reserved)
  await reject(rejected)
  const trailOf = async ({ orderId }: Order) =>
    (await callApi(listOrderEvents, { customer: 'ada', parameters: { orderId } })).body.items.map(
      ({ data }: any) => data,
    )
  const stock = stockReserved(reserved).data as any
  expect(await trailOf(reserved)).toEqual([
    stateOf(reserved),
    stock,
    { ...stateOf(reserved), status: 'RESERVED', reservedUntil: stock.heldUntil },
  ])
  const { shortages } = stockRejected(rejected).data as any
  expect(await trailOf(rejected)).toEqual([
    stateOf(rejected),
    { orderId: rejected.orderId, shortages },
    { ...stateOf(rejected), status: 'REJECTED', reason: 'out-of-stock', shortages },
  ])
})

test('the trail shows who requested a change, and what caused it', async () => {
  const { table, listOrderEvents, place } = await start()
  const order = await place('ada')
  const changes = orderChanges(table)
  const reserved = changeOf(order, stockReserved(order))
  await changes.save(reserved)
  await changes.save(obeyed(reserved.order, { type: 'cancel' }))
  const { body } = await callApi(listOrderEvents, { customer: 'ada', parameters: { orderId: order.orderId } })
  expect(body.items.map(({ type, actor, causationId }: any) => [type, actor, causationId])).toEqual([
    ['OrderPlaced', 'customer', cause.causationId],
    ['StockReserved', undefined, cause.causationId],
    ['OrderReserved', undefined, stockReserved(order).metadata.id],
    ['OrderCancelled', 'customer', cause.causationId],
  ])
})

test('the trail shows that staff requested a change, and not who of them', async () => {
  const { table, listOrderEvents, place } = await start()
  const shipped = obeyed(shippedOrder(await place('ada')), { type: 'markDelivered' }, { actor: 'staff/clerk' })
  await table.put(orderItem(shipped.order))
  const { orderId } = shipped.order
  const { body } = await callApi(listOrderEvents, { customer: 'ada', parameters: { orderId } })
  expect(body.items.at(-1)).toMatchObject({ type: 'OrderDelivered', actor: 'staff' })
  expect(JSON.stringify(body)).not.toContain('clerk')
})

test('the trail shows no internal field of an event, and no data of an unknown event type', async () => {
  const { table, listOrderEvents, place, reserve } = await start()
  const { orderId, ...order } = await place('ada')
  await reserve({ orderId, ...order })
  const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
  const internal = { riskScore: 'internal' }
  const trail = item['trail'].map((entry: TrailEntry) => ({
    ...entry,
    data: { ...entry.data, ...internal },
    ...(entry.received ? { received: { ...entry.received, data: { ...entry.received.data, ...internal } } } : {}),
  }))
  const { received } = trail[1]
  await table.put({
    ...item,
    trail: [...trail, { ...trail[1], event: undefined, received: { ...received, id: 'RiskAssessed//1' } }],
  })
  const { body } = await callApi(listOrderEvents, { customer: 'ada', parameters: { orderId } })
  expect(body.items.map(({ type }: any) => type)).toEqual([
    'OrderPlaced',
    'StockReserved',
    'OrderReserved',
    'RiskAssessed',
  ])
  expect(body.items[3].data).toEqual({})
  expect(JSON.stringify(body)).not.toContain('internal')
})

test.each([
  ['text', 'nonsense'],
  ['a cursor of another shape', Buffer.from('{"after":"CUSTOMER#bob"}').toString('base64url')],
])('%s is rejected as a cursor by every list', async (_, cursor) => {
  const { listOrders, listOrderEvents, adminListOrders, place } = await start()
  const parameters = { orderId: (await place('ada')).orderId }
  const responses = await Promise.all([
    callApi(listOrders, { customer: 'ada', query: { cursor } }),
    callApi(listOrderEvents, { customer: 'ada', parameters, query: { cursor } }),
    callApi(adminListOrders, { staff: 'clerk', query: { cursor } }),
  ])
  expect(responses.map(({ status }) => status)).toEqual([400, 400, 400])
  expect(new Set(responses.map(({ body }) => body.code))).toEqual(new Set(['invalid-cursor']))
})

test.each(['0', '101', '1.5', 'many'])('a limit of %s is rejected', async (limit) => {
  const { listOrders } = await start()
  const response = await callApi(listOrders, { customer: 'ada', query: { limit } })
  expect([response.status, response.body.errors[0].pointer]).toEqual([422, '/query/limit'])
})

import { silence } from '#test/support/captured-logs.ts'
import { newId } from '#shared/ids.ts'
import { publishedBy } from '#test/support/published-events.ts'
import { noPauses } from '#test/support/backoff.ts'
import { callApi, type ApiCall } from '#test/support/api-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { orderItem, orderReader, requestedChanges } from '../adapters/order-table.ts'
import {
  address,
  changeOf,
  deliveredOrder,
  noon,
  obeyed,
  paidOrder,
  paymentRefunded,
  placed,
  shippedOrder,
} from '../domain/order.fixture.ts'
import { CustomerOrder, StaffOrder, type Order } from '../domain/order.ts'
import { trailOf } from '../domain/trail.ts'
import { finalStatuses } from '../domain/transitions.ts'
import {
  adminDeliverOrderHandler,
  adminRefundOrderHandler,
  adminRejectReturnHandler,
  cancelOrderHandler,
  requestReturnHandler,
} from './change-order.ts'

silence()

async function start(make: (order: Order) => Order = (order) => order) {
  const table = await createTestTable()
  const reader = orderReader(table)
  const { orderId } = placed().order
  const order = make({ ...placed().order, orderId })
  await table.put(orderItem(order))
  const dependencies = {
    orders: requestedChanges(table),
    finalStatuses: finalStatuses(['inventory', 'payments', 'shipping']),
    now: () => noon,
    backoff: noPauses(4),
  }
  const parameters = { orderId }
  const asCustomer =
    (handler: Parameters<typeof callApi>[0]) =>
    (key = 'k', call: ApiCall = {}) =>
      callApi(handler, { customer: 'ada', parameters, headers: { 'idempotency-key': key }, ...call })
  const asStaff =
    (handler: Parameters<typeof callApi>[0]) =>
    (call: ApiCall = {}) =>
      callApi(handler, { staff: 'clerk', parameters, ...call })
  const refund = asStaff(adminRefundOrderHandler(dependencies))
  const requestReturn = asCustomer(requestReturnHandler(dependencies))
  return {
    table,
    order,
    cancel: asCustomer(cancelOrderHandler(dependencies)),
    requestReturn: (items: unknown, key = 'k', reason = 'Too small') => requestReturn(key, { body: { items, reason } }),
    refund: (key = 'k') => refund({ headers: { 'idempotency-key': key } }),
    deliver: asStaff(adminDeliverOrderHandler(dependencies)),
    rejectReturn: asStaff(adminRejectReturnHandler(dependencies)),
    stored: async () => (await reader.find(orderId))!,
    store: (changed: Order) => table.put(orderItem(changed)),
  }
}

const returning = (order: Order) =>
  obeyed(deliveredOrder(order), { type: 'requestReturn', items: [{ sku: 'MUG-1', quantity: 1 }], reason: 'Too small' })
    .order

describe('cancelling', () => {
  test.each([
    ['PLACED', (order: Order) => order],
    ['PAID', paidOrder],
  ] as const)('a %s order is CANCELLED, with its event, who requested it and why', async (_, make) => {
    const { cancel, stored, table } = await start(make)
    const response = await cancel()
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ status: 'CANCELLED', reason: 'customer', shippingAddress: address })
    expect(response.body).toEqual(JSON.parse(JSON.stringify(CustomerOrder.parse(await stored()))))
    expect(trailOf(await stored()).at(-1)).toMatchObject({ type: 'OrderCancelled', actor: 'customer' })
    const item = (await table.items()).find(({ SK }) => SK === 'ORDER')!
    expect(publishedBy(item)).toMatchObject([{ type: 'OrderCancelled', data: { reason: 'customer' } }])
  })

  test('is possible until the order is shipped', async () => {
    const { cancel, stored } = await start(shippedOrder)
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'order-not-cancellable' } })
    expect((await stored()).status).toBe('SHIPPED')
  })

  test('with the same key again returns the first response, even after the order has changed', async () => {
    const { cancel, stored, store } = await start(paidOrder)
    const first = await cancel()
    const cancelled = await stored()
    const { order } = changeOf(cancelled, paymentRefunded(cancelled, { version: cancelled.version }))
    await store(order)
    const again = await cancel()
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true'])
    expect(again.body).toEqual(first.body)
    expect(await cancel('other')).toMatchObject({ status: 409 })
  })

  test('stores neither the address nor the text of a customer in the response', async () => {
    const { requestReturn, table } = await start(deliveredOrder)
    expect((await requestReturn([{ sku: 'MUG-1', quantity: 1 }])).status).toBe(201)
    const record = (await table.items()).find(({ PK }) => PK.startsWith('IDEMPOTENCY#requestReturn#ada#'))!
    expect(record['body']).toEqual({ version: 6 })
  })

  test('with the key of another order is rejected', async () => {
    const { cancel, table } = await start()
    await cancel()
    const other = placed().order
    await table.put(orderItem(other))
    const response = await cancel('k', { parameters: { orderId: other.orderId } })
    expect(response).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  test('twenty times at once with one key has one effect and one response', async () => {
    const { cancel, stored } = await start()
    const responses = await Promise.all(Array.from({ length: 20 }, () => cancel()))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(responses.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect((await stored()).version).toBe(2)
  })

  test('with the same key between read and write returns the first response', async () => {
    const { cancel, table } = await start()
    let first: unknown
    table.beforeNext('TransactWriteItems', async () => {
      first = (await cancel()).body
    })
    const again = await cancel()
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true'])
    expect(again.body).toEqual(first)
    expect(again.body.status).toBe('CANCELLED')
  })

  test('an order that changes between read and write is read again', async () => {
    const { cancel, table, order, stored, store } = await start(paidOrder)
    table.beforeNext('TransactWriteItems', () => store({ ...shippedOrder(placed().order), orderId: order.orderId }))
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'order-not-cancellable' } })
    expect((await stored()).status).toBe('SHIPPED')
  })

  test('an order that keeps changing is a conflict, to be repeated', async () => {
    const { cancel, table } = await start()
    table.conflictNext('TransactWriteItems', 4)
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'conflict' }, headers: { 'retry-after': '1' } })
  })

  test('another customer’s order, an unknown one and a malformed id return the same 404', async () => {
    const { cancel, order, stored } = await start()
    const responses = await Promise.all(
      [order.orderId, newId('ord', noon), 'x'].map((orderId) =>
        cancel('k', { customer: 'bob', path: '/orders/_', parameters: { orderId } }),
      ),
    )
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404])
    expect(new Set(responses.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect((await stored()).status).toBe('PLACED')
  })

  test('needs an Idempotency-Key', async () => {
    const { cancel } = await start()
    expect((await cancel('k', { headers: {} })).body.code).toBe('idempotency-key-required')
  })
})

describe('a return', () => {
  test('of equal SKUs is merged', async () => {
    const { requestReturn } = await start(deliveredOrder)
    const line = { sku: 'MUG-1', quantity: 1 }
    const response = await requestReturn([line, line])
    expect(response.status).toBe(201)
    expect(response.body).toMatchObject({
      status: 'RETURN_REQUESTED',
      return: { items: [{ sku: 'MUG-1', quantity: 2 }], reason: 'Too small' },
    })
  })

  test('is possible as soon as the order is shipped, and staff mark it as delivered once', async () => {
    const { requestReturn, deliver } = await start(shippedOrder)
    expect(await requestReturn([{ sku: 'MUG-1', quantity: 1 }])).toMatchObject({ status: 201 })
    const deliveredAt = noon.toISOString()
    expect(await deliver()).toMatchObject({ status: 200, body: { status: 'RETURN_REQUESTED', deliveredAt } })
    expect(await deliver()).toMatchObject({ status: 409, body: { code: 'order-not-shipped' } })
  })

  test.each([
    [[{ sku: 'MUG-1', quantity: 3 }], '/items/0/quantity'],
    [
      [
        { sku: 'MUG-1', quantity: 1 },
        { sku: 'TEA-1', quantity: 1 },
      ],
      '/items/1/sku',
    ],
    [[], '/items'],
  ])('of %j is rejected at %s', async (items, pointer) => {
    const { requestReturn, stored } = await start(deliveredOrder)
    const response = await requestReturn(items)
    expect([response.status, response.body.errors[0].pointer]).toEqual([422, pointer])
    expect((await stored()).status).toBe('DELIVERED')
  })

  test.each([
    ['of an order that is not shipped', paidOrder, 'order-not-returnable'],
    ['that was requested already', returning, 'order-not-returnable'],
    [
      '31 days after delivery',
      (order: Order) => ({ ...deliveredOrder(order), deliveredAt: '2026-10-20T12:00:00.000Z' }),
      'return-period-over',
    ],
  ])('%s is refused', async (_, make, code) => {
    const { requestReturn } = await start(make)
    const response = await requestReturn([{ sku: 'MUG-1', quantity: 1 }])
    expect([response.status, response.body.code]).toEqual([409, code])
  })

  test('is refunded by staff, once', async () => {
    const { refund, stored } = await start(returning)
    const response = await refund()
    expect([response.status, response.body.status]).toEqual([202, 'RETURN_REQUESTED'])
    expect(response.body).toEqual(JSON.parse(JSON.stringify(StaffOrder.parse(await stored()))))
    expect(trailOf(await stored()).at(-1)).toMatchObject({ type: 'RefundRequested', actor: 'staff/clerk' })
    expect((await refund()).headers['idempotent-replayed']).toBe('true')
    expect(await refund('other')).toMatchObject({ status: 409, body: { code: 'refund-pending' } })
  })

  test('is rejected by staff, with a reason for the customer', async () => {
    const { rejectReturn, stored } = await start(returning)
    const response = await rejectReturn({ body: { reason: 'Worn' } })
    expect(response).toMatchObject({ status: 200, body: { status: 'DELIVERED', reason: 'return-rejected' } })
    expect(trailOf(await stored()).at(-1)!.data).toMatchObject({ rejection: 'Worn' })
    expect(await rejectReturn({ body: { reason: 'Worn' } })).toMatchObject({
      status: 409,
      body: { code: 'return-not-requested' },
    })
  })
})

test('staff refund a paid order by cancelling it, and no other', async () => {
  const { refund } = await start(paidOrder)
  expect(await refund()).toMatchObject({ status: 202, body: { status: 'CANCELLED', reason: 'staff' } })
  const shipped = await start(shippedOrder)
  expect(await shipped.refund()).toMatchObject({ status: 409, body: { code: 'order-not-refundable' } })
})

test('staff mark a shipped order as delivered, once, with one plain write', async () => {
  const { deliver, table } = await start(shippedOrder)
  expect(await deliver()).toMatchObject({ status: 200, body: { status: 'DELIVERED', deliveredAt: noon.toISOString() } })
  expect(table.calls('TransactWriteItems')).toBe(0)
  expect(await deliver()).toMatchObject({ status: 409, body: { code: 'order-not-shipped' } })
})

test('a change without a key is a 200 when the SDK repeats its write after a lost response', async () => {
  const { deliver, table, stored } = await start(shippedOrder)
  table.loseNextResponse('PutItem')
  expect(await deliver()).toMatchObject({ status: 200, body: { status: 'DELIVERED' } })
  const { trail } = await stored()
  expect(trail.filter(({ event }) => event === 'OrderDelivered')).toHaveLength(1)
})

test('the same change of another request is not taken for a repeated write', async () => {
  const { deliver, table } = await start(shippedOrder)
  let other: unknown
  table.beforeNext('PutItem', async () => void (other = await deliver({ requestId: 'another-request' })))
  expect(await deliver()).toMatchObject({ status: 409, body: { code: 'order-not-shipped' } })
  expect(other).toMatchObject({ status: 200 })
})

test('staff mark an order as delivered whose return was rejected on the way', async () => {
  const { requestReturn, rejectReturn, deliver, stored } = await start(shippedOrder)
  await requestReturn([{ sku: 'MUG-1', quantity: 1 }])
  await rejectReturn({ body: { reason: 'Sealed' } })
  expect(await stored()).not.toHaveProperty('deliveredAt')
  expect(await deliver()).toMatchObject({ status: 200, body: { status: 'DELIVERED', deliveredAt: noon.toISOString() } })
})

import { silence } from '#test/support/captured-logs.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import { priceTable } from '#services/pricing/price-table.ts'
import { UserDeleted } from '#services/users/events.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { noPauses } from '#test/support/backoff.ts'
import { callApi } from '#test/support/api-event.ts'
import { linesOf, orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { cartTable } from '../adapters/cart-table.ts'
import { getCartHandler, putCartHandler } from './cart.ts'
import { updateCartHandler } from './update-cart.ts'

silence()

const noon = new Date('2026-11-20T12:00:00.000Z')

async function start() {
  const table = await createTestTable()
  const product = (sku: string, amount: number, more: Record<string, unknown> = {}) =>
    table.put({
      PK: `PRODUCT#${sku}`,
      SK: 'PRODUCT',
      sku,
      name: `The ${sku}`,
      price: euros(amount),
      status: 'active',
      ...more,
    })
  await product('MUG-1', 1250, { availability: 'low' })
  await product('TEA-1', 99)
  const dependencies = { carts: cartTable(table), prices: priceTable(table), now: () => noon }
  const [getHandler, putHandler] = [getCartHandler(dependencies), putCartHandler(dependencies)]
  return {
    table,
    product,
    carts: dependencies.carts,
    get: () => callApi(getHandler, { customer: 'ada', path: '/cart' }),
    put: (...items: unknown[]) =>
      callApi(putHandler, { customer: 'ada', method: 'PUT', path: '/cart', body: { items } }),
    update: updateCartHandler({ ...dependencies, backoff: noPauses(3) }),
  }
}

const line = (sku: string, quantity: number, amount: number, availability = 'in-stock') => ({
  sku,
  name: `The ${sku}`,
  quantity,
  unitPrice: euros(amount),
  lineTotal: euros(amount * quantity),
  availability,
})
const mugs = (quantity: number) => ({ sku: 'MUG-1', quantity })
const tea = (quantity: number) => ({ sku: 'TEA-1', quantity })

test('a customer who never put a cart has an empty one', async () => {
  const { get, table } = await start()
  const { status, body } = await get()
  expect([status, body]).toEqual([200, { items: [], subtotal: euros(0), unavailable: [] }])
  // Of the cart, and none of products.
  expect(table.calls('BatchGetItem')).toBe(1)
})

test('a cart has its lines at current prices, equal SKUs merged', async () => {
  const { get, put, product } = await start()
  const { status, body } = await put(mugs(1), tea(2), mugs(2))
  expect(status).toBe(200)
  const items = [line('MUG-1', 3, 1250, 'low'), line('TEA-1', 2, 99)]
  expect(body).toEqual({ items, subtotal: euros(3948), unavailable: [] })
  expect((await get()).body).toEqual(body)
  await product('TEA-1', 100, { availability: 'out-of-stock' })
  expect((await get()).body).toEqual({
    items: [items[0], line('TEA-1', 2, 100, 'out-of-stock')],
    subtotal: euros(3950),
    unavailable: [],
  })
})

test('a line that cannot be ordered any more is left out, and named', async () => {
  const { get, put, product } = await start()
  await put(mugs(1), tea(2))
  await product('MUG-1', 1250, { status: 'archived' })
  expect((await get()).body).toEqual({ items: [line('TEA-1', 2, 99)], subtotal: euros(198), unavailable: [mugs(1)] })
})

test('an empty cart can be put', async () => {
  const { get, put } = await start()
  await put(mugs(1))
  expect((await put()).status).toBe(200)
  expect((await get()).body.items).toEqual([])
})

test.each<[string, unknown[], string[]]>([
  ['unknown SKUs', [mugs(1), { sku: 'NEVER-1', quantity: 1 }], ['/items/1/sku']],
  ['an archived product', [{ sku: 'OLD-1', quantity: 1 }], ['/items/0/sku']],
  ['100 pieces', [mugs(99), mugs(1)], ['/items/1/quantity']],
  ['no pieces', [mugs(0)], ['/items/0/quantity']],
  ['51 lines', Array.from({ length: 51 }, () => mugs(1)), ['/items']],
  ['a price of the client', [{ ...mugs(1), price: euros(1) }], ['/items/0/price']],
])('a cart with %s is rejected with pointers, and the cart stays', async (_, items, pointers) => {
  const { get, put, product } = await start()
  await product('OLD-1', 1, { status: 'archived' })
  await put(tea(1))
  const { status, body } = await put(...items)
  expect([status, body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([422, pointers])
  expect((await get()).body.items).toEqual([line('TEA-1', 1, 99)])
})

describe('when an order is placed', () => {
  const placed = (...items: { sku: string; quantity: number }[]) =>
    queueEvent([orderEvent(OrderPlaced, { items: linesOf(items) })])

  test('its pieces leave the cart, once', async () => {
    const { get, put, update } = await start()
    await put(mugs(3), tea(1))
    for (let delivery = 0; delivery < 2; delivery += 1) {
      expect(await update(placed(mugs(1), tea(1)))).toEqual({ batchItemFailures: [] })
    }
    expect((await get()).body.items).toEqual([line('MUG-1', 2, 1250, 'low')])
  })

  test('orders of one customer in a batch are subtracted one after the other', async () => {
    const { get, put, update, table } = await start()
    await put(mugs(9))
    const writes = table.calls('UpdateItem')
    const orders = [1, 2].map((quantity) =>
      orderEvent(OrderPlaced, { orderId: `ord_${quantity}`, items: linesOf([mugs(quantity)]) }),
    )
    expect(await update(queueEvent(orders))).toEqual({ batchItemFailures: [] })
    expect((await get()).body.items).toEqual([line('MUG-1', 6, 1250, 'low')])
    expect(table.calls('UpdateItem') - writes).toBe(2)
  })

  test('nothing is written for a customer without these products in the cart', async () => {
    const { put, update, table } = await start()
    await update(placed(mugs(1)))
    await put(tea(1))
    const before = await table.items()
    await update(placed(mugs(1)))
    expect(await table.items()).toEqual(before)
  })

  test('a cart that the customer changes meanwhile is read again', async () => {
    const { get, put, update, table } = await start()
    await put(mugs(3))
    let isFirst = true
    table.beforeNext('UpdateItem', async () => {
      if (isFirst) isFirst = false
      await put(mugs(5))
    })
    expect(await update(placed(mugs(1)))).toEqual({ batchItemFailures: [] })
    expect((await get()).body.items).toEqual([line('MUG-1', 4, 1250, 'low')])
  })
})

test('a customer who deletes the account leaves no cart, also by a PUT that is in progress', async () => {
  const { put, get, update, table } = await start()
  const cause = { correlationId: 'c', causationId: 'r' }
  const fact = { aggregateId: 'ada', aggregateVersion: 1, time: noon, cause, data: { userId: 'ada' } }
  const deleted = queueEvent([createEvent(UserDeleted, fact)])
  await put(mugs(3))
  table.beforeNext('UpdateItem', async () => {
    for (let delivery = 0; delivery < 2; delivery += 1) {
      expect(await update(deleted)).toEqual({ batchItemFailures: [] })
    }
  })
  expect(await put(mugs(1))).toMatchObject({ status: 404, body: { code: 'account-deleted' } })
  expect((await get()).body.items).toEqual([])
  expect((await table.items()).filter(({ PK }) => PK.startsWith('CART#'))).toEqual([
    { PK: 'CART#ada', SK: 'CART', closed: true, expiresAt: noon.getTime() / 1000 + 3600 },
  ])
})

import { maxLines, maxPiecesPerLine } from '#services/pricing/totals.ts'
import { euros } from '#shared/money.ts'
import { OrderPlaced } from '../events.ts'
import { address, cause, noon, quote } from './order.fixture.ts'
import { createOrder } from './order.ts'

const create = (lines: { sku: string; amount: number; quantity: number }[]) =>
  createOrder({
    orderId: 'ord_1',
    customerId: 'ada',
    orderType: 'express',
    quote: quote(lines, { orderType: 'express' }),
    shippingAddress: address,
    time: noon,
    cause,
  })

test('a new order is PLACED, at the prices of its quote', () => {
  const { order } = create([
    { sku: 'MUG', amount: 1999, quantity: 3 },
    { sku: 'TEA', amount: 1, quantity: 99 },
  ])
  expect(order).toMatchObject({ status: 'PLACED', version: 1, orderType: 'express', refunded: euros(0) })
  expect(order.items.map((line) => line.lineTotal)).toEqual([euros(5997), euros(99)])
  expect(order).toMatchObject({ subtotal: euros(6096), discount: euros(0), shipping: euros(990), total: euros(7086) })
  expect(order.tax).toEqual({ rate: 0.23, amount: euros(1325) })
  expect(order.placedAt).toBe(noon.toISOString())
})

test('the subtotal of the most expensive order is exact', () => {
  const { order } = create(
    Array.from({ length: maxLines }, (_, index) => ({
      sku: `SKU-${index}`,
      amount: 999_999_999_999,
      quantity: maxPiecesPerLine,
    })),
  )
  expect(BigInt(order.subtotal.amount)).toBe(999_999_999_999n * 99n * 50n)
})

test('OrderPlaced contains the order without its address, under an id that depends on the order alone', () => {
  const { event, order } = create([{ sku: 'MUG', amount: 1, quantity: 1 }])
  expect(event.metadata).toEqual({
    id: 'OrderPlaced/ord_1/1',
    version: 1,
    time: noon.toISOString(),
    correlationId: cause.correlationId,
    causationId: cause.causationId,
  })
  expect(OrderPlaced.data.parse(event.data)).toEqual(event.data)
  expect(event.data.total).toEqual(order.total)
  expect(JSON.stringify(event)).not.toContain(address.line1)
})

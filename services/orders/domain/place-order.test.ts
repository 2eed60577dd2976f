import { euros } from '#shared/money.ts'
import { OrderPlaced } from '../events.ts'
import { address, cause, noon, offer } from './order.fixture.ts'
import { maxLines, maxPiecesPerLine } from './lines.ts'
import { placeOrder, priceLines } from './place-order.ts'

const place = (lines: { sku: string; amount: number; quantity: number }[]) =>
  placeOrder({
    orderId: 'ord_1',
    customerId: 'ada',
    orderType: 'express',
    lines: lines.map(({ sku, amount, quantity }) => ({ offer: offer(sku, amount), quantity })),
    shippingAddress: address,
    time: noon,
    cause,
  })

test('an order begins as PLACED with what its lines add up to', () => {
  const { order } = place([
    { sku: 'MUG', amount: 1999, quantity: 3 },
    { sku: 'TEA', amount: 1, quantity: 99 },
  ])
  expect(order).toMatchObject({ status: 'PLACED', version: 1, orderType: 'express', refunded: euros(0) })
  expect(order.items.map((line) => line.lineTotal)).toEqual([euros(5997), euros(99)])
  expect(order.total).toEqual(euros(6096))
  expect(order.placedAt).toBe(noon.toISOString())
})

test('the dearest order that the catalogue allows still adds up exactly', () => {
  const { order } = place(
    Array.from({ length: maxLines }, (_, index) => ({
      sku: `SKU-${index}`,
      amount: 999_999_999_999,
      quantity: maxPiecesPerLine,
    })),
  )
  expect(BigInt(order.total.amount)).toBe(999_999_999_999n * 99n * 50n)
})

test('the event tells the order without address, under an id that its repeat would have too', () => {
  const { event, order } = place([{ sku: 'MUG', amount: 1, quantity: 1 }])
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

test('lines take the offers they name, and there is no order when one is not offered', () => {
  const offers = new Map([['MUG', offer('MUG', 5)]])
  expect(priceLines([{ sku: 'MUG', quantity: 2 }], offers)).toEqual([{ offer: offer('MUG', 5), quantity: 2 }])
  expect(priceLines([{ sku: 'TEA', quantity: 2 }], offers)).toBeUndefined()
})

import { address } from '#test/support/shop.ts'
import { orderState } from '#test/support/order-event.ts'
import { euros } from '#shared/money.ts'
import { orderStatuses } from '#services/orders/events.ts'
import { DocumentOrder, hasInvoice, invoiceOf, labelOf } from './documents.ts'

const order = DocumentOrder.parse({
  ...orderState({ orderType: 'express', discount: euros(20), discountCode: 'TEN', shipping: euros(1990) }),
  total: euros(2170),
  tax: { rate: 0.255, amount: euros(441) },
  shippingAddress: { ...address, line2: 'Upstairs', region: 'Munster', country: 'FI', phone: '+358 1' },
})
const timeZone = 'Europe/Dublin'
const sent = {
  orderId: 'ord_1',
  status: 'created',
  version: 1,
  shipmentId: 'shp_1',
  orderType: 'express',
  trackingNumber: 'SBX1',
  carrier: 'Sandbox',
  createdAt: order.placedAt,
  updatedAt: order.placedAt,
} as const

test('an invoice has lines, discount, shipping, total and the tax in it', () => {
  const { lines, totals, date } = invoiceOf(order, timeZone)
  expect(date).toBe('2026-11-20')
  expect(lines).toEqual([{ name: 'The MUG-1', quantity: '2', unitPrice: '€1.00', lineTotal: '€2.00' }])
  expect(totals.map(({ label, amount }) => `${label}: ${amount}`)).toEqual([
    'Subtotal: €2.00',
    'Discount TEN: -€0.20',
    'Shipping (express): €19.90',
    'Total: €21.70',
    'Included tax 25.5%: €4.41',
  ])
})

test.each([
  ['2026-06-30T22:59:59.999Z', '2026-06-30'],
  ['2026-06-30T23:00:00.000Z', '2026-07-01'],
  ['2028-02-29T23:59:59.999Z', '2028-02-29'],
])('the date of an invoice is that of the shop, as in its reports: %s', (placedAt, date) => {
  expect(invoiceOf({ ...order, placedAt }, timeZone)).toMatchObject({ date })
})

test('an order without a discount has none on its invoice', () => {
  const { totals } = invoiceOf({ ...order, discount: euros(0) }, timeZone)
  expect(totals.map(({ label }) => label)).toEqual(['Subtotal', 'Shipping (express)', 'Total', 'Included tax 25.5%'])
})

test('a label has the whole address, the service and the tracking number', () => {
  expect(labelOf(order, sent)).toMatchObject({
    service: 'EXPRESS',
    trackingNumber: 'SBX1',
    address: ['Test Buyer', '1 Test Street', 'Upstairs', 'T12 AB34 Cork', 'Munster', 'FINLAND', '+358 1'],
  })
})

test('an address without optional parts has no empty lines', () => {
  const shippingAddress = { name: 'Ada', line1: '1 Lane', city: 'Doha', country: 'QA' } as const
  expect(invoiceOf({ ...order, shippingAddress }, timeZone).address).toEqual(['Ada', '1 Lane', 'Doha', 'QATAR'])
})

test('an order has an invoice once it is paid, and none after it was cancelled', () => {
  expect(orderStatuses.filter((status) => hasInvoice({ status }))).toEqual([
    'PAID',
    'SHIPPED',
    'DELIVERED',
    'RETURN_REQUESTED',
    'REFUNDED',
  ])
})

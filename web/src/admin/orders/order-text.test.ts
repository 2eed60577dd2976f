import { causeText, eventDetail, eventText, isDeliverable, reasonText, situationText } from './order-text.ts'

test('an event has a name, and the detail that staff look for', () => {
  const returned = {
    type: 'ReturnRequested',
    data: { return: { items: [{ sku: 'A-1', quantity: 2 }], reason: '<b>' } },
  }
  expect([eventText(returned), eventDetail(returned)]).toEqual(['Return requested', '2 pieces: “<b>”'])
  const refunded = { type: 'OrderRefunded', data: { refund: { amount: { amount: 1850, currency: 'EUR' } } } }
  expect([eventText(refunded), eventDetail(refunded)]).toEqual(['Order refunded', '€18.50'])
  const chargedBack = {
    refund: { amount: { amount: 0, currency: 'EUR' }, chargedBack: { amount: 500, currency: 'EUR' } },
  }
  expect(eventDetail({ type: 'OrderRefunded', data: chargedBack })).toBe('€0.00; the bank took €5.00 back')
  const rejected = { type: 'OrderDelivered', data: { reason: 'return-rejected', rejection: 'Used' } }
  expect([eventText(rejected), eventDetail(rejected)]).toEqual(['Return rejected', 'Used'])
  expect(eventDetail({ type: 'OrderCancelled', data: { reason: 'staff' } })).toBe('A member of staff cancelled it.')
})

test('an unknown event or reason is shown as it is', () => {
  expect([eventText({ type: 'toString', data: {} }), eventDetail({ type: 'New', data: {} })]).toEqual([
    'toString',
    undefined,
  ])
  expect(reasonText('constructor')).toBe('Reason: constructor')
})

test.each([
  [{ actor: 'customer', causationId: 'r-1' }, 'by the customer'],
  [{ actor: 'staff/s-1', causationId: 'r-1' }, 'by you'],
  [{ actor: 'staff/260d0f64-3743', causationId: 'r-1' }, 'by staff 260d0f64'],
  [{ causationId: 'StockReserved/ord_1/1' }, 'because of StockReserved'],
])('the cause of %j is shown as “%s”', (event, text) => {
  expect(causeText(event, 's-1')).toBe(text)
})

test('an order that was sent can be marked as delivered until its delivery is reported', () => {
  const deliveredAt = '2026-07-01T12:00:00.000Z'
  const sent = ['SHIPPED', 'RETURN_REQUESTED', 'DELIVERED'] as const
  expect(sent.map((status) => isDeliverable({ status }))).toEqual([true, true, true])
  expect(sent.map((status) => isDeliverable({ status, deliveredAt }))).toEqual([false, false, false])
  expect(isDeliverable({ status: 'PAID' })).toBe(false)
  expect(situationText({ status: 'DELIVERED' })).toMatch('has not reported the delivery')
  expect(situationText({ status: 'DELIVERED', deliveredAt })).toMatch('There is nothing to do.')
})

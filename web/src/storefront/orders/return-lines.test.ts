import {
  isReturnable,
  returnableLines,
  returnItems,
  returnPeriodText,
  returnUntil,
  type Returning,
} from './return-lines.ts'

const eur = { amount: 1000, currency: 'EUR' as const }
const line = (sku: string, quantity: number) => ({ sku, name: sku, quantity, unitPrice: eur, lineTotal: eur })
const deliveredAt = '2026-11-01T12:00:00.000Z'
const order = (more: Partial<Returning> = {}): Returning => ({
  status: 'DELIVERED',
  items: [line('MUG-1', 3), line('PAN-1', 1)],
  deliveredAt,
  ...more,
})

test('pieces that were sent back cannot be sent back again', () => {
  const returned = [
    { sku: 'MUG-1', quantity: 1 },
    { sku: 'PAN-1', quantity: 1 },
  ]
  expect(returnableLines(order({ returned }))).toEqual([{ sku: 'MUG-1', name: 'MUG-1', left: 2 }])
})

test('30 days after the delivery, to the moment', () => {
  expect(returnUntil(order())).toEqual(new Date('2026-12-01T12:00:00.000Z'))
  expect(isReturnable(order(), new Date('2026-12-01T12:00:00.000Z'))).toBe(true)
  expect(isReturnable(order(), new Date('2026-12-01T12:00:00.001Z'))).toBe(false)
})

test('the end of the period is shown with its time', () => {
  expect(returnPeriodText(order())).toMatch(/ until \d Dec 2026, \d\d:\d\d\.$/)
  expect(returnPeriodText({})).toContain('as soon as you have them')
})

test('a parcel on its way can be sent back, and an order that was not sent cannot', () => {
  const { deliveredAt: _, ...undelivered } = order({ status: 'SHIPPED' })
  expect(isReturnable(undelivered, new Date())).toBe(true)
  expect(isReturnable({ ...undelivered, status: 'PAID' }, new Date())).toBe(false)
  expect(isReturnable(order({ status: 'RETURN_REQUESTED' }), new Date(deliveredAt))).toBe(false)
})

test('nothing is left to return', () => {
  const returned = [
    { sku: 'MUG-1', quantity: 3 },
    { sku: 'PAN-1', quantity: 1 },
  ]
  expect(isReturnable(order({ returned }), new Date(deliveredAt))).toBe(false)
})

test('a form sends what was chosen, and no more than is left', () => {
  const chosen = { 'MUG-1': 5, 'PAN-1': 0, 'GONE-1': 1 }
  expect(returnItems(returnableLines(order()), chosen)).toEqual([{ sku: 'MUG-1', quantity: 3 }])
  expect(returnItems(returnableLines(order()), {})).toEqual([])
})

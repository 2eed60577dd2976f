import { euros, formatMoney, maxPriceAmount, Money, Price, sum, times } from './money.ts'

test('amounts are multiplied and added in minor units', () => {
  expect(times(euros(1999), 3)).toEqual(euros(5997))
  expect(sum([euros(10), euros(20), euros(1)])).toEqual(euros(31))
  expect(sum([])).toEqual(euros(0))
})

test.each([
  [1990, '€19.90'],
  [5, '€0.05'],
  [0, '€0.00'],
  [123456789, '€1,234,567.89'],
])('%i cents read %s', (amount, text) => {
  expect(formatMoney(euros(amount))).toBe(text)
})

test.each([
  ['a fraction of a cent', { amount: 19.9, currency: 'EUR' }],
  ['a negative amount', { amount: -1, currency: 'EUR' }],
  ['another currency', { amount: 1, currency: 'USD' }],
  ['an amount in text', { amount: '1', currency: 'EUR' }],
  ['a further member', { amount: 1, currency: 'EUR', precision: 2 }],
])('%s is not money', (_, value) => {
  expect(Money.safeParse(value).success).toBe(false)
})

test.each([
  [0, false],
  [1, true],
  [maxPriceAmount, true],
  [maxPriceAmount + 1, false],
])('a price of %i: %s', (amount, accepted) => {
  expect(Price.safeParse(euros(amount)).success).toBe(accepted)
})

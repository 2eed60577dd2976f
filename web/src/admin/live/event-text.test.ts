import { formatElapsed, summaryOf, words } from './event-text.ts'
import { jsonTokens } from './json-tokens.ts'
import { busEvent, captured, placed, stockChanged } from './test-events.ts'

test.each([
  [-4, '0 ms'],
  [34.4, '34 ms'],
  [999, '999 ms'],
  [5480, '5.5 s'],
  [59_960, '1 min'],
  [3_600_000, '1 h'],
  [47 * 3_600_000, '47 h'],
  [72 * 3_600_000, '3 d'],
])('%d milliseconds are %s', (milliseconds, text) => expect(formatElapsed(milliseconds)).toBe(text))

test('the type of an event in words', () => expect(words('OrderPaymentFailed')).toBe('Order payment failed'))

test.each([
  [captured, '€102.50'],
  [stockChanged, '−2 available · MUG'],
  [busEvent('StockReserved/o/1', 'inventory', 0, 'x', { lines: [{ quantity: 2 }, { quantity: 1 }] }), '3 pieces'],
  [
    busEvent('OrderCancelled/o/4', 'orders', 0, 'x', { reason: 'customer', total: { amount: 1, currency: 'EUR' } }),
    'customer',
  ],
  [busEvent('StockRejected/o/1', 'inventory', 0, 'x', { shortages: [{}] }), '1 shortage'],
  [placed, ''],
  [busEvent('Foreign/o/1', 'other', 0, 'x', { lines: 'none', amount: 'x', change: 3 }), ''],
])('what an event says in short: %#', (event, summary) => expect(summaryOf(event)).toBe(summary))

test('the parts of a document are the document', () => {
  const value = {
    name: 'a "b" \\ c: 5 true',
    list: [-1.5, 2e10, true, false, null, [], {}, ''],
    nested: { 'a-b': 'x' },
  }
  const tokens = jsonTokens(value)
  expect(tokens.map(({ text }) => text).join('')).toBe(JSON.stringify(value, null, 2))
  expect(tokens.filter(({ look }) => look === 'number').map(({ text }) => text)).toEqual([
    '-1.5',
    '20000000000',
    'true',
    'false',
    'null',
  ])
  expect(tokens.filter(({ look }) => look === 'name')).toHaveLength(4)
})

import { filterPatternOf, readableLine } from './log-lines.ts'

test.each([
  [{}, '{ ($.level = "DEBUG" || $.level = "INFO" || $.level = "WARN" || $.level = "ERROR" || $.level = "CRITICAL") }'],
  [{ level: 'ERROR' }, '{ ($.level = "ERROR" || $.level = "CRITICAL") }'],
  [{ level: 'CRITICAL', correlationId: 'c-1' }, '{ $.correlation_id = "c-1" && ($.level = "CRITICAL") }'],
] as const)('the filter pattern of %j', (query, pattern) => {
  expect(filterPatternOf(query)).toBe(pattern)
})

test('a readable line has the reason and the place of a failure', () => {
  const error = {
    name: 'TypeError',
    message: 'x is undefined',
    stack: [
      'TypeError: x is undefined',
      'at node:internal/process',
      'at placeOrder (services/orders/place-order.ts:9:3)',
    ],
  }
  const line = {
    id: '1',
    timestampMs: Date.parse('2026-11-28T13:04:05.120Z'),
    group: '/aws/lambda/shop-orders-place-order',
    message: JSON.stringify({ level: 'ERROR', message: 'POST /orders', status: 500, error }),
  }
  expect(readableLine(line).replaceAll(/ {2,}/g, ' ')).toBe(
    '13:04:05.120 shop-orders-place-order ERROR POST /orders: TypeError: x is undefined status=500 at placeOrder (services/orders/place-order.ts:9:3)',
  )
  expect(readableLine(line, line.timestampMs - 12)).toMatch(/^ *\+12 ms /)
})

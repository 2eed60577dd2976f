import { emptyLog, extendLog } from './event-log.ts'
import { busEvent, captured, flow, placed, reserved, stockReserved } from './test-events.ts'

test('the first response is newest first, later ones oldest first; the log is in the order of time', () => {
  const first = extendLog(emptyLog, { items: [stockReserved, placed], nextCursor: 'a' })
  const second = extendLog(first, { items: [reserved, captured], nextCursor: 'b' })
  expect(second.events.map(({ type }) => type)).toEqual([
    'OrderPlaced',
    'StockReserved',
    'OrderReserved',
    'PaymentCaptured',
  ])
  expect(second.cursor).toBe('b')
})

test('an event that is delivered again is in the log once, and the list stays the same object', () => {
  const log = extendLog(emptyLog, { items: flow, nextCursor: 'a' })
  const again = extendLog(log, { items: [placed, captured], nextCursor: 'b' })
  expect(again.events).toBe(log.events)
  expect(again.cursor).toBe('b')
})

test('the oldest events leave a log that is full', () => {
  const items = Array.from({ length: 2100 }, (_, index) => busEvent(`StockLow/SKU/${index}`, 'inventory', index, 'x'))
  const log = extendLog(emptyLog, { items, nextCursor: 'a' })
  expect(log.events).toHaveLength(2000)
  expect(log.events[0]!.id).toBe('StockLow/SKU/100')
})

import { OrderRejected, OrderReserved } from '../events.ts'
import { applyStockAnswer } from './apply-stock-answer.ts'
import { placed, shortages, stockRejected, stockReserved } from './order.fixture.ts'
import { orderStatuses } from './status.ts'

const later = new Date('2026-11-20T12:00:05.000Z')
const { order } = placed()

test('given PLACED, when stock is reserved, then the order is RESERVED and says so', () => {
  const answer = stockReserved(order)
  const decision = applyStockAnswer(order, answer, later)
  if (decision.kind !== 'changed') throw new Error('The order did not change.')
  expect(decision.order).toEqual({ ...order, status: 'RESERVED', version: 2, updatedAt: later.toISOString() })
  expect(decision.event.metadata).toMatchObject({
    id: `OrderReserved/${order.orderId}/2`,
    time: later.toISOString(),
    correlationId: answer.metadata.correlationId,
    causationId: answer.metadata.id,
  })
  expect(OrderReserved.data.parse(decision.event.data)).toEqual(decision.event.data)
})

test('given PLACED, when stock is rejected, then the order is REJECTED with the reason and what lacks', () => {
  const decision = applyStockAnswer(order, stockRejected(order), later)
  if (decision.kind !== 'changed') throw new Error('The order did not change.')
  expect(decision.order).toMatchObject({ status: 'REJECTED', version: 2, reason: 'out-of-stock' })
  expect(decision.event).toMatchObject({ type: 'OrderRejected', data: { reason: 'out-of-stock', shortages } })
  expect(OrderRejected.data.parse(decision.event.data)).toEqual(decision.event.data)
})

test.each(orderStatuses.filter((status) => status !== 'PLACED'))('given %s, either answer is ignored', (status) => {
  const elsewhere = { ...order, status }
  expect(applyStockAnswer(elsewhere, stockReserved(order), later)).toEqual({ kind: 'ignored' })
  expect(applyStockAnswer(elsewhere, stockRejected(order), later)).toEqual({ kind: 'ignored' })
})

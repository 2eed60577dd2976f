import { euros } from '#shared/money.ts'
import { beginCapture, beginRefund, captured, chargeBack, completeRefund, remaining, type Captured } from './payment.ts'

const time = new Date('2026-11-20T12:00:00.000Z')
const cause = { correlationId: 'c', causationId: 'OrderReserved/ord_1/2' }

const paid = (amount: number): Captured => {
  const waiting = { status: 'waiting', orderId: 'ord_1', version: 0, token: 'tok_ok' } as const
  const request = { amount: euros(amount), reservedUntil: '2026-11-20T12:15:00.000Z', cause }
  const change = captured(beginCapture(waiting, request, time), { paymentId: 'pay_1', provider: 'bank' }, time)
  return change.payment as Captured
}
const refund = (payment: Captured, refundId: string, amount?: number) =>
  beginRefund(payment, { refundId, cause, ...(amount === undefined ? {} : { amount: euros(amount) }) })

test('pending refunds count: two that are asked for at the same time do not exceed the amount', () => {
  const both = refund(refund(paid(100), 'a', 70), 'b', 70)
  expect(both.refunds.map(({ amount }) => amount.amount)).toEqual([70, 30])
  expect(remaining(both)).toBe(0)
  expect(refund(both, 'c').refunds.at(-1)!.amount).toEqual(euros(0))
})

test('an event of a refund has the sum of those that were made', () => {
  const both = refund(refund(paid(100), 'a', 30), 'b', 20)
  const first = completeRefund(both, 'b', time)!
  expect(first.events).toMatchObject([
    {
      type: 'PaymentRefunded',
      metadata: { id: `PaymentRefunded/ord_1/${first.payment.version}`, causationId: cause.causationId },
      data: { orderId: 'ord_1', paymentId: 'pay_1', refundId: 'b', amount: euros(20), refunded: euros(20) },
    },
  ])
  const second = completeRefund(first.payment as Captured, 'a', time)!
  expect(second.events).toMatchObject([{ data: { refundId: 'a', amount: euros(30), refunded: euros(50) } }])
  expect(second.payment).toMatchObject({ version: 6, refunds: [{ refundId: 'a' }, { refundId: 'b' }] })
  for (const id of ['a', 'b', 'unknown']) expect(completeRefund(second.payment as Captured, id, time)).toBeUndefined()
})

test('what the bank took back cannot be refunded', () => {
  const disputed = chargeBack(refund(paid(100), 'a', 30), { id: 'evt_1', amount: euros(90) })!
  expect(disputed.chargedBack).toEqual(euros(70))
  expect(remaining(disputed)).toBe(0)
  expect(chargeBack(disputed, { id: 'evt_1', amount: euros(90) })).toBeUndefined()
})

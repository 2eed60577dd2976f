import { euros } from '#shared/money.ts'
import { remaining } from '../balance.ts'
import {
  beginCapture,
  beginRefund,
  captured,
  chargeBack,
  completeRefund,
  reverseChargeBack,
  type Captured,
} from './payment.ts'

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
  const disputed = chargeBack(refund(paid(100), 'a', 30), { id: 'evt_1', disputeId: 'a', amount: euros(90) })!
  expect(disputed.chargedBack).toEqual(euros(70))
  expect(remaining(disputed)).toBe(0)
  expect(chargeBack(disputed, { id: 'evt_1', disputeId: 'a', amount: euros(90) })).toBeUndefined()
})

/** What the provider reports about a payment of 100: dispute `a` is given back, `b` in part, and `c` is lost. */
const reports: readonly ((payment: Captured) => Captured | undefined)[] = [
  (payment) => chargeBack(payment, { id: 'evt_1', disputeId: 'a', amount: euros(50) }),
  (payment) => reverseChargeBack(payment, { id: 'evt_2', disputeId: 'a', amount: euros(50) }),
  (payment) => chargeBack(payment, { id: 'evt_3', disputeId: 'b', amount: euros(20) }),
  (payment) => reverseChargeBack(payment, { id: 'evt_4', disputeId: 'b', amount: euros(15) }),
  (payment) => chargeBack(payment, { id: 'evt_5', disputeId: 'c', amount: euros(10) }),
]
const apply = (payment: Captured, inOrder: typeof reports) =>
  inOrder.reduce((before, report) => report(before) ?? before, payment)

function* ordersOf<Item>(items: readonly Item[]): Generator<Item[]> {
  if (items.length === 0) yield []
  for (const [index, item] of items.entries()) {
    for (const others of ordersOf(items.toSpliced(index, 1))) yield [item, ...others]
  }
}

test('reports of disputes have the same result in every order, each of them repeated later', () => {
  const results = [...ordersOf(reports)].flatMap((inOrder) =>
    inOrder.map((_, at) => apply(paid(100), [...inOrder.slice(0, at + 1), ...inOrder.slice(0, at + 1), ...inOrder])),
  )
  expect(results).toHaveLength(600)
  const { version } = paid(100)
  for (const result of results) {
    expect([remaining(result), result.chargedBack, result.version]).toEqual([85, euros(15), version + reports.length])
  }
})

test('what a bank took back is not refundable when another dispute is given back before it was withdrawn', () => {
  expect(remaining(apply(paid(100), [reports[4]!, reports[1]!]))).toBe(90)
})

test('two reports of one withdrawal or of one repayment, with ids of their own, count once', () => {
  const other = { disputeId: 'a', amount: euros(50) }
  const withdrawn = apply(paid(100), [reports[0]!, (payment) => chargeBack(payment, { ...other, id: 'evt_9' })])
  expect(remaining(withdrawn)).toBe(50)
  const lost = apply(withdrawn, [reports[4]!, reports[1]!])
  expect(reverseChargeBack(lost, { ...other, id: 'evt_8' })).toBeUndefined()
  expect(remaining(lost)).toBe(90)
})

test('a withdrawal that was recorded without its dispute is given back, once', () => {
  const before = { ...paid(100), chargedBack: euros(50), notifications: ['evt_1'] }
  expect(reports[0]!(before)).toBeUndefined()
  expect(remaining(before)).toBe(50)
  expect(remaining(apply(before, reports))).toBe(85)
})

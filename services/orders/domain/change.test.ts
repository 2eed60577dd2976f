import { createEvent } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { refundOf } from '#services/pricing/totals.ts'
import { UserDeleted } from '#services/users/events.ts'
import { evolve, forgetCustomer, obey, refundableOf } from './change.ts'
import {
  address,
  after,
  cause,
  changeOf,
  circumstances,
  deliveredOrder,
  ignoredBy,
  noon,
  obeyed,
  paidOrder,
  paymentCaptured,
  paymentDeclined,
  paymentRefunded,
  placed,
  refundOfRequest,
  shipment,
  shipmentCreated,
  shipmentDelivered,
  shippedOrder,
  shortages,
  stockRejected,
  stockReleased,
  stockReserved,
} from './order.fixture.ts'
import { stateOf, type Order } from './order.ts'
import { trailEventOf, trailOf } from './trail.ts'
import type { Command, TriggerEvent } from './transitions.ts'

const time = new Date('2026-11-20T12:00:05.000Z')
const { order } = placed()
const reserved = after(order, stockReserved(order))
const paid = paidOrder(order)
const shipped = shippedOrder(order)
const delivered = deliveredOrder(order)

test.each<[string, Order, TriggerEvent, object]>([
  [
    'StockReserved',
    order,
    stockReserved(order),
    { type: 'OrderReserved', data: { status: 'RESERVED', reservedUntil: '2026-11-20T12:15:00.000Z' } },
  ],
  [
    'StockRejected',
    order,
    stockRejected(order),
    { type: 'OrderRejected', data: { status: 'REJECTED', reason: 'out-of-stock', shortages } },
  ],
  ['PaymentCaptured', reserved, paymentCaptured(order), { type: 'OrderPaid', data: { status: 'PAID' } }],
  [
    'PaymentDeclined',
    reserved,
    paymentDeclined(order),
    { type: 'OrderPaymentFailed', data: { status: 'PAYMENT_FAILED', reason: 'declined' } },
  ],
  ['ShipmentCreated', paid, shipmentCreated(order), { type: 'OrderShipped', data: { status: 'SHIPPED', shipment } }],
  [
    'ShipmentDelivered',
    shipped,
    shipmentDelivered(order),
    { type: 'OrderDelivered', data: { status: 'DELIVERED', shipment } },
  ],
  ...[order, reserved, paid].map((from): [string, Order, TriggerEvent, object] => [
    'StockReleased',
    from,
    stockReleased(order),
    { type: 'OrderCancelled', data: { status: 'CANCELLED', reason: 'reservation-expired' } },
  ]),
])('%s changes an order and publishes its state', (_, from, trigger, published) => {
  const change = changeOf(from, trigger, time)
  expect(change.event).toMatchObject(published)
  expect(change.event.data).toMatchObject(stateOf(change.order))
  expect(change.order).toMatchObject({ version: from.version + 1, updatedAt: time.toISOString() })
  expect(change.event.metadata).toMatchObject({
    id: `${change.event.type}/${order.orderId}/${from.version + 1}`,
    time: time.toISOString(),
    correlationId: trigger.metadata.correlationId,
    causationId: trigger.metadata.id,
  })
})

test.each(['cancelled', 'payment-failed'] as const)('the release of stock that is %s changes no order', (reason) => {
  const ignored = ignoredBy(reserved, stockReleased(order, reason))
  expect(stateOf(ignored.order)).toEqual(stateOf(reserved))
  expect(ignored.order.version).toBe(reserved.version)
})

test('an event that was recorded before is recognized, whether it was applied or ignored', () => {
  const cancelled = obeyed(order, { type: 'cancel' }).order
  for (const recorded of [reserved, ignoredBy(cancelled, stockReserved(order)).order]) {
    expect(evolve(recorded, stockReserved(order), circumstances())).toEqual({ kind: 'already-recorded' })
  }
})

const refusal = (from: Order, command: Command, at = time) => {
  const outcome = obey(from, command, { actor: 'customer', cause, ...circumstances(at) })
  return outcome.ok ? undefined : outcome.failure
}

describe('a cancellation', () => {
  test.each([order, reserved, paid])('of a $status order is published with its reason', (from) => {
    const { order: cancelled, event } = obeyed(from, { type: 'cancel' })
    expect(cancelled).toMatchObject({ status: 'CANCELLED', reason: 'customer' })
    expect(event).toMatchObject({ type: 'OrderCancelled', data: { reason: 'customer' } })
    expect(event.metadata).toMatchObject(cause)
  })

  test('is refused once the order is shipped', () => {
    expect(refusal(shipped, { type: 'cancel' })).toEqual({ kind: 'wrong-status' })
  })

  test('of a paid order is refunded: the order stays CANCELLED, with its reason', () => {
    const cancelled = obeyed(paid, { type: 'refund' }, { actor: 'staff/clerk' }).order
    const { order: refunded, event } = changeOf(cancelled, paymentRefunded(order, { version: cancelled.version }))
    expect(refunded).toMatchObject({ status: 'CANCELLED', reason: 'staff', refunded: order.total })
    expect(event).toMatchObject({
      type: 'OrderRefunded',
      data: { status: 'CANCELLED', refund: { amount: order.total, items: [], shipping: true } },
    })
  })

  test.each([0, 100])('whose payment the bank took back ends with a refund of %i cents', (cents) => {
    const cancelled = obeyed(paid, { type: 'cancel' }).order
    const refund = paymentRefunded(order, { version: cancelled.version, amount: euros(cents) })
    const { order: ended, event } = changeOf(cancelled, refund)
    const chargedBack = euros(order.total.amount - cents)
    expect(ended).toMatchObject({ status: 'CANCELLED', reason: 'customer', refunded: euros(cents) })
    expect(event).toMatchObject({
      type: 'OrderRefunded',
      data: { refund: { amount: euros(cents), items: [], shipping: false, chargedBack } },
    })
    const recorded = trailOf(ended).at(-1)!
    expect(recorded.data).toEqual(event.data)
    expect(trailEventOf(recorded).data).toMatchObject({ refund: { chargedBack } })
  })

  test('is not undone by messages that come after it', () => {
    const cancelled = obeyed(reserved, { type: 'cancel' }).order
    for (const late of [paymentCaptured(order), shipmentCreated(order), shipmentDelivered(order)])
      expect(ignoredBy(cancelled, late).order.status).toBe('CANCELLED')
  })
})

const request = (quantity: number): Command => ({
  type: 'requestReturn',
  items: [{ sku: 'MUG-1', quantity }],
  reason: 'Too small',
})
describe('a return', () => {
  const requested = obeyed(delivered, request(1)).order
  const asked = obeyed(requested, { type: 'refund' }, { actor: 'staff/clerk' })

  test('has an amount to refund while staff have not decided', () => {
    expect(refundableOf(paid)).toEqual(paid.total)
    expect(refundableOf(paid, euros(1))).toEqual(euros(1))
    expect(refundableOf(requested)).toEqual(asked.order.refundRequest!.amount)
    expect([asked.order, order, shipped].map((each) => refundableOf(each))).toEqual([undefined, undefined, undefined])
  })

  test('is requested, then refunded: the order is DELIVERED while pieces remain, then REFUNDED', () => {
    expect(requested).toMatchObject({ status: 'RETURN_REQUESTED', return: { reason: 'Too small' } })
    const first = refundOf(order, [{ sku: 'MUG-1', quantity: 1 }], [])
    expect(asked.event).toMatchObject({
      type: 'RefundRequested',
      data: { status: 'RETURN_REQUESTED', refund: { ...first, items: [{ sku: 'MUG-1', quantity: 1 }] } },
    })
    const partly = changeOf(asked.order, refundOfRequest(asked.order))
    expect(partly.event).toMatchObject({ type: 'OrderRefunded', data: { status: 'DELIVERED', refund: first } })
    expect(partly.order).toMatchObject({ refunded: first.amount, returned: [{ sku: 'MUG-1', quantity: 1 }] })
    expect(partly.order.return).toBeUndefined()

    const last = obeyed(obeyed(partly.order, request(1)).order, { type: 'refund' }).order
    const whole = changeOf(last, refundOfRequest(last))
    expect(whole.event).toMatchObject({ data: { status: 'REFUNDED', refund: { shipping: true } } })
    expect(whole.order).toMatchObject({ refunded: order.total, returned: [{ sku: 'MUG-1', quantity: 2 }] })
  })

  test('whose refund the bank took back in part is ended by the rest', () => {
    const owed = asked.order.refundRequest!.amount
    const rest = paymentRefunded(order, { version: asked.order.refundRequest!.version, amount: euros(1) })
    const { order: ended, event } = changeOf(asked.order, rest)
    expect(ended).toMatchObject({ status: 'DELIVERED', refunded: euros(1), returned: [{ sku: 'MUG-1', quantity: 1 }] })
    expect(event).toMatchObject({ data: { refund: { amount: euros(1), chargedBack: euros(owed.amount - 1) } } })
  })

  test('that staff reject leaves the order DELIVERED, with the reason', () => {
    const { order: rejected, event } = obeyed(requested, { type: 'rejectReturn', reason: 'Worn' })
    expect(rejected).toMatchObject({
      status: 'DELIVERED',
      reason: 'return-rejected',
      deliveredAt: delivered.deliveredAt,
    })
    expect(event).toMatchObject({ type: 'OrderDelivered', data: { reason: 'return-rejected', rejection: 'Worn' } })
    expect(obeyed(rejected, request(2)).order.reason).toBeUndefined()
  })

  test('is possible until 30 days after delivery', () => {
    const days = (count: number) => new Date(noon.getTime() + count * 24 * 60 * 60 * 1000)
    expect(refusal(delivered, request(1), days(30))).toBeUndefined()
    expect(refusal(delivered, request(1), new Date(days(30).getTime() + 1))).toEqual({ kind: 'return-period-over' })
  })

  test('of an order that is on its way is possible at any time, and the delivery is recorded when it comes', () => {
    const later = new Date('2027-03-01T12:00:00.000Z')
    const early = obeyed(shipped, request(1), { time: later }).order
    expect(early).toMatchObject({ status: 'RETURN_REQUESTED', return: { reason: 'Too small' } })
    const { order: arrived, event } = changeOf(early, shipmentDelivered(order), later)
    expect(arrived).toMatchObject({
      status: 'RETURN_REQUESTED',
      return: early.return,
      deliveredAt: later.toISOString(),
    })
    expect(event).toMatchObject({ type: 'OrderDelivered', data: { status: 'RETURN_REQUESTED', return: early.return } })
    expect(trailOf(arrived).at(-1)!.data).toEqual(event.data)
  })

  const early = obeyed(shipped, request(1)).order
  const refundRequested = obeyed(early, { type: 'refund' }).order

  test.each([
    ['rejected', obeyed(early, { type: 'rejectReturn', reason: 'Sealed' }).order],
    ['refunded in part', changeOf(refundRequested, refundOfRequest(refundRequested)).order],
  ])(
    'that is %s before the delivery leaves the order DELIVERED, and the 30 days begin with the delivery',
    (_, from) => {
      const days = (count: number) => new Date(noon.getTime() + count * 24 * 60 * 60 * 1000)
      expect(from).toMatchObject({ status: 'DELIVERED' })
      expect(refusal(from, request(1), days(90))).toBeUndefined()
      const arrived = changeOf(from, shipmentDelivered(order), days(3)).order
      expect(arrived).toMatchObject({ status: 'DELIVERED', deliveredAt: days(3).toISOString() })
      expect(refusal(arrived, request(1), days(33))).toBeUndefined()
      expect(refusal(arrived, request(1), days(34))).toEqual({ kind: 'return-period-over' })
      expect(refusal(arrived, { type: 'markDelivered' })).toEqual({ kind: 'wrong-status' })
    },
  )

  test('of everything that is refunded before the delivery leaves the order REFUNDED, whatever arrives then', () => {
    const all = obeyed(obeyed(shipped, request(2)).order, { type: 'refund' }).order
    const whole = changeOf(all, refundOfRequest(all)).order
    expect(whole.status).toBe('REFUNDED')
    expect(ignoredBy(whole, shipmentDelivered(order)).order).toMatchObject({
      status: 'REFUNDED',
      refunded: order.total,
    })
  })

  test('has at most the pieces that are left', () => {
    const partly = changeOf(asked.order, refundOfRequest(asked.order)).order
    expect(refusal(delivered, request(3))).toEqual({ kind: 'too-many-pieces', sku: 'MUG-1', left: 2 })
    expect(refusal(partly, request(2))).toEqual({ kind: 'too-many-pieces', sku: 'MUG-1', left: 1 })
    const other: Command = { type: 'requestReturn', items: [{ sku: 'TEA-1', quantity: 1 }], reason: 'x' }
    expect(refusal(delivered, other)).toEqual({ kind: 'too-many-pieces', sku: 'TEA-1', left: 0 })
  })

  test('that is being refunded is neither rejected nor refunded again', () => {
    expect(refusal(asked.order, { type: 'refund' })).toEqual({ kind: 'refund-pending' })
    expect(refusal(asked.order, { type: 'rejectReturn', reason: 'x' })).toEqual({ kind: 'refund-pending' })
  })

  test('is not settled by a refund that was not requested for it', () => {
    expect(ignoredBy(requested, paymentRefunded(order, { version: 9 })).order.status).toBe('RETURN_REQUESTED')
    expect(ignoredBy(asked.order, paymentRefunded(order, { version: 9 })).order.status).toBe('RETURN_REQUESTED')
  })
})

describe('a deleted customer', () => {
  const deletion = createEvent(UserDeleted, {
    aggregateId: 'ada',
    aggregateVersion: 2,
    time: noon,
    cause,
    data: { userId: 'ada' },
  })
  const anonymous = { name: 'Deleted', line1: 'Deleted', city: 'Deleted', country: 'IE' }

  test('leaves no address and no text on a final order, which stays as it is otherwise', () => {
    const returned = obeyed(delivered, request(1)).order
    const rejected = obeyed(returned, { type: 'rejectReturn', reason: 'Worn' }).order
    const anonymised = forgetCustomer(rejected, deletion, circumstances())!
    expect(anonymised.shippingAddress).toEqual(anonymous)
    expect(JSON.stringify(anonymised)).not.toContain('Too small')
    expect(stateOf(anonymised)).toEqual(stateOf(rejected))
    expect(forgetCustomer(anonymised, deletion, circumstances())).toBeUndefined()
  })

  test('keeps the address of an open order until it is final', () => {
    const open = forgetCustomer(paid, deletion, circumstances())!
    expect(open.shippingAddress).toEqual(address)
    const stillOpen = after(open, shipmentCreated(order))
    expect(stillOpen.shippingAddress).toEqual(address)
    expect(after(stillOpen, shipmentDelivered(order)).shippingAddress).toEqual(anonymous)
  })
})

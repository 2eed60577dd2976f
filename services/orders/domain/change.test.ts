import { newId } from '#shared/ids.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { euros, sum } from '#shared/money.ts'
import { refundOf } from '#services/pricing/totals.ts'
import { UserDeleted } from '#services/users/events.ts'
import { seededRandom } from '#test/support/random.ts'
import type { OrderStatus } from '../events.ts'
import { evolve, forgetCustomer, obey } from './change.ts'
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
  quote,
  shipment,
  shipmentCreated,
  shipmentDelivered,
  shippedOrder,
  shortages,
  stockRejected,
  stockReleased,
  stockReserved,
} from './order.fixture.ts'
import { createOrder, stateOf, type Order } from './order.ts'
import { rebuild } from './rebuild.ts'
import { trailOf } from './trail.ts'
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
const refunded = (from: Order) =>
  paymentRefunded(order, {
    version: from.version,
    amount: from.refundRequest!.amount,
    refunded: sum([from.refunded, from.refundRequest!.amount]),
  })

describe('a return', () => {
  const requested = obeyed(delivered, request(1)).order
  const asked = obeyed(requested, { type: 'refund' }, { actor: 'staff/clerk' })

  test('is requested, then refunded: the order is DELIVERED while pieces remain, then REFUNDED', () => {
    expect(requested).toMatchObject({ status: 'RETURN_REQUESTED', return: { reason: 'Too small' } })
    const first = refundOf(order, [{ sku: 'MUG-1', quantity: 1 }], [])
    expect(asked.event).toMatchObject({
      type: 'RefundRequested',
      data: { status: 'RETURN_REQUESTED', refund: { ...first, items: [{ sku: 'MUG-1', quantity: 1 }] } },
    })
    const partly = changeOf(asked.order, refunded(asked.order))
    expect(partly.event).toMatchObject({ type: 'OrderRefunded', data: { status: 'DELIVERED', refund: first } })
    expect(partly.order).toMatchObject({ refunded: first.amount, returned: [{ sku: 'MUG-1', quantity: 1 }] })
    expect(partly.order.return).toBeUndefined()

    const last = obeyed(obeyed(partly.order, request(1)).order, { type: 'refund' }).order
    const whole = changeOf(last, refunded(last))
    expect(whole.event).toMatchObject({ data: { status: 'REFUNDED', refund: { shipping: true } } })
    expect(whole.order).toMatchObject({ refunded: order.total, returned: [{ sku: 'MUG-1', quantity: 2 }] })
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

  test('has at most the pieces that are left', () => {
    const partly = changeOf(asked.order, refunded(asked.order)).order
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

/** Other services of a shop, which answer the order's events; messages are delivered in any order, several times. */
describe('from any interleaving and duplication of messages', () => {
  const moves: ReadonlySet<string> = new Set([
    'PLACED→RESERVED',
    'PLACED→CANCELLED',
    'RESERVED→PAID',
    'RESERVED→CANCELLED',
    'PAID→SHIPPED',
    'PAID→CANCELLED',
    'SHIPPED→DELIVERED',
  ])
  const newOrder = () =>
    createOrder({
      orderId: newId('ord', noon),
      customerId: 'ada',
      orderType: 'standard',
      quote: quote([
        { sku: 'MUG-1', amount: 1250, quantity: 2 },
        { sku: 'TEA-1', amount: 333, quantity: 3 },
      ]),
      shippingAddress: address,
      time: noon,
      cause,
    })

  interface Run {
    readonly messages: readonly TriggerEvent[]
    readonly commands?: readonly Command[]
    readonly from: ReturnType<typeof newOrder>
    readonly seed: number
  }

  /** Delivers each message, and some again, in a random order; one that is too early is delivered later again. */
  function settle({ messages, commands = [], from, seed }: Run) {
    const random = seededRandom(seed)
    const pending: (TriggerEvent | Command)[] = [
      ...messages,
      ...messages.filter(() => random.int(0, 1) === 1),
      ...commands,
    ]
    let current = from.order
    const published: { type: string; metadata: { id: string; time: string }; data: object }[] = [from.event]
    const statuses: OrderStatus[] = [current.status]
    for (let step = 0; pending.length > 0; step += 1) {
      expect(step).toBeLessThan(10_000)
      const [next] = pending.splice(random.int(0, pending.length - 1), 1)
      const at = circumstances(new Date(noon.getTime() + step * 1000))
      if ('metadata' in next!) {
        const evolved = evolve(current, next, at)
        if (evolved.kind === 'retried') pending.push(next)
        if ('order' in evolved) current = evolved.order
        if (evolved.kind === 'applied') published.push(evolved.event)
      } else {
        const outcome = obey(current, next!, { actor: 'customer', cause, ...at })
        if (outcome.ok) current = outcome.value.order
        if (outcome.ok) published.push(outcome.value.event)
      }
      if (current.status !== statuses.at(-1)) statuses.push(current.status)
    }
    return { order: current, published, statuses }
  }

  const seeds = Array.from({ length: 300 }, (_, seed) => seed)

  test('a paid order is DELIVERED, its events rebuild it, and its trail has all of them', () => {
    for (const seed of seeds) {
      const from = newOrder()
      const messages = [stockReserved, paymentCaptured, shipmentCreated, shipmentDelivered].map((make) =>
        make(from.order),
      )
      const run = settle({ messages, from, seed })
      expect(run.statuses).toEqual(['PLACED', 'RESERVED', 'PAID', 'SHIPPED', 'DELIVERED'])
      const ids = run.published.map(({ metadata }) => metadata.id)
      const own = trailOf(run.order).filter(({ source }) => source === 'orders.app')
      expect(own.map(({ id }) => id)).toEqual(ids)
      expect(own.map(({ data }) => data)).toEqual(run.published.map(({ data }) => data))
      expect(trailOf(run.order)).toHaveLength(ids.length + messages.length)
      expectRebuilt(run.order, run.published, seed)
    }
  })

  test('an order that is cancelled at any time moves along the diagram, and never once it is CANCELLED', () => {
    for (const seed of seeds) {
      const from = newOrder()
      const messages = [
        stockReserved(from.order),
        paymentCaptured(from.order),
        shipmentCreated(from.order),
        shipmentDelivered(from.order),
        stockReleased(from.order, 'cancelled'),
      ]
      const run = settle({ messages, commands: [{ type: 'cancel' }], from, seed })
      const steps = run.statuses.slice(1).map((to, index) => `${run.statuses[index]}→${to}`)
      expect(steps.filter((step) => !moves.has(step))).toEqual([])
      expect(['CANCELLED', 'DELIVERED']).toContain(run.statuses.at(-1))
      expect(run.order.trail.filter(({ received }) => received)).toHaveLength(messages.length)
      expectRebuilt(run.order, run.published, seed)
    }
  })

  test('returns in any portions refund exactly the total, and the events rebuild each state', () => {
    for (const seed of seeds.slice(0, 100)) {
      const random = seededRandom(seed)
      const from = newOrder()
      const published: { type: string; metadata: { id: string; time: string }; data: object }[] = [from.event]
      const keep = <Change extends { order: Order; event: (typeof published)[number] }>(change: Change) => {
        published.push(change.event)
        return change.order
      }
      let current = from.order
      for (const make of [stockReserved, paymentCaptured, shipmentCreated, shipmentDelivered])
        current = keep(changeOf(current, make(current)))
      for (let round = 0; current.status !== 'REFUNDED'; round += 1) {
        expect(round).toBeLessThan(20)
        const left = current.items.flatMap(({ sku, quantity }) => {
          const back = (current.returned ?? []).find((pieces) => pieces.sku === sku)?.quantity ?? 0
          return quantity > back ? [{ sku, quantity: random.int(1, quantity - back) }] : []
        })
        current = keep(obeyed(current, { type: 'requestReturn', items: [random.pick(left)], reason: 'x' }))
        if (random.int(0, 3) === 0) {
          current = keep(obeyed(current, { type: 'rejectReturn', reason: 'y' }))
          continue
        }
        current = keep(obeyed(current, { type: 'refund' }))
        const { amount } = current.refundRequest!
        const version = Number(current.refundRequest!.version)
        const total = sum([current.refunded, amount])
        current = keep(changeOf(current, paymentRefunded(current, { version, amount, refunded: total })))
      }
      expect(current.refunded).toEqual(current.total)
      expect(
        sum(
          published.map(({ data }) =>
            'refund' in data && 'refunded' in data ? (data as any).refund.amount : euros(0),
          ),
        ),
      ).toEqual(euros(2 * current.total.amount))
      expectRebuilt(current, published, seed)
    }
  })

  /** From the events in any order, some of them repeated. */
  function expectRebuilt(current: Order, published: readonly any[], seed: number) {
    const random = seededRandom(seed)
    const events = [...published, random.pick(published)].toSorted(() => random.int(-1, 1))
    const { shippingAddress: _address, trail: _trail, ...expected } = current
    expect(rebuild(events)).toEqual(expected)
  }
})

import type { Order, TrailEntry } from '../../api/types.ts'
import { headlineOf, isSettled, pollAfterMs, stepsOf, versionOf } from './order-progress.ts'

const eur = (amount: number) => ({ amount, currency: 'EUR' as const })
const mug = { sku: 'MUG-1', name: 'Mug <b>', quantity: 2, unitPrice: eur(1000), lineTotal: eur(2000) }

/** An order of two mugs in a status. */
const order = (status: Order['status'], more: Partial<Order> = {}) =>
  ({ status, items: [mug], total: eur(2450), refunded: eur(0), ...more }) as Order

/** The order's own events, numbered as its versions, each after an event of another service. */
const trail = (...events: (string | [string, Record<string, unknown>])[]): TrailEntry[] =>
  events.flatMap((event, index) => {
    const [type, data] = typeof event === 'string' ? [event, {}] : event
    const time = `2026-11-28T18:00:0${index}Z`
    const base = { time, causationId: 'x' }
    return [
      { ...base, id: `Cause${index}/ord_1/7`, type: `Cause${index}`, source: 'inventory.app', data: {} },
      {
        ...base,
        id: `${type}/ord_1/${index + 1}`,
        type,
        source: 'orders.app',
        data: { items: [mug], total: eur(2450), ...data },
      },
    ]
  })

const drawn = (state: Order, events: TrailEntry[]) =>
  stepsOf(state, events).map((step) => `${step.state}: ${step.title}`)

test('an order on its way: what happened, what happens now, and what is to come', () => {
  expect(drawn(order('PLACED'), trail('OrderPlaced'))).toEqual([
    'done: Order placed',
    'current: We set your items aside',
    'coming: Paid',
    'coming: Shipped',
    'coming: Delivered',
  ])
  expect(drawn(order('SHIPPED'), trail('OrderPlaced', 'OrderReserved', 'OrderPaid', 'OrderShipped'))).toEqual([
    'done: Order placed',
    'done: Items set aside',
    'done: Paid',
    'done: Shipped',
    'current: On its way to you',
  ])
})

test('before its events arrive an order already shows what happens now', () => {
  expect(drawn(order('RESERVED'), [])[0]).toBe('current: We charge your payment method')
})

test('a delivered order has nothing to come', () => {
  const events = trail('OrderPlaced', 'OrderReserved', 'OrderPaid', 'OrderShipped', 'OrderDelivered')
  expect(stepsOf(order('DELIVERED'), events).every(({ state }) => state === 'done')).toBe(true)
  expect(isSettled(order('DELIVERED'), events)).toBe(true)
})

test('events of a later version of the shop are left out', () => {
  expect(drawn(order('DELIVERED'), trail('OrderPlaced', 'OrderGiftWrapped', 'toString'))).toEqual([
    'done: Order placed',
  ])
})

describe('an order that ends early', () => {
  test('sold out: by the name of what is missing', () => {
    const shortages = [{ sku: 'MUG-1', requested: 2, available: 0 }]
    const events = trail('OrderPlaced', ['OrderRejected', { shortages }])
    expect(drawn(order('REJECTED'), events)).toEqual(['done: Order placed', 'failed: Sold out'])
    expect(headlineOf(order('REJECTED'), events).text).toMatch(/^Mug <b> sold out .* Nothing was charged/)
  })

  test.each([
    ['declined', /bank declined/],
    ['insufficient-funds', /not enough money/],
    ['reservation-expired', /took too long/],
    ['a reason of a later version', /bank declined/],
  ])('payment failed, %s', (reason, text) => {
    const events = trail('OrderPlaced', 'OrderReserved', ['OrderPaymentFailed', { reason }])
    const failed = stepsOf(order('PAYMENT_FAILED', { reason }), events).at(-1)!
    expect(failed).toMatchObject({ title: 'Payment failed', state: 'failed' })
    expect(failed.text).toMatch(text)
    expect(headlineOf(order('PAYMENT_FAILED', { reason }), events).text).toMatch(text)
  })

  test('cancelled before it was paid: nothing was charged, and it is settled', () => {
    const events = trail('OrderPlaced', 'OrderReserved', ['OrderCancelled', { reason: 'customer' }])
    const cancelled = order('CANCELLED', { reason: 'customer' })
    expect(headlineOf(cancelled, events).text).toBe('You cancelled the order. Nothing was charged.')
    expect(isSettled(cancelled, events)).toBe(true)
  })

  test('cancelled after it was paid: it is settled when the money is back', () => {
    const paid = trail('OrderPlaced', 'OrderReserved', 'OrderPaid', ['OrderCancelled', { reason: 'staff' }])
    const cancelled = order('CANCELLED', { reason: 'staff' })
    expect(isSettled(cancelled, paid)).toBe(false)
    expect(drawn(cancelled, paid).at(-1)).toBe('current: We refund your money')
    expect(headlineOf(cancelled, paid).text).toBe('We cancelled the order. We refund €24.50.')
    const back = order('CANCELLED', { reason: 'staff', refunded: eur(2450) })
    expect(isSettled(back, paid)).toBe(true)
    expect(headlineOf(back, paid).text).toBe('We cancelled the order. €24.50 went back to your payment method.')
  })
})

test.each([
  [0, 'Your bank took €24.50 back for you, so we do not refund it again.'],
  [450, '€4.50 went back to your payment method. Your bank took €20.00 back for you, so we do not refund it again.'],
])('cancelled after the bank took money back: a refund of %i cents settles it', (cents, text) => {
  const refund = { amount: eur(cents), chargedBack: eur(2450 - cents) }
  const paid = trail('OrderPlaced', 'OrderReserved', 'OrderPaid', 'OrderCancelled', ['OrderRefunded', { refund }])
  const cancelled = order('CANCELLED', { reason: 'customer', refunded: eur(cents) })
  expect(isSettled(cancelled, paid)).toBe(true)
  expect(stepsOf(cancelled, paid).at(-1)).toMatchObject({ title: 'Refunded', text, state: 'done' })
  expect(headlineOf(cancelled, paid).text).toBe(`You cancelled the order. ${text}`)
})

describe('a return', () => {
  const delivered = ['OrderPlaced', 'OrderReserved', 'OrderPaid', 'OrderShipped', 'OrderDelivered'] as const
  const requested: [string, Record<string, unknown>] = [
    'ReturnRequested',
    { return: { items: [{ sku: 'MUG-1', quantity: 1 }], reason: 'Too small' } },
  ]

  test('waits for the shop', () => {
    const events = trail(...delivered, requested)
    expect(isSettled(order('RETURN_REQUESTED'), events)).toBe(false)
    expect(stepsOf(order('RETURN_REQUESTED'), events).slice(-2)).toMatchObject([
      { title: 'Return requested', text: '1 × Mug <b>' },
      { state: 'current', title: 'We wait for your items, and check them' },
    ])
  })

  test('is accepted, and refunded in part', () => {
    const refund = { amount: eur(1000) }
    const accepted = trail(...delivered, requested, ['RefundRequested', { refund }])
    expect(drawn(order('RETURN_REQUESTED'), accepted).at(-1)).toBe('current: We refund your money')
    const refunded = trail(...delivered, requested, ['RefundRequested', { refund }], ['OrderRefunded', { refund }])
    const after = order('DELIVERED', { refunded: eur(1000) })
    expect(stepsOf(after, refunded).at(-1)!.text).toBe('€10.00 went back to your payment method.')
    expect(headlineOf(after, refunded).title).toBe('Returned in part')
  })

  test.each([
    ['REFUNDED', 'Refunded'],
    ['DELIVERED', 'Returned in part'],
  ] as const)('is not refunded as far as the bank took money back, of an order that is %s', (status, title) => {
    const refund = { amount: eur(0), chargedBack: eur(1000) }
    const events = trail(...delivered, requested, ['OrderRefunded', { refund }])
    expect(headlineOf(order(status), events)).toMatchObject({
      title,
      text: 'Your bank took €10.00 back for you, so we do not refund it again.',
    })
  })

  test('is declined, with what the shop wrote', () => {
    const events = trail(...delivered, requested, ['OrderDelivered', { rejection: 'It was <i>used</i>' }])
    expect(drawn(order('DELIVERED'), events).at(-1)).toBe('failed: Return declined')
    expect(headlineOf(order('DELIVERED', { reason: 'return-rejected' }), events).text).toBe(
      'We wrote: “It was <i>used</i>”',
    )
  })

  test('a parcel that arrives after its return was requested is no declined return', () => {
    const events = trail('OrderPlaced', 'OrderReserved', 'OrderPaid', 'OrderShipped', requested, 'OrderDelivered')
    expect(drawn(order('RETURN_REQUESTED'), events)).toContain('done: Delivered')
  })
})

test('the version of the events is that of the own ones', () => {
  expect(versionOf(trail('OrderPlaced', 'OrderReserved'))).toBe(2)
  expect(versionOf([])).toBe(0)
})

test('an order is asked for every second, later less and less often, and at least once a minute', () => {
  const intervals = Array.from({ length: 60 }, (_, quiet) => pollAfterMs(quiet))
  expect(intervals[0]).toBe(1000)
  expect(intervals.at(-1)).toBe(60_000)
  expect(intervals.every((interval, index) => interval >= (intervals[index - 1] ?? 0))).toBe(true)
})

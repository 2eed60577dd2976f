import { capturedLogs } from '#test/support/captured-logs.ts'
import type { PaymentStore } from '../ports.ts'
import { settleOrUndo } from '../use-cases/capture-payment.ts'
import { findStuckPaymentsHandler } from './find-stuck-payments.ts'
import { noon, orderCancelled, refundRequested, reserved, startSettlement, total } from './settlement.fixture.ts'

const logs = capturedLogs()
const stuck = () => logs.lines().flatMap((line) => line['PaymentsStuck'] ?? [])
const silent = async () => ({ kind: 'no-response' })
const failing = () => Promise.reject(new Error('the function timed out'))

async function start() {
  const settlement = await startSettlement()
  const handler = findStuckPaymentsHandler({ ...settlement.deps, patienceMs: 5 * 60_000 })
  const sweep = (minutes: number) => {
    settlement.clock.now = new Date(noon.getTime() + minutes * 60_000)
    return handler({ scheduledAt: settlement.clock.now.toISOString() })
  }
  /** The first attempt charges and fails, and so does a second one. */
  const interrupt = async () => {
    settlement.noted('capture', async (request) => {
      await settlement.sandbox.capture(request)
      throw new Error('the function timed out')
    })
    settlement.noted('findByReference', silent)
    expect(await settlement.deliver(reserved())).toEqual(['m0'])
    expect(await settlement.deliver(reserved())).toEqual(['m0'])
  }
  return { ...settlement, sweep, interrupt }
}

test('a capture that has been unfinished for five minutes is resolved by asking the provider', async () => {
  const { sweep, interrupt, noted, sandbox, payment, events } = await start()
  await interrupt()
  noted('findByReference', sandbox.findByReference)
  await sweep(4)
  expect(await payment()).toMatchObject({ status: 'capturing' })
  await sweep(6)
  expect(await payment()).toMatchObject({ status: 'captured' })
  expect(await events()).toMatchObject([{ type: 'PaymentCaptured', metadata: { correlationId: 'correlation-1' } }])
  await sweep(11)
  expect(stuck()).toEqual([])
  expect(
    logs
      .lines()
      .map(({ found }) => found)
      .filter((found) => found !== undefined),
  ).toEqual([0, 1, 0])
})

test.each([
  ['does not respond', silent],
  ['fails', failing],
])('one whose provider %s is reported, each time', async (_, call) => {
  const { sweep, interrupt, noted, payment } = await start()
  await interrupt()
  noted('findByReference', call)
  await sweep(6)
  await sweep(11)
  expect(stuck()).toEqual([1, 1])
  expect(logs.lines().filter(({ message }) => message === 'Payment is stuck')).toMatchObject([
    { level: 'WARN', order_id: 'ord_1' },
    { level: 'WARN', order_id: 'ord_1' },
  ])
  expect(await payment()).toMatchObject({ status: 'capturing' })
})

test('one that was never charged is declined when its reservation has ended', async () => {
  const { sweep, noted, sandbox, deliver, payment, charge } = await start()
  noted('capture', failing)
  noted('findByReference', silent)
  await deliver(reserved())
  await deliver(reserved())
  noted('findByReference', sandbox.findByReference)
  await sweep(6)
  expect(await payment()).toMatchObject({ status: 'capturing' })
  expect(stuck()).toEqual([1])
  await sweep(16)
  expect(await payment()).toMatchObject({ status: 'declined', reason: 'reservation-expired' })
  expect(await charge()).toBeUndefined()
})

test('a charge whose payment was declined while the provider responded is refunded', async () => {
  const { deps, sweep, interrupt, noted, sandbox, payment, charge } = await start()
  await interrupt()
  noted('findByReference', async (reference) => {
    await settleOrUndo(deps, 'ord_1', { kind: 'declined', reason: 'reservation-expired' })
    return sandbox.findByReference(reference)
  })
  await sweep(16)
  expect(await payment()).toMatchObject({ status: 'declined' })
  expect(await charge()).toMatchObject({ amount: total, refunded: total.amount })
})

test('a provider that never responds is not asked about all of them', async () => {
  const { table, sweep, calls, noted, deps } = await start()
  noted('findByReference', silent)
  await beginCaptures(deps.payments)
  await sweep(6)
  expect(calls).toHaveLength(10)
  expect(stuck()).toEqual([25])
  expect(table.calls('Query')).toBe(4)
})

test('a sweep of slow responses ends in time, and reports what is left to the next one', async () => {
  const { sweep, noted, clock, deps } = await start()
  await beginCaptures(deps.payments)
  noted('findByReference', async () => {
    clock.now = new Date(clock.now.getTime() + 1500)
    return { kind: 'found', charge: { paymentId: 'pay_1', amount: { amount: 100, currency: 'EUR' } } }
  })
  await sweep(6)
  expect(stuck()).toEqual([5])
  await sweep(11)
  expect(stuck()).toEqual([5])
})

/** 25 captures that did not end in their first attempt. */
async function beginCaptures(payments: PaymentStore) {
  for (let index = 0; index < 25; index += 1) {
    await payments.save({
      payment: {
        status: 'capturing',
        orderId: `ord_${100 + index}`,
        version: 1,
        token: 'tok_ok',
        amount: { amount: 100, currency: 'EUR' },
        reservedUntil: '2026-11-20T12:15:00.000Z',
        since: noon.toISOString(),
        cause: { correlationId: 'c', causationId: 'e' },
        unfinished: true,
      },
      events: [],
    })
  }
}

test('a refund that the provider refuses at last is reported once, stays pending, and is left to a person', async () => {
  const { deliver, sweep, noted, payment } = await start()
  await deliver(reserved())
  noted('refund', silent)
  expect([await deliver(orderCancelled()), await deliver(orderCancelled())]).toEqual([['m0'], []])
  noted('refund', async () => ({ kind: 'refused', detail: 'The card was cancelled.' }))
  await sweep(6)
  await sweep(11)
  expect(logs.lines().filter(({ message }) => message === 'The provider refuses a refund')).toMatchObject([
    { level: 'ERROR', order_id: 'ord_1', refund_id: 'ord_1/4', detail: 'The card was cancelled.' },
  ])
  expect(logs.lines().flatMap((line) => line['RefundsFailed'] ?? [])).toEqual([1])
  expect(stuck()).toEqual([])
  expect((await payment()).refunds).toMatchObject([{ pending: { causationId: 'OrderCancelled/ord_1/4' } }])
})

test('of two unfinished refunds each is made, and the payment is listed until the last one is', async () => {
  const { deliver, sweep, noted, sandbox, payment, events, deps } = await start()
  await deliver(reserved())
  noted('refund', silent)
  for (const event of [refundRequested(1000, 6), refundRequested(500, 8)]) {
    await deliver(event)
    expect(await deliver(event)).toEqual([])
  }
  noted('refund', (request) => (request.idempotencyKey === 'ord_1/6' ? sandbox.refund(request) : silent()))
  await sweep(6)
  expect(await deps.payments.unfinished(deps.now())).toEqual(['ord_1'])
  expect(stuck()).toEqual([1])
  noted('refund', sandbox.refund)
  await sweep(11)
  expect(await deps.payments.unfinished(deps.now())).toEqual([])
  expect((await payment()).refunds).toMatchObject([{ refundId: 'ord_1/6' }, { refundId: 'ord_1/8' }])
  expect(await events()).toMatchObject([{ data: { refundId: 'ord_1/8', refunded: { amount: 1500 } } }])
})

test('a refund that begins while the provider refuses another one is made by the next sweep', async () => {
  const { deliver, sweep, noted, sandbox, payment } = await start()
  await deliver(reserved())
  noted('refund', silent)
  await deliver(refundRequested(1000, 6))
  expect(await deliver(refundRequested(1000, 6))).toEqual([])
  const refused = async () => ({ kind: 'refused', detail: 'The card was cancelled.' })
  noted('refund', async ({ idempotencyKey }) => {
    if (idempotencyKey === 'ord_1/8') return silent()
    expect(await deliver(refundRequested(500, 8))).toEqual([])
    return refused()
  })
  await sweep(6)
  noted('refund', (request) => (request.idempotencyKey === 'ord_1/8' ? sandbox.refund(request) : refused()))
  await sweep(11)
  const { refunds } = await payment()
  expect(refunds).toMatchObject([{ refundId: 'ord_1/6', pending: {} }, { refundId: 'ord_1/8' }])
  expect(refunds[1].pending).toBeUndefined()
})

test('a payment that was captured when its order was cancelled is refunded, whatever ended the capture', async () => {
  const { deliver, sweep, noted, sandbox, deps, payment, charge } = await start()
  noted('capture', async (request) => {
    await sandbox.capture(request)
    return { kind: 'no-response' }
  })
  noted('findByReference', silent)
  expect(await deliver(reserved())).toEqual(['m0'])
  expect([await deliver(orderCancelled()), await deliver(orderCancelled())]).toEqual([['m0'], []])
  await settleOrUndo(deps, 'ord_1', { kind: 'captured', charge: { paymentId: 'sandbox_ord_1', amount: total } })
  await sweep(6)
  expect((await payment()).refunds).toEqual([{ refundId: 'ord_1/4', amount: total }])
  expect(await charge()).toMatchObject({ refunded: total.amount })
})

test('a cancelled order whose charge was never made is not charged by the delivery of an earlier event', async () => {
  const { deliver, noted, sandbox, payment, calls } = await start()
  noted('capture', silent)
  noted('findByReference', silent)
  expect(await deliver(reserved())).toEqual(['m0'])
  expect(await deliver(orderCancelled())).toEqual(['m0'])
  noted('capture', sandbox.capture)
  noted('findByReference', sandbox.findByReference)
  calls.length = 0
  expect(await deliver(reserved(), orderCancelled())).toEqual([])
  expect([calls, (await payment()).status]).toEqual([['findByReference'], 'capturing'])
})

describe('a provider that does not respond for an hour', () => {
  const minutes = Array.from({ length: 90 }, (_, minute) => minute)
  const provider = ['capture', 'findByReference', 'refund'] as const

  /**
   * Delivers events as their queue does: every two minutes until they are handled, and the fifth time for the last time. The
   * sweep runs every five minutes. @returns the events that are left to the dead-letter queue
   */
  async function run(
    { deliver, sweep, noted, sandbox, clock }: Awaited<ReturnType<typeof start>>,
    events: readonly { minute: number; event: Parameters<typeof deliver>[0] }[],
  ) {
    for (const call of provider) noted(call, silent)
    const waiting = events.map(({ minute, event }) => ({ due: minute, event, deliveries: 0 }))
    const handled = new Set<object>()
    for (const minute of minutes) {
      clock.now = new Date(noon.getTime() + minute * 60_000)
      if (minute === 60) for (const call of provider) noted(call, sandbox[call])
      for (const message of waiting.filter((each) => each.due === minute && !handled.has(each))) {
        message.deliveries += 1
        if ((await deliver(message.event)).length === 0) handled.add(message)
        else if (message.deliveries < 5) message.due += 2
      }
      if (minute % 5 === 0) await sweep(minute)
    }
    return waiting.filter((message) => !handled.has(message)).map(({ event }) => event.type)
  }

  test.each([
    ['charged', total.amount],
    ['did not charge', 0],
  ])('and %s: the cancelled order keeps no charge, without a redrive', async (what, charged) => {
    const settlement = await start()
    if (what === 'charged')
      await settlement.sandbox.capture({ reference: 'ord_1', amount: total, token: 'tok_ok', idempotencyKey: 'k' })
    const events = [
      { minute: 0, event: reserved() },
      { minute: 1, event: orderCancelled() },
    ]
    expect(await run(settlement, events)).toEqual([])
    const { status, refunds = [] } = await settlement.payment()
    expect([status, refunds]).toEqual(
      charged > 0 ? ['captured', [{ refundId: 'ord_1/4', amount: total }]] : ['declined', []],
    )
    expect((await settlement.charge())?.refunded ?? 0).toBe(charged)
    expect(stuck().length).toBeGreaterThanOrEqual(10)
    expect(await settlement.deps.payments.unfinished(settlement.clock.now)).toEqual([])
  })

  test.each([
    ['the order is cancelled', orderCancelled(), 'ord_1/4', total.amount],
    ['a refund is requested', refundRequested(1000), 'ord_1/6', 1000],
  ])('after the charge, when %s: the refund is made, without a redrive', async (_, event, refundId, amount) => {
    const settlement = await start()
    await settlement.deliver(reserved())
    expect(await run(settlement, [{ minute: 0, event }])).toEqual([])
    expect((await settlement.payment()).refunds).toEqual([{ refundId, amount: { amount, currency: 'EUR' } }])
    expect(await settlement.charge()).toMatchObject({ refunded: amount, refunds: [refundId] })
    expect(await settlement.events()).toMatchObject([
      { type: 'PaymentRefunded', metadata: { causationId: event.metadata.id } },
    ])
    expect(stuck()).toEqual(Array.from({ length: 10 }, () => 1))
    expect(await settlement.deps.payments.unfinished(settlement.clock.now)).toEqual([])
  })
})

import { euros } from '#shared/money.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { seededRandom } from '#test/support/random.ts'
import { noon, orderCancelled, refundRequested, reserved, startSettlement, total } from './settlement.fixture.ts'

const logs = capturedLogs()
const metric = (name: string) => logs.lines().flatMap((line) => line[name] ?? [])
const later = (minutes: number) => new Date(noon.getTime() + minutes * 60_000)

describe('a capture', () => {
  test('charges the total once and publishes it, with two writes of the payment', async () => {
    const { deliver, payment, events, table, calls } = await startSettlement()
    expect(await deliver(reserved())).toEqual([])
    expect(await payment()).toMatchObject({ status: 'captured', amount: total, provider: 'sandbox', refunds: [] })
    expect(await events()).toMatchObject([
      {
        source: 'payments.app',
        type: 'PaymentCaptured',
        metadata: {
          id: 'PaymentCaptured/ord_1/2',
          causationId: 'OrderReserved/ord_1/2',
          correlationId: 'correlation-1',
        },
        data: { orderId: 'ord_1', paymentId: 'sandbox_ord_1', amount: total, provider: 'sandbox' },
      },
    ])
    const written = table.requests('PutItem').map(({ Item }) => Item.PK.S)
    // The first is the token's.
    expect(written.filter((key) => key === 'PAYMENT#ord_1')).toHaveLength(1 + 2)
    expect(metric('PaymentsCaptured')).toEqual([1])
    expect(await deliver(reserved(), reserved())).toEqual([])
    expect(calls).toEqual(['capture'])
  })

  test('is made once when its event is delivered twenty times at the same time', async () => {
    const { deliver, charge, payment } = await startSettlement()
    await Promise.all(Array.from({ length: 20 }, () => deliver(reserved())))
    expect(await payment()).toMatchObject({ status: 'captured' })
    expect(await charge()).toMatchObject({ amount: total, refunded: 0 })
  })

  test.each([
    ['tok_declined', 'declined'],
    ['tok_insufficient_funds', 'insufficient-funds'],
    ['tok_of_someone', 'declined'],
  ])('with %s is declined: %s', async (token, reason) => {
    const { deliver, payment, events, charge } = await startSettlement(token)
    expect(await deliver(reserved())).toEqual([])
    expect(await payment()).toEqual({ status: 'declined', orderId: 'ord_1', version: 2, reason })
    expect(await events()).toMatchObject([{ type: 'PaymentDeclined', data: { orderId: 'ord_1', reason } }])
    expect(await charge()).toBeUndefined()
    expect(metric('PaymentsDeclined')).toEqual([1])
  })

  test.each([
    ['tok_timeout_then_ok', ['capture', 'findByReference', 'capture']],
    ['tok_timeout_after_charge', ['capture', 'findByReference']],
  ])('with %s is resolved in the same invocation', async (token, expected) => {
    const { deliver, payment, calls, charge } = await startSettlement(token)
    expect(await deliver(reserved())).toEqual([])
    expect(calls).toEqual(expected)
    expect(await payment()).toMatchObject({ status: 'captured' })
    expect(await charge()).toMatchObject({ amount: total, refunded: 0 })
  })

  test('asks first when an earlier invocation ended after it charged', async () => {
    const { deliver, payment, calls, noted, sandbox, charge } = await startSettlement()
    noted('capture', async (request) => {
      await sandbox.capture(request)
      throw new Error('the function timed out')
    })
    expect(await deliver(reserved())).toEqual(['m0'])
    expect(await payment()).toMatchObject({ status: 'capturing', token: 'tok_ok' })
    noted('capture', () => Promise.reject(new Error('charged again')))
    calls.length = 0
    expect(await deliver(reserved())).toEqual([])
    expect(calls).toEqual(['findByReference'])
    expect(await payment()).toMatchObject({ status: 'captured' })
    expect(await charge()).toMatchObject({ amount: total })
  })

  test('stays undecided while the provider does not respond, and is delivered again', async () => {
    const { deliver, payment, noted, sandbox, events } = await startSettlement()
    const silent = async () => ({ kind: 'no-response' })
    noted('capture', silent)
    noted('findByReference', silent)
    expect(await deliver(reserved())).toEqual(['m0'])
    expect(await deliver(reserved())).toEqual(['m0'])
    expect(await payment()).toMatchObject({ status: 'capturing', unfinished: true })
    expect(await events()).toEqual([])
    noted('findByReference', sandbox.findByReference)
    noted('capture', sandbox.capture)
    expect(await deliver(reserved())).toEqual([])
    expect(await payment()).toMatchObject({ status: 'captured' })
  })

  test('is declined when the reservation has ended, without a call', async () => {
    const { deliver, payment, events, clock, calls } = await startSettlement()
    clock.now = later(15)
    expect(await deliver(reserved())).toEqual([])
    expect(calls).toEqual([])
    expect(await payment()).toMatchObject({ status: 'declined' })
    expect(await events()).toMatchObject([
      {
        type: 'PaymentDeclined',
        data: { reason: 'reservation-expired' },
        metadata: { correlationId: 'correlation-1' },
      },
    ])
  })

  test.each([
    ['charged', 'captured'],
    ['not charged', 'declined'],
  ])('that was %s before its reservation ended is %s', async (what, status) => {
    const { deliver, payment, clock, noted, sandbox } = await startSettlement()
    noted('capture', async (request) => {
      if (what === 'charged') await sandbox.capture(request)
      throw new Error('the function timed out')
    })
    await deliver(reserved())
    clock.now = later(20)
    expect(await deliver(reserved())).toEqual([])
    expect(await payment()).toMatchObject({ status })
  })

  test('that another invocation declined meanwhile is refunded', async () => {
    const { deliver, payment, clock, noted, sandbox, charge } = await startSettlement()
    noted('capture', async (request) => {
      clock.now = later(20)
      noted('capture', () => Promise.reject(new Error('charged without asking')))
      expect(await deliver(reserved())).toEqual([])
      return sandbox.capture(request)
    })
    expect(await deliver(reserved())).toEqual([])
    expect(await payment()).toMatchObject({ status: 'declined', reason: 'reservation-expired' })
    expect(await charge()).toMatchObject({ amount: total, refunded: total.amount })
  })

  describe('that came too late, and whose refund was interrupted,', () => {
    async function startLate(refund: () => Promise<unknown>) {
      const settlement = await startSettlement()
      const { deliver, clock, noted, sandbox } = settlement
      noted('refund', refund)
      noted('capture', async (request) => {
        clock.now = later(20)
        expect(await deliver(reserved())).toEqual([])
        return sandbox.capture(request)
      })
      return settlement
    }

    test.each([
      ['got no response', async () => ({ kind: 'no-response' })],
      ['was not made', () => Promise.reject(new Error('the function timed out'))],
    ])('is refunded by the next delivery: it %s', async (_, refund) => {
      const { deliver, payment, noted, sandbox, charge } = await startLate(refund)
      expect(await deliver(reserved())).toEqual(['m0'])
      noted('refund', sandbox.refund)
      expect(await deliver(reserved())).toEqual([])
      expect(await deliver(reserved())).toEqual([])
      expect(await payment()).toMatchObject({ status: 'declined', reason: 'reservation-expired' })
      expect(await charge()).toMatchObject({ amount: total, refunded: total.amount })
    })

    test('is reported to a person when the provider refuses the refund', async () => {
      const { deliver } = await startLate(async () => ({ kind: 'refused', detail: 'The card was cancelled.' }))
      expect(await deliver(reserved())).toEqual([])
      expect(metric('RefundsFailed')).toEqual([1])
      expect(logs.lines()).toContainEqual(
        expect.objectContaining({ level: 'ERROR', order_id: 'ord_1', detail: 'The card was cancelled.' }),
      )
    })
  })

  test('of nothing needs no provider', async () => {
    const { deliver, payment, calls } = await startSettlement()
    expect(await deliver(reserved({ total: euros(0) }))).toEqual([])
    expect(calls).toEqual([])
    expect(await payment()).toMatchObject({ status: 'captured', paymentId: 'free_ord_1', amount: euros(0) })
    expect(await deliver(orderCancelled(), refundRequested(0, 9))).toEqual([])
    expect(await payment()).toMatchObject({ refunds: [{ refundId: 'ord_1/9', amount: euros(0) }] })
  })

  test('of another amount than the total is an error', async () => {
    const { deliver, payment, noted } = await startSettlement()
    noted('capture', async () => ({ kind: 'captured', charge: { paymentId: 'pay_1', amount: euros(1) } }))
    expect(await deliver(reserved())).toEqual(['m0'])
    expect(await payment()).toMatchObject({ status: 'capturing' })
  })
})

describe('a cancelled order', () => {
  test('is refunded what was captured, once', async () => {
    const { deliver, payment, events, charge } = await startSettlement()
    await deliver(reserved())
    expect(await deliver(orderCancelled(), orderCancelled())).toEqual([])
    expect(await deliver(orderCancelled())).toEqual([])
    expect(await payment()).toMatchObject({ status: 'captured', refunds: [{ refundId: 'ord_1/4', amount: total }] })
    expect(await events()).toMatchObject([
      {
        type: 'PaymentRefunded',
        metadata: { causationId: 'OrderCancelled/ord_1/4' },
        data: { orderId: 'ord_1', paymentId: 'sandbox_ord_1', refundId: 'ord_1/4', amount: total, refunded: total },
      },
    ])
    expect(await charge()).toMatchObject({ refunded: total.amount, refunds: ['ord_1/4'] })
    expect(metric('PaymentsRefunded')).toEqual([1])
  })

  test('is not charged any more, when the cancellation comes first', async () => {
    const { deliver, payment, calls, events } = await startSettlement()
    expect(await deliver(orderCancelled())).toEqual([])
    expect(await deliver(reserved(), orderCancelled())).toEqual([])
    expect(calls).toEqual([])
    expect(await payment()).toEqual({ status: 'cancelled', orderId: 'ord_1', version: 1 })
    expect(await events()).toEqual([])
  })

  test('waits for a capture in the same batch', async () => {
    const { deliver, payment, noted, sandbox, deps, charge } = await startSettlement()
    const hasCharged = Promise.withResolvers<void>()
    noted('capture', async (request) => {
      await hasCharged.promise
      return sandbox.capture(request)
    })
    Object.assign(deps.patience, { attempts: 50, sleep: async () => hasCharged.resolve() })
    expect(await deliver(reserved(), orderCancelled())).toEqual([])
    expect(await payment()).toMatchObject({ status: 'captured', refunds: [{ amount: total }] })
    expect(await charge()).toMatchObject({ refunded: total.amount })
  })

  test('is delivered again while its capture is undecided', async () => {
    const { deliver, noted, payment } = await startSettlement()
    noted('capture', () => Promise.reject(new Error('the function timed out')))
    await deliver(reserved())
    expect(await deliver(orderCancelled())).toEqual(['m0'])
    expect(await payment()).toMatchObject({ status: 'capturing' })
  })

  test('whose payment was declined needs nothing', async () => {
    const { deliver, payment, calls } = await startSettlement('tok_declined')
    await deliver(reserved())
    expect(await deliver(orderCancelled())).toEqual([])
    expect(calls).toEqual(['capture'])
    expect(await payment()).toMatchObject({ status: 'declined' })
  })
})

describe('a refund', () => {
  test('that is requested in parts adds up, and never exceeds what was captured', async () => {
    const { deliver, payment, events, charge } = await startSettlement()
    await deliver(reserved())
    expect(await deliver(refundRequested(1000, 6))).toEqual([])
    expect(await events()).toMatchObject([
      { data: { refundId: 'ord_1/6', amount: euros(1000), refunded: euros(1000) } },
    ])
    expect(await deliver(refundRequested(2000, 8))).toEqual([])
    expect(await events()).toMatchObject([{ data: { refundId: 'ord_1/8', amount: euros(1500), refunded: total } }])
    expect(await deliver(orderCancelled(9))).toEqual([])
    expect((await payment()).refunds).toHaveLength(2)
    expect(await charge()).toMatchObject({ refunded: total.amount })
  })

  test('that the provider made and whose response was lost is completed when it is delivered again', async () => {
    const { deliver, noted, sandbox, charge, payment } = await startSettlement()
    await deliver(reserved())
    noted('refund', async (request) => {
      await sandbox.refund(request)
      return { kind: 'no-response' }
    })
    expect(await deliver(refundRequested(1000))).toEqual(['m0'])
    expect(await payment()).toMatchObject({ refunds: [{ pending: { causationId: 'RefundRequested/ord_1/6' } }] })
    noted('refund', sandbox.refund)
    expect(await deliver(refundRequested(1000))).toEqual([])
    expect((await payment()).refunds).toEqual([{ refundId: 'ord_1/6', amount: euros(1000) }])
    expect(await charge()).toMatchObject({ refunded: 1000 })
  })

  test('of an order that was not paid, and one that the provider refuses, fail', async () => {
    const { deliver, noted } = await startSettlement()
    expect(await deliver(refundRequested(1000))).toEqual(['m0'])
    await deliver(reserved())
    noted('refund', async () => ({ kind: 'refused', detail: 'The card was cancelled.' }))
    expect(await deliver(refundRequested(1000))).toEqual(['m0'])
  })
})

test('the payment token enters no event and no log', async () => {
  for (const token of ['tok_ok', 'tok_declined', 'tok_timeout_then_ok', 'tok_insufficient_funds', 'tok_secret']) {
    const { deliver, events, table, noted } = await startSettlement(token)
    noted('findByReference', () => Promise.reject(new Error('unreachable')))
    await deliver(reserved())
    await deliver(reserved(), orderCancelled(), refundRequested(1))
    expect(JSON.stringify(await events())).not.toContain('tok_')
    const decided = (await table.items()).filter(({ status }) => status !== 'capturing')
    expect(JSON.stringify(decided)).not.toContain('tok_')
  }
  expect(logs.lines().length).toBeGreaterThan(10)
  expect(logs.text()).not.toContain('tok_')
})

test.each(Array.from({ length: 40 }, (_, seed) => [seed]))(
  'in any order of deliveries and with interrupted calls, a cancelled order keeps no charge and others have one: seed %i',
  async (seed) => {
    const random = seededRandom(seed)
    const chance = (percent: number) => random.int(1, 100) <= percent
    const { deliver, noted, sandbox, payment, charge } = await startSettlement('tok_ok')
    const interrupted = async (call: () => Promise<unknown>) => {
      if (chance(20)) return { kind: 'no-response' }
      if (chance(20)) throw new Error('the function ended before the call')
      const response = await call()
      if (chance(20)) throw new Error('the function ended after the call')
      return chance(20) ? { kind: 'no-response' } : response
    }
    noted('capture', (request) => interrupted(() => sandbox.capture(request)))
    noted('findByReference', (reference) => interrupted(() => sandbox.findByReference(reference)))
    noted('refund', (request) => interrupted(() => sandbox.refund(request)))
    const isCancelled = chance(70)
    const events = [reserved(), ...(isCancelled ? [orderCancelled()] : [])]
    for (let batch = 0; batch < 6; batch += 1) {
      const picked = Array.from({ length: 3 }, () => random.pick(events))
      await Promise.all([deliver(...picked), chance(50) ? deliver(picked[0]!) : undefined])
    }
    noted('capture', sandbox.capture)
    noted('findByReference', sandbox.findByReference)
    noted('refund', sandbox.refund)
    // The queue delivers again what failed, until nothing does.
    for (let attempt = 0; attempt < 3; attempt += 1) await deliver(...events)
    expect(await deliver(...events)).toEqual([])
    const { status, refunds = [] } = await payment()
    const { amount = euros(0), refunded = 0 } = (await charge()) ?? {}
    expect(amount.amount - refunded).toBe(isCancelled ? 0 : total.amount)
    if (!isCancelled) expect([status, refunds]).toEqual(['captured', []])
    if (status === 'captured' && isCancelled) expect(refunds).toEqual([{ refundId: 'ord_1/4', amount: total }])
  },
)

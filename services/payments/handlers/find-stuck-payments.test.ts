import { capturedLogs } from '#test/support/captured-logs.ts'
import { findStuckPaymentsHandler } from './find-stuck-payments.ts'
import { noon, reserved, startSettlement } from './settlement.fixture.ts'

const logs = capturedLogs()
const stuck = () => logs.lines().flatMap((line) => line['PaymentsStuck'] ?? [])
const silent = async () => ({ kind: 'no-answer' })
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
  ['does not answer', silent],
  ['fails', failing],
])('one whose provider %s is reported, each time', async (_, answer) => {
  const { sweep, interrupt, noted, payment } = await start()
  await interrupt()
  noted('findByReference', answer)
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

test('a provider that answers nothing is not asked about all of them', async () => {
  const { table, sweep, calls, noted, deps } = await start()
  noted('findByReference', silent)
  for (let index = 0; index < 25; index += 1) {
    await deps.payments.save({
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
  await sweep(6)
  expect(calls).toHaveLength(10)
  expect(stuck()).toEqual([25])
  expect(table.calls('Query')).toBe(4)
})

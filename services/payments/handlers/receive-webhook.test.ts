import { euros } from '#shared/money.ts'
import { signatureOf } from '#shared/http/webhook.ts'
import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { receiveWebhookHandler } from './receive-webhook.ts'
import { noon, orderCancelled, refundRequested, reserved, startSettlement, total } from './settlement.fixture.ts'

const logs = capturedLogs()
const secret = 'the key of the stage'

async function start(token?: string) {
  const settlement = await startSettlement(token)
  const handler = receiveWebhookHandler({ ...settlement.deps, secret: async () => secret })
  const report = (type: string, data: object, { id = 'evt_1', signedAt = settlement.clock.now, key = secret } = {}) => {
    const body = JSON.stringify({ id, type, data: { reference: 'ord_1', ...data } })
    const signature = signatureOf(body, { secret: key, time: signedAt })
    return callApi(handler, { method: 'POST', body, headers: { 'sandbox-signature': signature } })
  }
  /** Leaves the payment as `capturing`. */
  const interrupt = async ({ charges }: { charges: boolean }) => {
    settlement.noted('capture', async (request) => {
      if (charges) await settlement.sandbox.capture(request)
      throw new Error('the function timed out')
    })
    await settlement.deliver(reserved())
    settlement.noted('capture', settlement.sandbox.capture)
  }
  return { ...settlement, report, interrupt }
}

const received = { status: 200, body: { received: true } }

test('a report of a charge ends an interrupted capture, as its own response would have', async () => {
  const { report, interrupt, payment, events, deliver, calls } = await start()
  await interrupt({ charges: true })
  expect(await report('charge.captured', { amount: total })).toMatchObject(received)
  expect(await payment()).toMatchObject({ status: 'captured', paymentId: 'sandbox_ord_1' })
  expect(await events()).toMatchObject([
    { type: 'PaymentCaptured', metadata: { causationId: 'OrderReserved/ord_1/2', correlationId: 'correlation-1' } },
  ])
  expect(await deliver(reserved())).toEqual([])
  expect(calls).toEqual(['capture'])
  expect(logs.lines().flatMap((line) => line['PaymentsCaptured'] ?? [])).toEqual([1])
})

test('a report of a decline ends an interrupted capture', async () => {
  const { report, interrupt, payment } = await start()
  await interrupt({ charges: false })
  expect(await report('charge.declined', { reason: 'insufficient-funds' })).toMatchObject(received)
  expect(await payment()).toMatchObject({ status: 'declined', reason: 'insufficient-funds' })
})

test('a report of a charge that nothing is captured for any more refunds it', async () => {
  const { report, interrupt, payment, charge } = await start()
  await interrupt({ charges: true })
  await report('charge.declined', { reason: 'declined' })
  expect(await report('charge.captured', { amount: total })).toMatchObject(received)
  expect(await payment()).toMatchObject({ status: 'declined' })
  // As ids of refunds do, it begins with the order, of which a report of the refund is.
  expect(await charge()).toMatchObject({ refunded: total.amount, refunds: ['ord_1/undo/sandbox_ord_1'] })
})

test('a charge that nothing is captured for any more, and whose refund the provider refuses, is left to a person', async () => {
  const { report, interrupt, noted } = await start()
  await interrupt({ charges: true })
  await report('charge.declined', { reason: 'declined' })
  noted('refund', async () => ({ kind: 'refused', detail: 'The card was cancelled.' }))
  expect(await report('charge.captured', { amount: total })).toMatchObject(received)
  expect(logs.lines().flatMap((line) => line['RefundsFailed'] ?? [])).toEqual([1])
  expect(logs.lines()).toContainEqual(
    expect.objectContaining({ level: 'ERROR', order_id: 'ord_1', detail: 'The card was cancelled.' }),
  )
})

test('a report of a refund completes the one that got no response', async () => {
  const { report, deliver, noted, payment, events } = await start()
  await deliver(reserved())
  noted('refund', async () => ({ kind: 'no-response' }))
  await deliver(refundRequested(1000))
  expect(await report('refund.made', { refundId: 'ord_1/6' })).toMatchObject(received)
  expect((await payment()).refunds).toEqual([{ refundId: 'ord_1/6', amount: euros(1000) }])
  expect(await events()).toMatchObject([
    { type: 'PaymentRefunded', data: { amount: euros(1000) }, metadata: { causationId: 'RefundRequested/ord_1/6' } },
  ])
})

test('a refund that did not reach the customer is counted and logged, for a person to make it in another way', async () => {
  const { report, deliver, table } = await start()
  await deliver(reserved())
  await deliver(refundRequested(1000))
  const before = await table.items()
  expect(await report('refund.failed', { refundId: 'ord_1/6' })).toMatchObject(received)
  expect(await table.items()).toEqual(before)
  expect(logs.lines().flatMap((line) => line['RefundsFailed'] ?? [])).toEqual([1])
  expect(logs.lines()).toContainEqual(
    expect.objectContaining({ level: 'ERROR', order_id: 'ord_1', refund_id: 'ord_1/6' }),
  )
})

test('what the bank took back is not refunded as well', async () => {
  const { report, deliver, payment, events, charge } = await start()
  await deliver(reserved())
  for (let time = 0; time < 2; time += 1) {
    expect(await report('charge.disputed', { amount: euros(2000) })).toMatchObject(received)
  }
  expect(await payment()).toMatchObject({ chargedBack: euros(2000), version: 3 })
  await deliver(orderCancelled())
  expect(await events()).toMatchObject([{ data: { amount: euros(500) } }])
  expect(await charge()).toMatchObject({ refunded: 500 })
  expect(logs.lines().flatMap((line) => line['PaymentsChargedBack'] ?? [])).toEqual([1])
})

test('the refund of a cancelled order ends although the bank took all of it back', async () => {
  const { report, deliver, payment, events, calls } = await start()
  await deliver(reserved())
  await report('charge.disputed', { amount: total })
  expect(await events()).toEqual([])
  expect(await deliver(orderCancelled(), orderCancelled())).toEqual([])
  expect(await events()).toMatchObject([
    {
      type: 'PaymentRefunded',
      metadata: { causationId: 'OrderCancelled/ord_1/4' },
      data: { refundId: 'ord_1/4', amount: euros(0), refunded: euros(0) },
    },
  ])
  const ended = await payment()
  expect(await deliver(orderCancelled())).toEqual([])
  expect(await payment()).toEqual(ended)
  expect(calls).toEqual(['capture'])
})

test('what the bank gives back after a dispute can be refunded again', async () => {
  const { report, deliver, payment, events } = await start()
  await deliver(reserved())
  await report('charge.disputed', { amount: total })
  for (let time = 0; time < 2; time += 1) {
    expect(await report('charge.reinstated', { amount: total }, { id: 'evt_2' })).toMatchObject(received)
  }
  expect(await payment()).toMatchObject({ chargedBack: euros(0), version: 4 })
  await deliver(refundRequested(1000))
  expect(await events()).toMatchObject([{ type: 'PaymentRefunded', data: { amount: euros(1000) } }])
  expect(logs.lines().flatMap((line) => line['RefundsOwed'] ?? [])).toEqual([])
})

test('what the bank gives back after a refund without it is counted once, for a person to refund it', async () => {
  const { report, deliver, payment } = await start()
  await deliver(reserved())
  await report('charge.disputed', { amount: euros(2000) })
  await deliver(orderCancelled())
  for (let time = 0; time < 2; time += 1) {
    expect(await report('charge.reinstated', { amount: euros(2000) }, { id: 'evt_2' })).toMatchObject(received)
  }
  expect(await payment()).toMatchObject({ chargedBack: euros(0), refunds: [{ amount: euros(500) }] })
  expect(logs.lines().flatMap((line) => line['RefundsOwed'] ?? [])).toEqual([1])
})

test('what the bank gives back is not owed for a refund that was complete', async () => {
  const { report, deliver, payment } = await start()
  await deliver(reserved())
  await deliver(refundRequested(500))
  await report('charge.disputed', { amount: euros(1000) })
  // The rest is enough for this one.
  await deliver(refundRequested(1000, 8))
  await report('charge.reinstated', { amount: euros(1000) }, { id: 'evt_2' })
  expect(await payment()).toMatchObject({ refunds: [{ amount: euros(500) }, { amount: euros(1000) }] })
  expect(logs.lines().flatMap((line) => line['RefundsOwed'] ?? [])).toEqual([])
})

test.each([
  ['charge.disputed', 'charge.reinstated'],
  ['charge.reinstated', 'charge.disputed'],
])('a dispute that was given back takes nothing when %s is reported before %s, each repeated', async (...types) => {
  const { report, deliver, payment, events } = await start()
  await deliver(reserved())
  for (const type of [...types, ...types]) {
    expect(await report(type, { amount: total }, { id: `evt_${type}` })).toMatchObject(received)
  }
  expect(await payment()).toMatchObject({ chargedBack: euros(0), version: 4 })
  await deliver(refundRequested(1000))
  expect(await events()).toMatchObject([{ type: 'PaymentRefunded', data: { amount: euros(1000) } }])
  expect(logs.lines().flatMap((line) => line['PaymentsChargedBack'] ?? [])).toEqual([1])
})

test('a dispute that is reported before the capture has ended is reported again', async () => {
  const { report, interrupt, payment } = await start()
  await interrupt({ charges: true })
  const dispute = () => report('charge.disputed', { amount: euros(2000) }, { id: 'evt_2' })
  expect(await dispute()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  await report('charge.captured', { amount: total })
  expect(await dispute()).toMatchObject(received)
  expect(await payment()).toMatchObject({ status: 'captured', chargedBack: euros(2000) })
})

test('a replayed report, one of an unknown order and one without a meaning change nothing', async () => {
  const { report, deliver, table } = await start()
  await deliver(reserved())
  const before = await table.items()
  expect(await report('charge.captured', { amount: total })).toMatchObject(received)
  expect(await report('charge.captured', { amount: total, reference: 'ord_unknown' })).toMatchObject(received)
  expect(await report('charge.disputed', { amount: total, reference: 'ord_unknown' })).toMatchObject(received)
  expect(await report('refund.made', { refundId: 'ord_1/99' })).toMatchObject(received)
  expect(await report('moon.full', {})).toMatchObject(received)
  expect(await table.items()).toEqual(before)
})

test.each([
  ['an old signature', { signedAt: new Date(noon.getTime() - 301_000) }],
  ['the signature of another key', { key: 'another' }],
])('%s is 401 and changes nothing', async (_, how) => {
  const { report, interrupt, table } = await start()
  await interrupt({ charges: true })
  const before = await table.items()
  expect(await report('charge.captured', { amount: total }, how)).toMatchObject({ status: 401 })
  expect(await table.items()).toEqual(before)
})

test('a malformed report is 422 with pointers', async () => {
  const { report } = await start()
  const response = await report('charge.captured', { amount: { amount: -1, currency: 'EUR' } })
  expect(response).toMatchObject({ status: 422, body: { errors: [{ pointer: '/data/amount/amount' }] } })
})

test('a report that cannot be applied because the provider is silent is 503, so that it is sent again', async () => {
  const { report, interrupt, noted, sandbox, charge } = await start()
  await interrupt({ charges: true })
  await report('charge.declined', { reason: 'declined' })
  noted('refund', async () => ({ kind: 'no-response' }))
  expect(await report('charge.captured', { amount: total })).toMatchObject({ status: 503 })
  noted('refund', sandbox.refund)
  expect(await report('charge.captured', { amount: total })).toMatchObject(received)
  expect(await charge()).toMatchObject({ refunded: total.amount })
})

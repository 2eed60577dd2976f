import { euros } from '#shared/money.ts'
import { createTestTable } from '#test/support/table.ts'
import { paymentProviderContract } from '../ports.contract.ts'
import { sandboxProvider } from './sandbox-provider.ts'

const tokens = {
  ok: 'tok_ok',
  declined: 'tok_declined',
  insufficientFunds: 'tok_insufficient_funds',
  timeoutThenOk: 'tok_timeout_then_ok',
  timeoutAfterCharge: 'tok_timeout_after_charge',
  unknown: 'constructor',
}

describe('the sandbox', () => {
  paymentProviderContract(tokens, async () => sandboxProvider(await createTestTable()))

  test('concurrent calls charge once', async () => {
    const table = await createTestTable()
    const provider = sandboxProvider(table)
    const request = { reference: 'ord_1', amount: euros(100), token: 'tok_ok', idempotencyKey: 'capture/ord_1' }
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => provider.capture(request)))
    const charge = { paymentId: 'sandbox_ord_1', amount: euros(100) }
    expect(outcomes).toEqual(outcomes.map(() => ({ kind: 'captured', charge })))
    expect(await table.items()).toHaveLength(1)
  })

  test('a refund whose write loses against another one gets no response, and is refused when it is repeated', async () => {
    const table = await createTestTable()
    const provider = sandboxProvider(table)
    await provider.capture({ reference: 'ord_1', amount: euros(100), token: 'tok_ok', idempotencyKey: 'c' })
    const refund = (idempotencyKey: string) =>
      provider.refund({ paymentId: 'sandbox_ord_1', amount: euros(60), idempotencyKey })
    table.beforeNext('UpdateItem', async () => void (await refund('a')))
    expect(await refund('b')).toEqual({ kind: 'no-response' })
    expect((await refund('b')).kind).toBe('refused')
  })

  test.each([
    [
      'charge.captured',
      { amount: euros(5) },
      { kind: 'captured', charge: { paymentId: 'sandbox_ord_1', amount: euros(5) } },
    ],
    ['charge.declined', { reason: 'declined' }, { kind: 'declined', reason: 'declined' }],
    ['charge.disputed', { amount: euros(5) }, { kind: 'charged-back', disputeId: 'dispute', amount: euros(5) }],
    [
      'charge.reinstated',
      { amount: euros(5), disputeId: 'd-2' },
      { kind: 'chargeback-reversed', disputeId: 'd-2', amount: euros(5) },
    ],
    ['refund.made', { refundId: 'ord_1/4' }, { kind: 'refunded', refundId: 'ord_1/4' }],
  ])('reads the report %s', async (type, data, expected) => {
    const provider = sandboxProvider(await createTestTable())
    const report = { id: 'evt_1', type, data: { reference: 'ord_1', ...data } }
    expect(await provider.readNotification(report)).toEqual({ id: 'evt_1', orderId: 'ord_1', ...expected })
    expect((await provider.readNotification({ ...report, data: {} })).kind).toBe('malformed')
  })
})

import { euros } from '#shared/money.ts'
import type { PaymentProvider } from './ports.ts'

/** Tokens of a provider, by what they make it do. */
export interface Tokens {
  readonly ok: string
  readonly declined: string
  readonly insufficientFunds: string
  /** The first call fails without a charge. */
  readonly timeoutThenOk: string
  /** A call charges and gets no response. */
  readonly timeoutAfterCharge: string
  readonly unknown: string
}

/** The contract of every adapter of a payment provider. `create` returns one without charges. */
export function paymentProviderContract(tokens: Tokens, create: () => Promise<PaymentProvider>) {
  const total = euros(2500)
  const request = (token: string, reference = 'ord_1') => ({
    reference,
    amount: total,
    token,
    idempotencyKey: `capture/${reference}`,
  })
  const charged = { kind: 'captured', charge: { paymentId: expect.any(String), amount: total } }
  const capture = async (provider: PaymentProvider, reference = 'ord_1') => {
    const outcome = await provider.capture(request(tokens.ok, reference))
    if (outcome.kind !== 'captured') throw new Error(`${reference} is ${outcome.kind}.`)
    return outcome.charge
  }

  test('a charge is found by its reference', async () => {
    const provider = await create()
    expect(await provider.findByReference('ord_1')).toEqual({ kind: 'absent' })
    const charge = await capture(provider)
    await capture(provider, 'ord_2')
    expect(charge.amount).toEqual(total)
    expect(await provider.findByReference('ord_1')).toEqual({ kind: 'found', charge })
  })

  test('a repeated call charges once', async () => {
    const provider = await create()
    const charge = await capture(provider)
    expect(await provider.capture(request(tokens.ok))).toEqual({ kind: 'captured', charge })
  })

  test.each([
    ['a declined card', tokens.declined, 'declined'],
    ['a card without funds', tokens.insufficientFunds, 'insufficient-funds'],
    ['an unknown token', tokens.unknown, 'declined'],
  ] as const)('%s is declined, and nothing is charged', async (_, token, reason) => {
    const provider = await create()
    for (let call = 0; call < 2; call += 1) {
      expect(await provider.capture(request(token))).toEqual({ kind: 'declined', reason })
    }
    expect(await provider.findByReference('ord_1')).toEqual({ kind: 'absent' })
  })

  test('a call that gets no response and did not charge is repeated', async () => {
    const provider = await create()
    expect(await provider.capture(request(tokens.timeoutThenOk))).toEqual({ kind: 'no-response' })
    expect(await provider.findByReference('ord_1')).toEqual({ kind: 'absent' })
    expect(await provider.capture(request(tokens.timeoutThenOk))).toEqual(charged)
  })

  test('a call that gets no response and charged is found', async () => {
    const provider = await create()
    expect(await provider.capture(request(tokens.timeoutAfterCharge))).toEqual({ kind: 'no-response' })
    expect(await provider.findByReference('ord_1')).toEqual({ ...charged, kind: 'found' })
  })

  test('refunds are made once each, and never exceed the charge', async () => {
    const provider = await create()
    const { paymentId } = await capture(provider)
    const refund = (idempotencyKey: string, amount: number) =>
      provider.refund({ paymentId, amount: euros(amount), idempotencyKey })
    expect(await refund('ord_1/5', 1000)).toEqual({ kind: 'refunded' })
    expect(await refund('ord_1/5', 1000)).toEqual({ kind: 'refunded' })
    expect(await refund('ord_1/7', 1501)).toEqual({ kind: 'refused', detail: expect.stringMatching(/./) })
    expect(await refund('ord_1/8', 1500)).toEqual({ kind: 'refunded' })
    expect(await refund('ord_1/9', 1)).toEqual({ kind: 'refused', detail: expect.stringMatching(/./) })
  })

  test('a report that means nothing here is ignored', async () => {
    const provider = await create()
    expect(await provider.readNotification({ id: 'evt_1', type: 'moon.full', data: {} })).toEqual({ kind: 'ignored' })
  })
}

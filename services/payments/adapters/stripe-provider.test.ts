import { createServer, type AddressInfo } from 'node:net'
import { euros } from '#shared/money.ts'
import { paymentProviderContract } from '../ports.contract.ts'
import { connectStripe, stripeProvider } from './stripe-provider.ts'
import { methods, startStripe } from './stripe.fixture.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function start() {
  const stripe = await startStripe()
  stops.push(stripe.stop)
  const provider = stripeProvider(connectStripe(async () => 'sk_of_the_stage', stripe.configuration))
  const capture = (token: string) =>
    provider.capture({ reference: 'ord_1', amount: euros(2500), token, idempotencyKey: 'capture/ord_1' })
  return { ...stripe, provider, capture }
}

const tokens = {
  ok: methods.visa,
  declined: methods.declined,
  insufficientFunds: methods.insufficientFunds,
  timeoutThenOk: methods.droppedOnce,
  timeoutAfterCharge: methods.droppedAfterCharge,
  unknown: 'tok_of_someone',
}

describe('Stripe', () => {
  paymentProviderContract(tokens, async () => (await start()).provider)

  test('declines a card that needs its customer', async () => {
    const { capture } = await start()
    expect(await capture(methods.authentication)).toEqual({ kind: 'declined', reason: 'declined' })
  })

  test.each([
    ['is too large', { code: 'amount_too_large', param: 'amount' }],
    ['is too small', { code: 'amount_too_small' }],
    ['has a card that was used before and may not be used again', { param: 'payment_method' }],
    ['has a card in another state', { code: 'payment_method_unexpected_state' }],
  ])('declines a payment that %s', async (_, error) => {
    const { respondNext, capture } = await start()
    respondNext(400, { type: 'invalid_request_error', message: 'It is wrong.', ...error })
    expect(await capture(methods.visa)).toEqual({ kind: 'declined', reason: 'declined' })
  })

  test('does not know yet what becomes of a payment that is processing', async () => {
    const { capture } = await start()
    expect(await capture(methods.processing)).toEqual({ kind: 'no-response' })
  })

  test.each([
    ['its own failure', 500, { type: 'api_error' }],
    ['a rate limit', 429, { type: 'invalid_request_error', code: 'rate_limit' }],
    ['a call in progress', 409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }],
    ['a lock', 429, { type: 'invalid_request_error', code: 'lock_timeout' }],
  ])('gives no response with %s', async (_, status, error) => {
    const { respondNext, capture, provider } = await start()
    respondNext(status, error)
    expect(await capture(methods.visa)).toEqual({ kind: 'no-response' })
    respondNext(status, error)
    expect(await provider.findByReference('ord_1')).toEqual({ kind: 'no-response' })
    respondNext(status, error)
    const refund = { paymentId: 'pi_1', amount: euros(1), idempotencyKey: 'ord_1/5' }
    expect(await provider.refund(refund)).toEqual({ kind: 'no-response' })
  })

  test('a refund that is repeated after its idempotency key was removed is made once', async () => {
    const { provider, capture, refunds, removeIdempotencyKeys } = await start()
    await capture(methods.visa)
    const refund = { paymentId: 'pi_1', amount: euros(1000), idempotencyKey: 'ord_1/5' }
    expect(await provider.refund(refund)).toEqual({ kind: 'refunded' })
    removeIdempotencyKeys()
    expect(await provider.refund(refund)).toEqual({ kind: 'refunded' })
    expect(refunds).toHaveLength(1)
  })

  test.each([
    ['a wrong API key', 401, { type: 'invalid_request_error' }],
    ['a reused idempotency key', 400, { type: 'idempotency_error' }],
    ['an unknown parameter', 400, { type: 'invalid_request_error', code: 'parameter_unknown' }],
    ['a method that is not activated', 400, { type: 'invalid_request_error', code: 'payment_method_unactivated' }],
  ])('fails with %s', async (_, status, error) => {
    const { respondNext, capture } = await start()
    respondNext(status, { ...error, message: 'It is wrong.' })
    await expect(capture(methods.visa)).rejects.toThrow('It is wrong.')
  })

  test('gives no response when it is silent for longer than the timeout', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const sockets: { destroy(): void }[] = []
    silent.on('connection', (socket) => sockets.push(socket))
    stops.push(async () => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    })
    const { port } = silent.address() as AddressInfo
    const configuration = { host: '127.0.0.1', port, protocol: 'http', timeout: 50 } as const
    const provider = stripeProvider(connectStripe(async () => 'sk_of_the_stage', configuration))
    expect(await provider.findByReference('ord_1')).toEqual({ kind: 'no-response' })
  })

  test('a new API key is used as soon as it is read', async () => {
    let key = 'sk_1'
    const connect = connectStripe(async () => key)
    const first = await connect()
    expect(await connect()).toBe(first)
    key = 'sk_2'
    expect(await connect()).not.toBe(first)
  })

  test.each([
    [
      'payment_intent.succeeded',
      { id: 'pi_1', amount_received: 2500, currency: 'eur', metadata: { orderId: 'ord_1' } },
      { kind: 'captured', charge: { paymentId: 'pi_1', amount: euros(2500) } },
    ],
    [
      'payment_intent.payment_failed',
      { metadata: { orderId: 'ord_1' }, last_payment_error: { decline_code: 'insufficient_funds' } },
      { kind: 'declined', reason: 'insufficient-funds' },
    ],
    [
      'refund.updated',
      { status: 'succeeded', metadata: { refundId: 'ord_1/5' } },
      { kind: 'refunded', refundId: 'ord_1/5' },
    ],
    ['refund.failed', { metadata: { refundId: 'ord_1/5' } }, { kind: 'refund-failed', refundId: 'ord_1/5' }],
    [
      'charge.dispute.funds_withdrawn',
      { id: 'du_1', payment_intent: 'pi_1', amount: 700, currency: 'eur' },
      { kind: 'charged-back', disputeId: 'du_1', amount: euros(700) },
    ],
    [
      'charge.dispute.funds_reinstated',
      { id: 'du_1', payment_intent: 'pi_1', amount: 700, currency: 'eur' },
      { kind: 'chargeback-reversed', disputeId: 'du_1', amount: euros(700) },
    ],
  ])('reads the report %s', async (type, object, expected) => {
    const { provider, capture } = await start()
    await capture(methods.visa)
    const event = { id: 'evt_1', object: 'event', type, data: { object } }
    expect(await provider.readNotification(event)).toEqual({ id: 'evt_1', orderId: 'ord_1', ...expected })
    expect((await provider.readNotification({ ...event, data: {} })).kind).toBe('malformed')
  })

  test.each([
    ['payment_intent.succeeded', { id: 'pi_1', amount_received: 2500, currency: 'eur', metadata: {} }],
    ['payment_intent.payment_failed', { metadata: {}, last_payment_error: null }],
    ['refund.updated', { status: 'pending', metadata: { refundId: 'ord_1/5' } }],
    ['refund.updated', { status: 'succeeded', metadata: {} }],
    ['refund.failed', { metadata: {} }],
  ])('ignores a %s of something that is not of the shop, or not done: %j', async (type, object) => {
    const { provider } = await start()
    expect(await provider.readNotification({ id: 'evt_1', type, data: { object } })).toEqual({ kind: 'ignored' })
  })
})

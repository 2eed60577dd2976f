import { itemSize } from '@cartwheel/local/testing'
import { newId } from '#shared/ids.ts'
import { euros } from '#shared/money.ts'
import { createTestTable } from '#test/support/table.ts'
import {
  beginCapture,
  beginRefund,
  captured,
  completeRefund,
  markUnfinished,
  type Captured,
} from '../domain/payment.ts'
import { paymentKey } from '../keys.ts'
import { paymentTable } from './payment-table.ts'

const time = new Date('2026-11-20T12:00:00.000Z')
const request = {
  amount: euros(100),
  reservedUntil: '2026-11-20T12:15:00.000Z',
  cause: { correlationId: 'c', causationId: 'OrderReserved/ord_1/2' },
}
const waiting = (orderId: string) => ({ status: 'waiting', orderId, version: 0, token: 'tok_ok' }) as const

test('a payment takes the place of the token and of its expiry', async () => {
  const table = await createTestTable()
  const payments = paymentTable(table)
  expect(await payments.find('ord_1')).toEqual({ ...waiting('ord_1'), token: undefined })
  await table.put({ ...paymentKey('ord_1'), token: 'tok_ok', customerId: 'ada', expiresAt: 1 })
  expect(await payments.find('ord_1')).toEqual(waiting('ord_1'))
  const capturing = beginCapture(waiting('ord_1'), request, time)
  expect(await payments.save({ payment: capturing, events: [] })).toBe('saved')
  expect(await payments.find('ord_1')).toEqual(capturing)
  const change = captured(capturing, { paymentId: 'pay_1', provider: 'bank' }, time)
  expect(await payments.save(change)).toBe('saved')
  expect(await payments.find('ord_1')).toEqual(change.payment)
  const [item, ...others] = await table.items()
  expect(others).toEqual([])
  expect(item).toMatchObject({ eventId: 'PaymentCaptured/ord_1/2', events: [{ type: 'PaymentCaptured' }] })
  for (const name of ['token', 'customerId', 'expiresAt']) expect(item).not.toHaveProperty(name)
})

test('of two writers that read the same version one saves', async () => {
  const payments = paymentTable(await createTestTable())
  const capturing = beginCapture(waiting('ord_1'), request, time)
  const saves = await Promise.all([1, 2, 3].map(() => payments.save({ payment: capturing, events: [] })))
  expect(saves.toSorted()).toEqual(['saved', 'stale', 'stale'])
})

test('unfinished captures are listed by their start until they are decided, and no others', async () => {
  const payments = paymentTable(await createTestTable())
  const begin = async (orderId: string, minute: number) => {
    const since = new Date(time.getTime() + minute * 60_000)
    const capturing = beginCapture(waiting(orderId), request, since)
    await payments.save({ payment: capturing, events: [] })
    return capturing
  }
  const late = await begin('ord_late', 3)
  const early = await begin('ord_early', 1)
  await begin('ord_first_attempt', 0)
  for (const capturing of [late, early]) await payments.save({ payment: markUnfinished(capturing), events: [] })
  const until = (minute: number) => payments.unfinished(new Date(time.getTime() + minute * 60_000))
  expect(await until(1)).toEqual([])
  expect(await until(2)).toEqual(['ord_early'])
  expect(await until(9)).toEqual(['ord_early', 'ord_late'])
  await payments.save(captured(markUnfinished(early), { paymentId: 'pay_1', provider: 'bank' }, time))
  expect(await until(9)).toEqual(['ord_late'])
})

test('each write of a payment and of its refund is one unit: an item below 1 KB, with ids of their real length', async () => {
  const table = await createTestTable()
  const payments = paymentTable(table)
  const orderId = newId('ord', time)
  const cause = {
    correlationId: crypto.randomUUID(),
    causationId: `OrderReserved/${orderId}/2`,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  }
  const large = { ...request, amount: euros(49_500_000_000), cause }
  const capturing = beginCapture({ ...waiting(orderId), token: `pm_${'x'.repeat(60)}` }, large, time)
  const change = captured(markUnfinished(capturing), { paymentId: `pi_${'x'.repeat(40)}`, provider: 'stripe' }, time)
  const refunding = beginRefund(change.payment as Captured, { refundId: `${orderId}/7`, cause })
  for (const each of [
    { payment: capturing, events: [] },
    { payment: markUnfinished(capturing), events: [] },
    change,
    { payment: refunding, events: [] },
    completeRefund(refunding, `${orderId}/7`, time)!,
  ]) {
    expect(await payments.save(each)).toBe('saved')
  }
  const sizes = table.requests('PutItem').map(({ Item }) => itemSize(Item))
  expect(sizes).toHaveLength(5)
  expect(sizes.filter((bytes) => bytes > 1024)).toEqual([])
})

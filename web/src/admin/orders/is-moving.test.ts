import type { AdminOrder } from '../../api/types.ts'
import { isMoving } from './is-moving.ts'

const eur = (amount: number) => ({ amount, currency: 'EUR' as const })
const cancelled = (...types: string[]) =>
  ({ status: 'CANCELLED', total: eur(2450), refunded: eur(0), trail: types.map((type) => ({ type })) }) as AdminOrder

test('a cancelled order moves until its refund has ended, also one that the bank took back', () => {
  expect(isMoving(cancelled('OrderPlaced', 'OrderCancelled'))).toBe(false)
  expect(isMoving(cancelled('PaymentCaptured', 'OrderPaid', 'OrderCancelled'))).toBe(true)
  expect(isMoving(cancelled('PaymentCaptured', 'OrderPaid', 'OrderCancelled', 'OrderRefunded'))).toBe(false)
})

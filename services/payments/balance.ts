import * as z from 'zod'
import { Money } from '#shared/money.ts'

/** What of a captured payment says what is left of it: the domain calculates with it, and other services read it. */
export const Balance = z.object({
  status: z.literal('captured'),
  amount: Money,
  refunds: z.array(z.object({ amount: Money })),
  chargedBack: Money,
})
type Balance = z.infer<typeof Balance>

export const totalOf = (refunds: Balance['refunds']): number =>
  refunds.reduce((total, { amount }) => total + amount.amount, 0)

/** What can still be refunded. */
export const remaining = ({ amount, refunds, chargedBack }: Omit<Balance, 'status'>): number =>
  amount.amount - totalOf(refunds) - chargedBack.amount

import * as z from 'zod'
import { Money } from '#shared/money.ts'

/** The attributes of a captured payment that determine what can be refunded; other services read them too. */
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

import * as z from 'zod'

/** An amount in minor units (cents), never a float. */
export const Money = z.strictObject({
  amount: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  currency: z.literal('EUR'),
})
export type Money = z.infer<typeof Money>

/** So that a price times the most pieces of a line, summed over the most lines of an order, is an exact integer. */
export const maxPriceAmount = 10_000_000

/** What one piece costs. */
export const Price = Money.extend({ amount: z.int().min(1).max(maxPriceAmount) })

export const euros = (amount: number): Money => ({ amount, currency: 'EUR' })

export const times = (price: Money, quantity: number): Money => ({ ...price, amount: price.amount * quantity })

export const sum = (amounts: readonly Money[]): Money =>
  euros(amounts.reduce((total, money) => total + money.amount, 0))

/** `{ amount: 1990, currency: 'EUR' }` → `€19.90` */
export const formatMoney = (money: Money): string =>
  new Intl.NumberFormat('en-IE', { style: 'currency', currency: money.currency }).format(money.amount / 100)

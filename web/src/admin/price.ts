import { parseMoney, type Money } from '../format.ts'

/** The limit of the API for a price and for the amount of a discount, in cents. */
const maxAmount = 10_000_000

export const priceAdvice = 'An amount from 0.01 to 100000.00, such as 18.50, without a currency.'

/** @returns undefined for text that is no price: the API would name its limits in cents */
export function parsePrice(text: string): Money | undefined {
  const price = parseMoney(text)
  return price && price.amount >= 1 && price.amount <= maxAmount ? price : undefined
}

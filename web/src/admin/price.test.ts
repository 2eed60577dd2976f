import { maxPriceAmount } from '#shared/money.ts'
import { parsePrice } from './price.ts'

const typed = (cents: number) => parsePrice((cents / 100).toFixed(2))?.amount

test('a price has the limits of the API', () => {
  expect([typed(1), typed(maxPriceAmount)]).toEqual([1, maxPriceAmount])
  expect([typed(0), typed(maxPriceAmount + 1)]).toEqual([undefined, undefined])
})

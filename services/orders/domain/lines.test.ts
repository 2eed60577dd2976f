import { euros, maxPriceAmount, sum } from '#shared/money.ts'
import { seededRandom } from '#test/support/random.ts'
import { maxLines, maxPiecesPerLine, mergeLines, priceLines, type RequestedLine } from './lines.ts'
import { offer } from './order.fixture.ts'

test('mergeLines merges equal SKUs into the line of their first occurrence', () => {
  const merged = mergeLines([
    { sku: 'MUG', quantity: 1 },
    { sku: 'TEA', quantity: 2 },
    { sku: 'MUG', quantity: 98 },
  ])
  expect(merged).toEqual({
    ok: true,
    value: [
      { sku: 'MUG', quantity: 99 },
      { sku: 'TEA', quantity: 2 },
    ],
  })
})

test('mergeLines reports the line at which the sum of equal SKUs exceeds the limit', () => {
  const lines = [
    { sku: 'MUG', quantity: 60 },
    { sku: 'TEA', quantity: 99 },
    { sku: 'MUG', quantity: 40 },
  ]
  expect(mergeLines(lines)).toEqual({ ok: false, failure: { index: 2, quantity: 100 } })
})

test('priceLines uses name and price of the offers, and returns undefined when one SKU is not offered', () => {
  const offers = new Map([['MUG', offer('MUG', 5)]])
  const mugs = { sku: 'MUG', quantity: 2 }
  expect(priceLines([mugs], offers)).toEqual([{ ...mugs, name: 'The MUG', unitPrice: euros(5), lineTotal: euros(10) }])
  expect(priceLines([mugs, { sku: 'TEA', quantity: 2 }], offers)).toBeUndefined()
})

describe('the total of an order', () => {
  const totalOf = (lines: readonly (RequestedLine & { amount: number })[]) => {
    const offers = new Map(lines.map(({ sku, amount }) => [sku, offer(sku, amount)]))
    return sum(priceLines(lines, offers)!.map(({ lineTotal }) => lineTotal)).amount
  }
  const ofLines = (count: number, line: () => { quantity: number; amount: number }) =>
    Array.from({ length: count }, (_, index) => ({ sku: `SKU-${index}`, ...line() }))

  test('is exact for any order at any prices', () => {
    const random = seededRandom(7)
    for (let round = 0; round < 500; round += 1) {
      const lines = ofLines(random.int(1, maxLines), () => ({
        quantity: random.int(1, maxPiecesPerLine),
        amount: random.pick([random.int(1, maxPriceAmount), maxPriceAmount, maxPriceAmount - 1]),
      }))
      const exact = lines.reduce((total, line) => total + BigInt(line.amount) * BigInt(line.quantity), 0n)
      expect(BigInt(totalOf(lines))).toBe(exact)
    }
  })

  test('is an exact integer for the dearest order, with room for refunds and sums of many', () => {
    const dearest = totalOf(ofLines(maxLines, () => ({ quantity: maxPiecesPerLine, amount: maxPriceAmount })))
    expect(dearest).toBe(49_500_000_000)
    expect(dearest * 100_000).toBeLessThan(Number.MAX_SAFE_INTEGER)
  })
})

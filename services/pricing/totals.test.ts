import { euros, maxPriceAmount, sum } from '#shared/money.ts'
import { seededRandom, type Random } from '#test/support/random.ts'
import { countryGroups, ratesOf, ServedCountry } from './countries.ts'
import {
  maxLines,
  maxPiecesPerLine,
  priceLines,
  quoteOf,
  refundOf,
  type Basket,
  type Discount,
  type Offer,
  type ReturnedPieces,
} from './totals.ts'

const noon = new Date('2026-11-20T12:00:00.000Z')
const offer = (sku: string, amount: number): Offer => ({
  sku,
  name: `The ${sku}`,
  price: euros(amount),
  availability: 'low',
})
const offers = (amounts: Record<string, number>) =>
  new Map(Object.entries(amounts).map(([sku, amount]) => [sku, offer(sku, amount)]))

describe('lines', () => {
  test('of one SKU are merged where it occurs first, with the name and price of its offer', () => {
    const lines = [
      { sku: 'MUG', quantity: 1 },
      { sku: 'TEA', quantity: 2 },
      { sku: 'MUG', quantity: 98 },
    ]
    const priced = { availability: 'low' }
    expect(priceLines(lines, offers({ MUG: 5, TEA: 7 }))).toEqual({
      ok: true,
      value: [
        { ...priced, sku: 'MUG', name: 'The MUG', quantity: 99, unitPrice: euros(5), lineTotal: euros(495) },
        { ...priced, sku: 'TEA', name: 'The TEA', quantity: 2, unitPrice: euros(7), lineTotal: euros(14) },
      ],
    })
  })

  test('that add up to too many pieces are reported where they exceed the limit', () => {
    const lines = [
      { sku: 'MUG', quantity: 60 },
      { sku: 'TEA', quantity: 99 },
      { sku: 'MUG', quantity: 40 },
    ]
    expect(priceLines(lines, offers({ MUG: 5, TEA: 7 }))).toEqual({
      ok: false,
      failure: [{ index: 2, field: 'quantity', detail: expect.stringContaining('100') }],
    })
  })

  test('without an offer are all reported', () => {
    const lines = [
      { sku: 'TEA', quantity: 1 },
      { sku: 'MUG', quantity: 1 },
      { sku: 'CUP', quantity: 1 },
    ]
    expect(priceLines(lines, offers({ MUG: 5 }))).toMatchObject({
      ok: false,
      failure: [
        { index: 0, field: 'sku' },
        { index: 2, field: 'sku' },
      ],
    })
  })

  const sumOf = (lines: readonly { sku: string; quantity: number; amount: number }[]) => {
    const priced = priceLines(lines, offers(Object.fromEntries(lines.map(({ sku, amount }) => [sku, amount]))))
    return priced.ok ? sum(priced.value.map(({ lineTotal }) => lineTotal)).amount : undefined
  }
  const ofLines = (count: number, line: () => { quantity: number; amount: number }) =>
    Array.from({ length: count }, (_, index) => ({ sku: `SKU-${index}`, ...line() }))

  test('have an exact sum at any prices', () => {
    const random = seededRandom(7)
    for (let round = 0; round < 500; round += 1) {
      const lines = ofLines(random.int(1, maxLines), () => ({
        quantity: random.int(1, maxPiecesPerLine),
        amount: random.pick([random.int(1, maxPriceAmount), maxPriceAmount, maxPriceAmount - 1]),
      }))
      const exact = lines.reduce((total, line) => total + BigInt(line.amount) * BigInt(line.quantity), 0n)
      expect(BigInt(sumOf(lines)!)).toBe(exact)
    }
  })

  test('of the dearest order have an exact sum, with room for refunds and sums of many', () => {
    const dearest = sumOf(ofLines(maxLines, () => ({ quantity: maxPiecesPerLine, amount: maxPriceAmount })))!
    expect(dearest).toBe(49_500_000_000)
    expect(dearest * 100_000).toBeLessThan(Number.MAX_SAFE_INTEGER)
  })
})

const costs = (amount: number, { discount, ...basket }: Partial<Basket> & { discount?: Discount } = {}) =>
  quoteOf(
    { items: [{ sku: 'MUG', quantity: 1 }], country: 'IE', orderType: 'standard', ...basket },
    { offers: offers({ MUG: amount }), discount },
    noon,
  )

const totals = (...basket: Parameters<typeof costs>) => {
  const result = costs(...basket)
  if (!result.ok) throw new Error(result.failure.kind)
  const { items: _, ...rest } = result.value
  return rest
}

const withCode = (discount: Partial<Discount>) => ({
  discountCode: 'WELCOME',
  discount: { code: 'WELCOME', uses: 0, version: 1, ...discount },
})

test('a total is subtotal and shipping, and the tax is included in it', () => {
  expect(totals(1550)).toEqual({
    subtotal: euros(1550),
    discount: euros(0),
    shipping: euros(450),
    tax: { rate: 0.23, amount: euros(374) },
    total: euros(2000),
  })
  expect(totals(1000, { country: 'FI', orderType: 'express' })).toMatchObject({
    shipping: euros(1990),
    tax: { rate: 0.255, amount: euros(608) },
  })
})

test('half a cent of tax is rounded up', () => {
  // A sixth of 1,011 is 168.5, and of 1,010 it is 168.3.
  expect(totals(1011 - 990, { country: 'FR' }).tax.amount).toEqual(euros(169))
  expect(totals(1010 - 990, { country: 'FR' }).tax.amount).toEqual(euros(168))
})

test('a parcel to a country outside of the VAT area has no tax', () => {
  expect(totals(1000, { country: 'US' }).tax).toEqual({ rate: 0, amount: euros(0) })
})

test('every served country is in one group, with its rates', () => {
  const countries = Object.values(countryGroups).flat()
  expect(new Set(countries).size).toBe(countries.length)
  for (const country of countries) expect(ratesOf(country, 'express').shipping.amount).toBeGreaterThan(0)
  for (const country of [...countryGroups.domestic, ...countryGroups.eu]) {
    expect(ratesOf(country, 'standard').taxPerMille).toBeGreaterThan(0)
  }
})

test.each([
  ['AQ', 'The shop does not send to this country.'],
  ['XX', 'A country code of ISO 3166-1 alpha-2, such as DE.'],
])('the country %s is rejected with its reason', (country, message) => {
  expect(ServedCountry.safeParse(country).error?.issues).toMatchObject([{ message }])
})

test.each([
  ['a percentage is rounded down', { percentage: 15 }, 999, 149],
  ['a percentage of 100 leaves the price of shipping', { percentage: 100 }, 999, 999],
  ['an amount is subtracted', { amount: euros(500) }, 999, 500],
  ['an amount is at most the subtotal', { amount: euros(500) }, 499, 499],
  ['a minimum is met by exactly that subtotal', { amount: euros(1), minimumSubtotal: euros(499) }, 499, 1],
  ['a discount applies from its start', { percentage: 10, startsAt: noon.toISOString() }, 1000, 100],
  ['a discount applies until its end', { percentage: 10, endsAt: '2026-11-20T12:00:00.001Z' }, 1000, 100],
  ['a start may have an offset', { percentage: 10, startsAt: '2026-11-20T13:00:00+01:00' }, 1000, 100],
  ['a use is left', { percentage: 10, maximumUses: 3, uses: 2 }, 1000, 100],
])('%s', (_, discount, subtotal, amount) => {
  const { discount: subtracted, total } = totals(subtotal, withCode(discount))
  expect(subtracted).toEqual(euros(amount))
  expect(total).toEqual(euros(subtotal - amount + 450))
})

test.each([
  ['that does not exist', { discountCode: 'WELCOME' }],
  ['whose minimum is not met', withCode({ percentage: 10, minimumSubtotal: euros(1001) })],
  ['that is not valid yet', withCode({ percentage: 10, startsAt: '2026-11-20T12:00:00.001Z' })],
  ['that has expired', withCode({ percentage: 10, endsAt: noon.toISOString() })],
  ['that is used up', withCode({ percentage: 10, maximumUses: 3, uses: 3 })],
])('a code %s does not apply', (_, code) => {
  expect(costs(1000, code)).toEqual({ ok: false, failure: { kind: 'discount-not-applicable' } })
})

describe('refunds', () => {
  const paidOrder = (lines: [quantity: number, unitPrice: number][], discount: number, shipping = 450) => ({
    items: lines.map(([quantity, unitPrice], index) => ({
      sku: `SKU-${index}`,
      quantity,
      lineTotal: euros(quantity * unitPrice),
    })),
    discount: euros(discount),
    shipping: euros(shipping),
  })
  const pieces = (index: number, quantity: number): ReturnedPieces => ({ sku: `SKU-${index}`, quantity })

  test('a line is refunded minus its share of the discount, by largest remainder', () => {
    // Shares of 100 in lines of 1, 2 and 3 sixths: 16.67, 33.33 and 50.
    const order = paidOrder(
      [
        [1, 100],
        [1, 200],
        [1, 300],
      ],
      100,
    )
    expect(refundOf(order, [pieces(0, 1)], [])).toEqual({ amount: euros(83), shipping: false })
    expect(refundOf(order, [pieces(1, 1)], [])).toEqual({ amount: euros(167), shipping: false })
    expect(refundOf(order, [pieces(2, 1)], [])).toEqual({ amount: euros(250), shipping: false })
  })

  test('the last pieces are refunded with shipping and with the cents that earlier refunds rounded off', () => {
    const order = paidOrder([[3, 100]], 100)
    expect(refundOf(order, [pieces(0, 1)], [])).toEqual({ amount: euros(66), shipping: false })
    expect(refundOf(order, [pieces(0, 1)], [pieces(0, 1)])).toEqual({ amount: euros(67), shipping: false })
    expect(refundOf(order, [pieces(0, 1)], [pieces(0, 1), pieces(0, 1)])).toEqual({
      amount: euros(517),
      shipping: true,
    })
  })

  test('more pieces than the order has left are an error', () => {
    const order = paidOrder([[3, 100]], 0)
    expect(() => refundOf(order, [pieces(0, 2)], [pieces(0, 2)])).toThrow('fewer than 4 pieces')
    expect(() => refundOf(order, [pieces(1, 1)], [])).toThrow('fewer than 1 pieces of SKU-1')
  })

  const randomOrder = (random: Random) => {
    const lines = Array.from({ length: random.int(1, 8) }, (): [number, number] => [
      random.int(1, maxPiecesPerLine),
      random.pick([1, 3, 100, random.int(1, 5000), maxPriceAmount]),
    ])
    const subtotal = lines.reduce((total, [quantity, price]) => total + quantity * price, 0)
    return { order: paidOrder(lines, random.pick([0, 1, subtotal, random.int(0, subtotal)])), subtotal }
  }

  test('all refunds of an order, in any parts and order, add up to its total and never exceed what a line cost', () => {
    const random = seededRandom(11)
    for (let round = 0; round < 500; round += 1) {
      const { order, subtotal } = randomOrder(random)
      const left = new Map(order.items.map(({ sku, quantity }) => [sku, quantity]))
      const refundedOfLine = new Map<string, number>()
      const before: ReturnedPieces[] = []
      let refunded = 0
      while (left.size > 0) {
        const sku = random.pick([...left.keys()])
        const returned = { sku, quantity: random.int(1, left.get(sku)!) }
        const { amount, shipping } = refundOf(order, [returned], before)
        before.push(returned)
        if (returned.quantity === left.get(sku)) left.delete(sku)
        else left.set(sku, left.get(sku)! - returned.quantity)
        refunded += amount.amount
        refundedOfLine.set(sku, (refundedOfLine.get(sku) ?? 0) + amount.amount - (shipping ? order.shipping.amount : 0))
        expect(shipping).toBe(left.size === 0)
      }
      expect(refunded).toBe(subtotal - order.discount.amount + order.shipping.amount)
      for (const { sku, lineTotal } of order.items)
        expect(refundedOfLine.get(sku)).toBeLessThanOrEqual(lineTotal.amount)
    }
  })

  test('shares differ from the exact ones by less than a cent', () => {
    const random = seededRandom(12)
    for (let round = 0; round < 200; round += 1) {
      const { order, subtotal } = randomOrder(random)
      if (order.items.length === 1) continue
      for (const { sku, quantity, lineTotal } of order.items) {
        const { amount } = refundOf(order, [{ sku, quantity }], [])
        const exact = BigInt(lineTotal.amount) * BigInt(subtotal - order.discount.amount)
        const difference = BigInt(amount.amount) * BigInt(subtotal) - exact
        expect(difference < BigInt(subtotal) && -difference < BigInt(subtotal)).toBe(true)
      }
    }
  })
})
